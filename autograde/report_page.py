"""The report as one web page: what a person would rather look at than read. No script, no network.

Everything that came from a submission is escaped.
"""

import html
from collections.abc import Iterable, Mapping, Sequence

from autograde import report
from autograde.doctor import MEANS
from autograde.report import ASKS, HUMAN, Row, Tally, Verdict
from course_lib.checking import cards
from course_lib.checking.diagnose import AND

COLORS = {
    "full": "#00785a",
    "partial": "#e0a100",
    "none": "#b5400c",
    "not written": "#9a9a9a",
    HUMAN: "#0063a0",
}
OTHER = "#5b3a7a"  # crashed, out of time, ...
BINS = 10
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:60rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;
border-bottom:1px solid #ddd}
td.n{text-align:right;white-space:nowrap}svg{max-width:100%;height:auto}
.key{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
.key+span{margin-right:1.2em}code{background:#f3f3f3;padding:0 .2em}
@media print{h2{break-after:avoid}tr{break-inside:avoid}}
"""
esc = html.escape


def page(unit: str, found: Mapping[str, Verdict], marks: Sequence[Row]) -> str:
    """The whole page."""
    tallies = report.tallies(unit, found)
    level = report.lowest_level(found.values())
    means = next((text for name, text in MEANS.items() if name == level), "")
    parts = [
        f"<h1>{esc(unit)}</h1>",
        f"<p>{_summary(marks, found)}</p>",
        f"<p><b>Isolation: {esc(level)}.</b> {esc(means)}</p>",
        "<h2>Marks</h2>",
        histogram([row.score for row in marks], max((r.max_score for r in marks), default=1.0)),
        "<h2>Who needs a human</h2>",
        _needs_human(found),
        "<h2>Exercises</h2>",
        bars(tallies),
        "<h2>Mistakes</h2>",
        *(_mistakes(tally) for tally in tallies),
        "<h2>Worth a look</h2>",
        _worth_a_look(found, tallies),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{esc(unit)}: marks'
        f'</title><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"</head><body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _summary(marks: Sequence[Row], found: Mapping[str, Verdict]) -> str:
    scores = sorted(row.score for row in marks)
    if not scores:
        return "Nobody has a mark."
    middle = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
    top = max(row.max_score for row in marks)
    return (
        f"{len(found)} submissions of {len(marks)} students. Of {top:g} points, the median is "
        f"{middle:g}, the mean {sum(scores) / len(scores):.2f}, the best {scores[-1]:g}; "
        f"{sum(row.pending for row in marks)} wait for a decision."
    )


def histogram(scores: Iterable[float], top: float) -> str:
    """How many students have how many points, as an inline SVG."""
    counts = [0] * BINS
    for score in scores:
        share = score / top if top else 0.0
        counts[min(BINS - 1, max(0, int(share * BINS)))] += 1
    width, height, low = 60, 180, 200
    tallest = max(counts) or 1
    drawn = []
    for place, count in enumerate(counts):
        x, tall = 20 + place * width, count / tallest * height
        start, end = top * place / BINS, top * (place + 1) / BINS
        drawn.append(
            f'<rect x="{x}" y="{low - tall:.1f}" width="{width - 4}" height="{tall:.1f}" '
            f'fill="#0063a0"><title>{start:g} to {end:g} points: {count}</title></rect>'
            f'<text x="{x + width / 2 - 2}" y="{low - tall - 4:.1f}" text-anchor="middle">'
            f"{count or ''}</text>"
            f'<text x="{x}" y="{low + 16}" text-anchor="middle">{start:.3g}</text>'
        )
    end = 20 + BINS * width
    return (
        f'<svg viewBox="0 0 {end + 30} {low + 45}" width="{end + 30}" role="img" font-size="13" '
        'font-family="sans-serif" aria-label="number of students by points">'
        f"{''.join(drawn)}"
        f'<text x="{end}" y="{low + 16}" text-anchor="middle">{top:.3g}</text>'
        f'<line x1="18" x2="{end}" y1="{low}" y2="{low}" stroke="#1b1b1b"/>'
        f'<text x="{end / 2}" y="{low + 38}" text-anchor="middle">points</text></svg>'
    )


def _key(outcome: str) -> str:
    return COLORS.get(outcome, OTHER)


def _sorted(outcomes: Iterable[str]) -> list[str]:
    order = {name: place for place, name in enumerate(COLORS)}
    return sorted(set(outcomes), key=lambda name: (order.get(name, len(order)), name))


def bars(tallies: Sequence[Tally]) -> str:
    """One bar per exercise: the shares of the class that got full marks, some, none, ..."""
    seen = _sorted(name for tally in tallies for name in tally.outcomes)
    legend = "".join(
        f'<span class="key" style="background:{_key(name)}"></span><span>{esc(name)}</span>'
        for name in seen
    )
    left, width, row = 230, 480, 28
    drawn = []
    for place, tally in enumerate(tallies):
        y, x, total = place * row, float(left), sum(tally.outcomes.values())
        drawn.append(
            f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{esc(tally.name)}</text>'
        )
        for name in seen:
            share = tally.outcomes[name] / total * width
            if not share:
                continue
            label = f"{esc(tally.name)}, {esc(name)}: {tally.outcomes[name]}"
            drawn.append(
                f'<rect x="{x:.1f}" y="{y}" width="{share:.1f}" height="{row - 6}" '
                f'fill="{_key(name)}" stroke="#fff"><title>{label}</title></rect>'
            )
            if share > 22:
                ink = "#1b1b1b" if name in ("partial", "not written") else "#fff"
                drawn.append(
                    f'<text x="{x + share / 2:.1f}" y="{y + 16}" text-anchor="middle" '
                    f'fill="{ink}">{tally.outcomes[name]}</text>'
                )
            x += share
    size = f'viewBox="0 0 {left + width + 4} {row * len(tallies) or 1}" width="{left + width + 4}"'
    return (
        f"<p>{legend}</p><svg {size} role='img' font-size='13' font-family='sans-serif' "
        f"aria-label='results by exercise'>{''.join(drawn)}</svg>"
    )


def told(exercise: str, mistake: str) -> tuple[str, str]:
    """(what students who make this mistake are told, where the lesson treats it)."""
    catalogue = cards.load(exercise)["mistakes"]
    known = [catalogue[name] for name in mistake.split(AND) if name in catalogue]
    messages = " ".join(entry["message"] for entry in known)
    return messages, "; ".join(dict.fromkeys(entry["read"] for entry in known))


def _mistakes(tally: Tally) -> str:
    if not tally.mistakes:
        return ""
    counted = sorted(tally.mistakes.items(), key=lambda item: (-item[1], item[0]))
    lines = []
    for name, count in counted:
        message, read = told(tally.name, name)
        lines.append(
            f'<tr><td class="n">{count}</td><td><b>{esc(name)}</b></td><td>{esc(message)}</td>'
            f"<td>{esc(read)}</td></tr>"
        )
    return (
        f"<h3><code>{esc(tally.name)}</code></h3><table><tr><th>how many</th><th>mistake</th>"
        f"<th>what they are told</th><th>where the lesson treats it</th></tr>{''.join(lines)}"
        "</table>"
    )


def _needs_human(found: Mapping[str, Verdict]) -> str:
    lines = []
    for student, verdict in sorted(found.items()):
        why: dict[str, list[str]] = {}
        for mark in verdict["exercises"]:
            if mark["status"] in ASKS:
                why.setdefault(f"{mark['status']}: {mark['message']}", []).append(mark["name"])
        for reason, names in why.items():
            which = "all" if len(names) == len(verdict["exercises"]) else ", ".join(names)
            lines.append(
                f"<tr><td>{esc(student)}</td><td>{esc(which)}</td><td>{esc(reason)}</td></tr>"
            )
    if not lines:
        return "<p>Nobody: every exercise of every submission has a mark.</p>"
    head = "<tr><th>student</th><th>exercise</th><th>why</th></tr>"
    return f"<table>{head}{''.join(lines)}</table>"


def _worth_a_look(found: Mapping[str, Verdict], tallies: Iterable[Tally]) -> str:
    lines = [
        f"<tr><td>{esc(', '.join(tally.seen_only))}</td><td>{esc(tally.name)}: every visible case "
        "is right, not all hidden ones are, and no known mistake explains it. Are the visible "
        "answers written down instead of computed?</td></tr>"
        for tally in tallies
        if tally.seen_only
    ]
    lines += [
        f"<tr><td>{esc(student)}</td><td>{esc(note)}</td></tr>"
        for student, verdict in sorted(found.items())
        for note in verdict["notes"]
    ]
    if not lines:
        return "<p>Nothing: no notebook had to be repaired.</p>"
    return f"<table><tr><th>student</th><th>what</th></tr>{''.join(lines)}</table>"
