"""The report as one web page: what a person would rather look at than read. No script, no network.

Everything that came from a submission is escaped.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from autograde import report
from autograde.doctor import MEANS
from autograde.report import HUMAN, Row, Tally, Verdict
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
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:62rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin-bottom:0}h2{font-size:1.25rem;margin-top:2.6rem}
h3{margin:1.6rem 0 .3rem}.id{color:#5a5a5a;margin-top:0}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;
border-bottom:1px solid #ddd;overflow-wrap:anywhere}
th{font-weight:600;color:#444}tr:target{background:#fff6d6}
.tiles{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0;padding:0;list-style:none}
.tiles li{flex:1 1 8rem;border:1px solid #ddd;border-radius:6px;padding:.6rem 1rem}
.tiles b{display:block;font-size:1.7rem;line-height:1.2}
.bar{display:inline-block;height:.7em;background:#b5400c;margin-right:.5em;vertical-align:baseline}
svg{max-width:100%;height:auto}a{color:#0063a0}
.key{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
.key+span{margin-right:1.2em}code{background:#f3f3f3;padding:0 .2em}
@media print{h2,h3{break-after:avoid}tr{break-inside:avoid}}
"""
CODE, STRESSED = re.compile(r"`([^`]+)`"), re.compile(r"(?<![\w*])\*(\w[^*\n]*)\*(?![\w*])")
WHERE = re.compile(r"^(.*) \(unit (\d+)\)$")
TOP = 8  # mistakes in the list of the most frequent ones
esc = html.escape


def prose(text: str) -> str:
    """A message as students see it: `code` and *stress*, everything else escaped."""
    return CODE.sub(r"<code>\1</code>", STRESSED.sub(r"<em>\1</em>", esc(text)))


