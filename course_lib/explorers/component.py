"""The widget behind every explorer: Python computes a table, the page looks frames up."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import numpy as np
import traitlets

from course_lib.arrays import Array
from course_lib.explorers.table import Control, Panel, Sentences, first_sentence, pack

SCRIPT = Path(__file__).parent / "explorer.js"

EXPORT = """<div data-explorer="{key}"></div>
<noscript>{text}</noscript>
<script type="module">
{script}
const table = Uint8Array.from(atob("{table}"), (c) => c.charCodeAt(0));
const values = {{ spec: {spec}, table: new DataView(table.buffer) }};
const el = document.querySelector('[data-explorer="{key}"]:not([data-drawn])');
el.setAttribute("data-drawn", "");
render({{ model: {{ get: (name) => values[name] }}, el }});
</script>
"""


class Answer(NamedTuple):
    """Frames for a dragged point: new arrays by layer name, the caption, notes by panel index."""

    frames: dict[str, Array]
    caption: str
    notes: dict[int, str]


class Drag(NamedTuple):
    """A point that can be dragged on ``panel`` instead of chosen with the control ``replaces``.

    ``answer(x, y, stops)`` is called with the point and the current stop index of each control.
    """

    panel: int
    replaces: str
    hint: str
    answer: Callable[[float, float, dict[str, int]], Answer]


class Explorer(anywidget.AnyWidget):
    """A figure with controls. Moves without a kernel; only a dragged point asks Python.

    Shown in a notebook it is a widget. With ``COURSE_EXPORT=1`` in the environment it shows
    itself as a page fragment that needs neither kernel nor network (see ``to_html``).
    """

    _esm = SCRIPT
    spec = traitlets.Dict().tag(sync=True)
    table = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        title: str,
        *,
        controls: Sequence[Control],
        panels: Sequence[Panel],
        caption: Sequence[Sentences],
        drag: Drag | None = None,
    ) -> None:
        """Raises ValueError where an array does not fit the stops of the controls it names."""
        spec, table = pack(title, controls, panels, caption)
        spec["drag"] = drag and {"panel": drag.panel, "replaces": drag.replaces, "hint": drag.hint}
        super().__init__(spec=spec, table=table)
        if drag is not None:
            self.on_msg(lambda _, message, __: self._reply(drag, message))

    def __repr__(self) -> str:
        """The title and the caption of the frame it opens with: the figure in words."""
        return f"{self.spec['title']}\n{first_sentence(self.spec)}"

    def to_html(self) -> str:
        """A fragment of HTML with script and table inside; several of them fit on one page."""
        spec = json.dumps(self.spec, ensure_ascii=True).replace("<", "\\u003c")
        return EXPORT.format(
            key=hashlib.sha256(spec.encode() + self.table).hexdigest()[:12],
            text=repr(self).replace("&", "&amp;").replace("<", "&lt;"),
            script=SCRIPT.read_text(encoding="utf-8"),
            table=base64.b64encode(self.table).decode(),
            spec=spec,
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if os.environ.get("COURSE_EXPORT") == "1":
            return {"text/html": self.to_html(), "text/plain": repr(self)}, {}
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, tuple):
            bundle[0]["text/plain"] = repr(self)
        return bundle

    def _reply(self, drag: Drag, message: dict[str, Any]) -> None:
        """Answer one question of the page; it waits for the answer before it asks again."""
        if message.get("kind") != "drag":
            return
        reply: dict[str, Any] = {"kind": "frames", "number": message["number"]}
        try:
            answer = drag.answer(message["x"], message["y"], message["stops"])
        except Exception as problem:  # the page must not wait for ever
            self.send({**reply, "error": str(problem)})
            return
        reply.update(names=list(answer.frames), caption=answer.caption, notes=answer.notes)
        frames = [np.asarray(a, dtype="<f4").tobytes() for a in answer.frames.values()]
        self.send(reply, buffers=frames)
