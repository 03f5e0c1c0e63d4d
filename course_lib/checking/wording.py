"""A sentence on the first wrong case, where no catalogued mistake explains the answer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checking.compare import Difference, is_sequence
from course_lib.checking.explain import explain, explain_path, explain_rates, named_inputs
from course_lib.checking.probes import MEANINGS, Malformed
from course_lib.checking.student import Crashed
from course_lib.checking.verdict import describe, words

ANSWERS = ("yes", "no")
PATH, RATES = "['result']['path of param", "['result']['learning rates at"


@dataclass(frozen=True)
class Wording:
    """Words on one decoded ``case`` of ``card``; without ``reveal`` no input is given away."""

    card: Mapping[str, Any]
    case: Mapping[str, Any]
    reveal: bool = True

    def of(
        self, trouble: BaseException | None, changed: Iterable[str], found: Difference | None
    ) -> str:
        """What is wrong: a crash, an unusable result, a changed input or a difference."""
        where = f"In the case «{self.case['name']}»: "
        if isinstance(trouble, Crashed) and trouble.kind == "Malformed":
            return where + trouble.text  # a probe's own complaint, raised inside the student's code
        if isinstance(trouble, Crashed):
            text = f"{trouble.kind}: {trouble.text.rstrip('. ')}" if trouble.text else trouble.kind
            line = f" ({trouble.line})" if trouble.line and self.reveal else ""
            return f"{where}your function stopped with {text}{line}."
        if isinstance(trouble, Malformed):
            return where + str(trouble)
        if found is None:
            names = ", ".join(f"`{name}`" for name in changed)
            return (
                f"The numbers are right, but your function changes {names} in place, so the "
                "caller's array is different afterwards. Make a new array instead."
            )
        sentence = where + self._difference(found)
        if names := ", ".join(f"`{name}`" for name in changed):
            sentence += f" Besides, your function changes {names} in place, the caller's own array."
        return sentence

    def _difference(self, found: Difference) -> str:
        got, want, returns = found.got, found.want, tuple(self.card["returns"])
        place = words(found.path, returns)
        if not self.reveal:
            place = place.split(" at the steps ")[0]  # the steps of a schedule are inputs
        if found.kind == "nothing":
            return f"your function returns nothing for `{place}`: is a `return` missing?"
        if found.kind == "keys":
            return f"`{place}` has the keys {got}, expected {want}."
        if found.kind == "length":
            return f"{len(want)} values are expected ({', '.join(returns)}), not {len(got)}."
        if type(got) is str and got in ANSWERS and want in ANSWERS:
            should, does = ("should", "does not") if want == "yes" else ("should not", "does")
            sentence = f"this {should} hold, and with your function it {does}: {place}."
            return self._with_about(sentence, place)
        if found.kind == "text":
            return self._with_about(self._kinds(found, place), place)
        if found.kind in ("type", "dtype"):
            return self._kinds(found, place)
        sentence = "" if place in MEANINGS else self._relation(found)
        if found.kind == "shape":
            return f"`{place}` has shape {np.shape(got)}, expected {np.shape(want)}. {sentence}"
        wrong = f"`{place}` is not right."
        return f"{wrong} {sentence}" if sentence else self._with_about(wrong, place)

    def _with_about(self, sentence: str, place: str) -> str:
        """What a probe says of this statistic, or else what the case is about."""
        return f"{sentence} {MEANINGS.get(place, self.case['about'])}".strip()

    def _kinds(self, found: Difference, place: str) -> str:
        """Which kind of thing it is, and which one is expected."""
        wanted = describe(found.want)
        if isinstance(found.want, np.ndarray) and not found.want.ndim:
            wanted = "one number"
        elif found.kind == "type" and is_sequence(found.want) and place == "result":
            wanted = f"{len(found.want)} values ({', '.join(self.card['returns'])})"
        return f"`{place}` is {describe(found.got)}, expected {wanted}."

    def _relation(self, found: Difference) -> str:
        """What the wrong numbers have to do with the right ones, as far as it is recognised."""
        given = self.case["inputs"]
        numbers = found.kind in ("value", "nan")
        if numbers and found.path.startswith(RATES):
            return (
                explain_rates(found, given.get("steps", []), self._named()) if self.reveal else ""
            )
        if numbers and found.path.startswith(PATH):
            which = int((re.findall(r"\d+", found.path) or ["1"])[0]) - 1
            grad = given["grads"][which][0] if "grads" in given else np.zeros(())
            return explain_path(found.got, found.want, grad, given.get("kwargs", {}))
        return explain(found, self._named())

    def _named(self) -> Mapping[str, Any]:
        """The inputs, those of a plain call under their parameters' names."""
        given = self.case["inputs"]
        if "args" not in given:
            return given
        return named_inputs(self.card["parameters"][0], given["args"], given["kwargs"])