def page(
    unit: str, found: Mapping[str, Verdict], marks: Sequence[Row], lessons: Path | None = None
) -> str:
    """The whole page. ``lessons``: the folder of exported units, to which mistakes are linked."""
    tallies = report.tallies(unit, found)
    level = report.lowest_level(found.values())
    means = next((text for name, text in MEANS.items() if name == level), "")
    title = report.title(unit)
    waiting = {row.student_id for row in marks if row.pending}
    parts = [
        f'<h1>{esc(title)}</h1><p class="id">{esc(unit)}</p>',
        _tiles(marks, found),
        f"<p><b>Isolation: {esc(level)}.</b> {esc(means)}</p>",
        "<h2>Marks</h2>",
        histogram([row.score for row in marks], max((r.max_score for r in marks), default=1.0)),
        "<h2>Who needs a human</h2>",
        _needs_human(found, waiting),
        "<h2>Exercises</h2>",
        bars(tallies),
        "<h2>The most frequent mistakes</h2>",
        _most_frequent(tallies),
        "<h2>All mistakes, by exercise</h2>",
        *(_mistakes(tally, lessons) for tally in tallies),
        "<h2>Worth a look</h2>",
        _worth_a_look(found, tallies),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{esc(title)}: marks'
        f'</title><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"</head><body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def median(scores: Sequence[float]) -> float:
    ordered = sorted(scores)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _tiles(marks: Sequence[Row], found: Mapping[str, Verdict]) -> str:
    scores = [row.score for row in marks]
    if not scores:
        return "<p>Nobody has a mark.</p>"
    top = max(row.max_score for row in marks)
    full = sum(score >= top - 1e-9 for score in scores)
    missing = len(marks) - len(found)
    tiles = [
        (len(found), "submissions" + (f", {missing} students without one" if missing else "")),
        (f"{median(scores):g}", f"of {top:g} points: the median"),
        (f"{sum(scores) / len(scores):.1f}", "points: the mean"),
        (full, "with full marks"),
        (sum(row.pending for row in marks), "wait for a decision"),
    ]
    items = "".join(f"<li><b>{number}</b>{esc(what)}</li>" for number, what in tiles)
    return f'<ul class="tiles">{items}</ul>'


def histogram(scores: Iterable[float], top: float) -> str:
    """How many students have how many points, as an inline SVG."""
    counts = [0] * BINS
    for score in scores:
        share = score / top if top else 0.0
        counts[min(BINS - 1, max(0, int(share * BINS)))] += 1
    width, height, low = 82, 180, 200
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
    left, width, row = 200, 620, 28
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
        drawn.append(
            f'<text x="{left + width + 10}" y="{y + 17}">mean {tally.mean:.2g} of '
            f"{tally.max_points:g}</text>"
        )
    wide = left + width + 130
    size = f'viewBox="0 0 {wide} {row * len(tallies) or 1}" width="{wide}"'
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


def _most_frequent(tallies: Sequence[Tally]) -> str:
    """The mistakes that most students made, as bars that lead to what they are told."""
    counted = [(n, tally.name, name) for tally in tallies for name, n in tally.mistakes.items()]
    counted.sort(key=lambda item: (-item[0], item[1], item[2]))
    if not counted:
        return "<p>No submission makes a mistake that the lessons know.</p>"
    tallest = counted[0][0]
    lines = [
        f'<tr><td>{_bar(count, tallest)}</td><td><a href="#{_anchor(exercise, name)}">{esc(name)}'
        f"</a></td><td><code>{esc(exercise)}</code></td></tr>"
        for count, exercise, name in counted[:TOP]
    ]
    widths = '<colgroup><col style="width:38%"><col style="width:34%"><col></colgroup>'
    head = "<tr><th>how many</th><th>mistake</th><th>exercise</th></tr>"
    return f"<table>{widths}{head}{''.join(lines)}</table>"


def _bar(count: int, tallest: int) -> str:
    return f'<span class="bar" style="width:{80 * count / tallest:.0f}%"></span>{count}'


def _anchor(exercise: str, mistake: str) -> str:
    return quote(f"{exercise}-{mistake}".replace(" ", "-"))


def _mistakes(tally: Tally, lessons: Path | None) -> str:
    if not tally.mistakes:
        return ""
    counted = sorted(tally.mistakes.items(), key=lambda item: (-item[1], item[0]))
    tallest = counted[0][1]
    lines = []
    for name, count in counted:
        message, read = told(tally.name, name)
        places = "; ".join(_linked(place, lessons) for place in read.split("; "))
        lines.append(
            f'<tr id="{_anchor(tally.name, name)}"><td>{_bar(count, tallest)}</td>'
            f"<td><b>{esc(name)}</b></td><td>{prose(message)}</td><td>{places}</td></tr>"
        )
    widths = "".join(f'<col style="width:{share}%">' for share in (12, 21, 46, 21))
    return (
        f"<h3><code>{esc(tally.name)}</code></h3><table><colgroup>{widths}</colgroup><tr>"
        "<th>how many</th><th>mistake</th><th>what they are told</th><th>where the lesson treats "
        f"it</th></tr>{''.join(lines)}</table>"
    )


def _linked(place: str, lessons: Path | None) -> str:
    """A place in a lesson; a link to it if that unit was exported as a page."""
    parts = WHERE.match(place)
    if lessons is None or parts is None:
        return esc(place)
    pages = sorted(lessons.glob(f"unit{parts[2]}_*.html"))
    if not pages:
        return esc(place)
    section = quote(parts[1].replace(" ", "-"))
    return f'<a href="{esc(pages[0].resolve().as_uri())}#{section}">{esc(place)}</a>'


def _needs_human(found: Mapping[str, Verdict], waiting: set[str]) -> str:
    """Those who wait for a decision, as the first lines count them, and what is to be decided."""
    lines = []
    for student in sorted(waiting):
        why = report.reasons(found[student]) if student in found else {}
        why = why or {"A written answer, or a changed one, is to be graded in formgrader.": [""]}
        for reason, names in why.items():
            all_of_them = student in found and len(names) == len(found[student]["exercises"])
            which = "all" if all_of_them else ", ".join(names)
            lines.append(
                f"<tr><td>{esc(student)}</td><td>{esc(which)}</td><td>{esc(reason)}</td></tr>"
            )
    if not lines:
        return "<p>Nobody: every exercise of every submission has a mark.</p>"
    widths = '<colgroup><col style="width:20%"><col style="width:25%"><col></colgroup>'
    head = "<tr><th>student</th><th>exercise</th><th>why</th></tr>"
    return f"<table>{widths}{head}{''.join(lines)}</table>"


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
    widths = '<colgroup><col style="width:25%"><col></colgroup>'
    head = "<tr><th>student</th><th>what</th></tr>"
    return f"<table>{widths}{head}{''.join(lines)}</table>"
