"""Judging a function against a card: the guards, the cases, the diagnosis."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.checking import cards, overall
from course_lib.checking.compare import (
    Tolerance,
    difference,
    fingerprint,
    in_form_of,
)
from course_lib.checking.diagnose import Seen, find_mistake, whole_explanation
from course_lib.checking.probes import PROBES, Malformed
from course_lib.checking.student import (
    SECONDS,
    Crashed,
    NotWritten,
    OutOfTime,
    Student,
    UsesTheAnswer,
    library_answer,
    quiet,
    signature_of,
    time_limit,
    without_answer,
)
from course_lib.checking.verdict import CaseResult, Verdict, describe
from course_lib.checking.wording import Wording

NARROW = (
    "Your function returns {} numbers, which are not precise enough here. Everything is float64: "
    "with fewer digits a right gradient and a wrong one can look alike. Where does the type change?"
)
LIBRARY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """What one case observed: a tree of values, or the trouble that prevented it."""

    observation: Any = None
    trouble: BaseException | None = None
    changed: tuple[str, ...] = ()
    narrow: str = ""

    def as_tree(self, expected: Any) -> dict[str, Any]:
        """The form that is fingerprinted: results in the containers of ``expected``, side effects
        and errors alike.
        """
        if self.trouble is not None:
            kind = self.trouble.kind if isinstance(self.trouble, Crashed) else str(self.trouble)
            return {"raised": f"{type(self.trouble).__name__} {kind}"}
        return {
            "result": in_form_of(self.observation, expected),
            "changed": " ".join(sorted(self.changed)),
        }


def run_case(function: Callable[..., Any], case: Mapping[str, Any]) -> Outcome:
    """Runs one case of a card (decoded inputs). Troubles that end the whole check are raised."""
    student = Student(function)
    try:
        observation = PROBES[case["probe"]](student, **cards.fresh(case["inputs"]))
    except (Crashed, Malformed) as trouble:
        return Outcome(trouble=trouble, changed=tuple(student.changed))
    return Outcome(observation, changed=tuple(student.changed), narrow=student.narrow)


def decoded(case: Mapping[str, Any]) -> dict[str, Any]:
    """A card's case with its inputs and its expected observation as Python values."""
    values = {key: cards.decode(case[key]) for key in ("inputs", "expected")}
    return {**case, **values}


def tolerance_of(case: Mapping[str, Any]) -> Tolerance:
    """The tolerance a case was written with."""
    bands = {f"['result']{path}": band for path, band in case.get("bands", {}).items()}
    return Tolerance(case["rtol"], case["atol"], bands)


def judge(
    card: Mapping[str, Any],
    function: Any,
    *,
    points: float | None = None,
    reveal: bool = True,
    seconds: float = SECONDS,
) -> Verdict:
    """The verdict on ``function``. ``reveal=False`` keeps inputs and numbers out of it.

    All cases together may take ``seconds``.
    """
    judged = _Judgement(card, card["points"] if points is None else points, reveal)
    if problem := _guard(card, function):
        return judged.refuse(problem)
    cases = [decoded(case) for case in card["cases"]]
    outcomes: list[Outcome] = []
    answer = library_answer(card["answer"])
    with quiet() as printed:
        try:
            with time_limit(seconds), without_answer(answer):
                for case in cases:
                    outcomes.append(run_case(function, case))
        except NotWritten:
            return judged.refuse(
                "Nothing is written yet: replace the line `raise NotImplementedError` by your code."
            )
        except OutOfTime:
            return judged.refuse(
                f"Your function ran for more than {seconds:g} seconds and was stopped. Does a loop "
                "in it ever end? The cases are small: a right answer needs a few milliseconds."
            )
        except UsesTheAnswer:
            return judged.refuse(
                f"Your function calls the library's own `{card['name']}`: write it yourself here."
            )
    return judged.decide(function, cases, outcomes, printed.getvalue())


def _guard(card: Mapping[str, Any], function: Any) -> str:
    """What keeps a thing from being judged at all: a sentence, or "" if nothing does."""
    name = card["name"]
    if not callable(function):
        return (
            f"You passed {describe(function)}, not a function. "
            f'Write `check("{name}", {name})`, without parentheses after the second {name}.'
        )
    answer = library_answer(card["answer"])
    code = getattr(inspect.unwrap(function), "__code__", None)
    if function is answer or (code is not None and Path(code.co_filename).is_relative_to(LIBRARY)):
        return f"That is the library's own function: write your own `{name}` and pass that."
    signature = signature_of(function)
    if signature is None:
        return ""
    positional, keywords = card["parameters"]
    try:
        signature.bind(*[None] * len(positional), **dict.fromkeys(keywords))
    except TypeError as error:
        asked = ", ".join([*positional, *(["*"] if keywords else []), *keywords])
        return (
            f"The parameters do not fit: `{name}({asked})` is asked for, yours is "
            f"`{getattr(function, '__name__', 'function')}{signature}` ({error})."
        )
    return ""


