"""A marking process for other machines: notebooks come in on one pipe, verdicts go out on another.

It runs from a folder that holds the course as the grader has it (see ``cluster.course``), so that
marks do not depend on what else is installed there. Started by ``remote``, ends when that hangs up.
"""

import json
import os
import platform
import signal
import sys
from typing import BinaryIO

import numpy as np

from autograde import mark
from autograde.host import Zygote
from autograde.marking import to_json
from autograde.spec import ROOT

LIBRARY = "library"  # the folder of what students have while the unit is due
HEAD = 4  # bytes that tell the length of a frame


def versions() -> dict[str, str]:
    """What a verdict depends on beside the course itself."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Python": python, "numpy": np.__version__}


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Marks until the other side hangs up: first our versions, then one reply per request.

    A request is a frame with unit and term as JSON, and a frame with the notebook.
    """
    files = [path for path in (ROOT / LIBRARY).rglob("*") if path.is_file()]
    library = {path.relative_to(ROOT / LIBRARY): path.read_bytes() for path in files}
    send(replies, json.dumps(versions()).encode())
    with Zygote(library) as zygote:
        while (asked := receive(requests)) is not None:
            notebook = receive(requests)
            if notebook is None:
                return
            unit, term = json.loads(asked)
            try:
                answer = {"marking": to_json(mark.mark(notebook, unit, term, zygote))}
            except (OSError, LookupError) as error:
                answer = {"error": str(error)}
            send(replies, json.dumps(answer).encode())


def send(pipe: BinaryIO, content: bytes) -> None:
    """Writes a frame: its length, and itself."""
    pipe.write(len(content).to_bytes(HEAD, "big") + content)
    pipe.flush()


def receive(pipe: BinaryIO) -> bytes | None:
    """The next frame; None if the other side hung up."""
    head = pipe.read(HEAD)
    size = int.from_bytes(head, "big")
    content = pipe.read(size)
    return content if len(head) == HEAD and len(content) == size else None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed here must not get among the replies
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
