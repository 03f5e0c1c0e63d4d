"""Which exercises have been solved on this computer: a small file beside the course.

Losing it costs nothing but the marks on the start page, so no trouble with it ever reaches the
person at work: a folder that cannot be written or a damaged file simply means "nothing yet".
"""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / ".progress.json"


def load(file: Path | None = None) -> dict[str, float]:
    """Best score per exercise, each in [0, 1]; empty if nothing can be read."""
    try:
        best = json.loads((file or FILE).read_text(encoding="utf-8"))
        return {str(name): float(score) for name, score in best.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def record(name: str, score: float, file: Path | None = None) -> None:
    """Keeps ``score`` if it is the best so far. Does nothing while nbgrader runs the notebook."""
    file = file or FILE
    if "NBGRADER_EXECUTION" in os.environ or "PYTEST_CURRENT_TEST" in os.environ:
        return
    best = load(file)
    if score <= best.get(name, -1.0):
        return
    scratch = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        scratch.write_text(json.dumps({**best, name: score}, indent=1), encoding="utf-8")
        os.replace(scratch, file)  # two notebooks may finish a check at the same time
    except OSError:
        scratch.unlink(missing_ok=True)