class _Judgement:
    """Puts a verdict together; holds what every verdict on one card has in common."""

    def __init__(self, card: Mapping[str, Any], points: float, reveal: bool) -> None:
        self.card, self.points, self.reveal = card, points, reveal

    def refuse(self, message: str) -> Verdict:
        """Nothing could be judged: no points, and one sentence."""
        return Verdict(
            False, 0.0, None, message, self.card["name"], self.points, read=self.card["read"]
        )

    def decide(
        self,
        function: Callable[..., Any],
        cases: list[dict[str, Any]],
        outcomes: list[Outcome],
        printed: str,
    ) -> Verdict:
        results = [self._result(case, out) for case, out in zip(cases, outcomes, strict=True)]
        total = sum(case.weight for case in results)
        score = sum(case.weight for case in results if case.passed) / total
        if all(case.passed for case in results):
            message, mistake, read, score = self.card["praise"], None, "", 1.0
        else:
            message, mistake, read = self._diagnose(function, cases, outcomes, results)
        shown = (
            results if self.reveal else [CaseResult(c.name, c.weight, c.passed) for c in results]
        )
        return Verdict(
            passed=all(case.passed for case in results),
            score=score,
            mistake=mistake,
            message=message,
            exercise=self.card["name"],
            points=self.points,
            cases=tuple(shown),
            read=read,
            printed=printed if self.reveal else "",
            returns=tuple(self.card["returns"]),
        )

    def _result(self, case: Mapping[str, Any], outcome: Outcome) -> CaseResult:
        if outcome.trouble is not None:
            return CaseResult(case["name"], case["weight"], False)
        found = difference(
            outcome.observation, case["expected"], tolerance_of(case), path="['result']"
        )
        passed = found is None and not outcome.changed
        return CaseResult(case["name"], case["weight"], passed, found)

    def _diagnose(
        self,
        function: Callable[..., Any],
        cases: list[dict[str, Any]],
        outcomes: list[Outcome],
        results: list[CaseResult],
    ) -> tuple[str, str | None, str]:
        """(message, mistake or None, where to read on)."""
        seen = [
            Seen(
                fingerprint(out.as_tree(case["expected"])),
                case["right"],
                tolerance_of(case),
                result.passed,
            )
            for case, out, result in zip(cases, outcomes, results, strict=True)
        ]
        catalogue = self.card["fingerprints"]
        mistake = whole_explanation(catalogue, seen)
        sentence = "" if mistake else self._general(function, cases, outcomes, results)
        if sentence:
            return sentence, None, self.card["read"]
        if mistake := mistake or find_mistake(catalogue, seen):
            entry = self.card["mistakes"][mistake]
            return entry["message"], mistake, entry["read"]
        index = next(i for i, result in enumerate(results) if not result.passed)
        sentence = Wording(self.card, cases[index], self.reveal).of(
            outcomes[index].trouble, outcomes[index].changed, results[index].difference
        )
        return sentence, None, self.card["read"]

    def _general(
        self,
        function: Callable[..., Any],
        cases: list[dict[str, Any]],
        outcomes: list[Outcome],
        results: list[CaseResult],
    ) -> str:
        """What all wrong cases have in common, if they do: digits, a default value, the order."""
        failed = [i for i, result in enumerate(results) if not result.passed]
        if narrow := outcomes[failed[0]].narrow:
            return NARROW.format(narrow)
        given = [cases[i]["inputs"].get("kwargs", {}) for i in failed]
        answer = library_answer(self.card["answer"])
        if sentence := overall.other_default(function, answer, self.card["parameters"][1], given):
            return sentence
        case, outcome = cases[failed[0]], outcomes[failed[0]]
        found = results[failed[0]].difference
        if found is not None and found.kind == "length":  # no slip in the numbers explains this
            return Wording(self.card, case, self.reveal).of(None, outcome.changed, found)
        if found is not None and overall.permuted(
            outcome.observation, case["expected"], tolerance_of(case)
        ):
            return (
                f"In the case «{case['name']}»: these are the right values in the wrong order. "
                f"Return {', '.join(self.card['returns'])}."
            )
        return ""


def observe_all(function: Callable[..., Any], cases: Iterable[Mapping[str, Any]]) -> list[Outcome]:
    """The outcomes of all cases for a trusted function (the authoring side uses this)."""
    with quiet(), time_limit(30.0):
        return [run_case(function, case) for case in cases]
