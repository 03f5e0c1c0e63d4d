"""``autograde bundle``: the zip that students get, with everything but the answers still due.

What is due: the exercises of the first unit handed out and of all units after it. In the library
of the bundle these functions raise ``AnswerDue``; figures that rest on them replay recordings.
"""

import ast
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograde import spec
from autograde.spec import CARDS, INDEX, QUIZZES
from course_lib import recorded

ROOT = spec.ROOT
FOLDER = "optimization-course"
SETTINGS = (
    "pyproject.toml",
    "jupyter_lab_config.py",
    "page_config.json",
    "default_setting_overrides.json",
)
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal content gives an equal zip
RECORDINGS = Path("course_lib/recordings")

REQUIREMENTS = """\
# What the notebooks need. Install once, with a network; afterwards everything works offline.
jupyterlab>=4.2
numpy
matplotlib
scipy
ipywidgets>=8.1
anywidget>=0.9
msgpack
./etc
-e .
"""

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "optimization-course"
version = "0.1.0"
requires-python = ">=3.11"

[tool.setuptools.packages.find]
include = ["course_lib*"]

[tool.setuptools.package-data]
course_lib = ["cards/**/*.json", "explorers/*.js", "recordings/*"]
"""

HOWTO = """\
# Optimization and regularization for neural networks

1. Unpack this folder anywhere. Open a terminal in it.
2. Once, with a network (Python 3.11 or newer):

   Linux and macOS:

       python3 -m venv .venv && . .venv/bin/activate
       pip install -r requirements.txt && jupyter lab

   Windows (PowerShell):

       py -m venv .venv; .venv\\Scripts\\Activate.ps1
       pip install -r requirements.txt; jupyter lab

   JupyterLab opens on the start page, `notebooks/start.ipynb`.
3. Later, offline: activate as in the first line of step 2, then `jupyter lab`.

**Solving an exercise.** Replace `raise NotImplementedError()` by your code, run the cell, run the
check below it. The card says what is right and which mistake it found; `hint("name")` helps.
The library in this bundle leaves out the functions that you are asked to write. A message
"... belongs to the answers of unit ..." means: use the function that you write there.

**Handing in.** Save the notebook and hand in the file `notebooks/<unit>/<unit>.ipynb` itself, under
its own name. Do not delete or move the check cells; further cases are tried when it is graded.

**Trouble?** *Kernel - Restart Kernel and Run All Cells* gives a notebook a fresh start.
"""


def due_exercises(chosen: Iterable[str]) -> list[tuple[str, spec.Exercise]]:
    """(unit, exercise) for everything that is still to be written by who gets the bundle."""
    first = min(chosen)
    later = [unit for unit in spec.units() if unit >= first]
    return [(unit, exercise) for unit in later for exercise in spec.exercises(unit)]


def due_functions(chosen: Iterable[str]) -> dict[str, str]:
    """``optim.momentum`` -> ``unit 04``, for every function whose body must not be in the bundle.

    Those are the answers, and the functions that give an answer away.
    """
    due: dict[str, str] = {}
    for unit, exercise in due_exercises(chosen):
        number = unit.split("_")[0].replace("unit", "unit ")
        for path in (exercise.answer, *exercise.gives_away):
            due.setdefault(path, number)
    return due


def stripped(module: str, source: str, due: Mapping[str, str]) -> str:
    """A library module's source in which every due function raises ``AnswerDue`` instead."""
    lines = source.splitlines(keepends=True)
    used = False
    for node in reversed(ast.parse(source).body):
        if not isinstance(node, ast.FunctionDef) or f"{module}.{node.name}" not in due:
            continue
        docstring, end = node.body[0], node.end_lineno
        assert docstring.end_lineno is not None
        number = due[f"{module}.{node.name}"]
        raised = f'    raise AnswerDue("{node.name}", "{number}")\n'
        lines[docstring.end_lineno : end] = [raised]
        used = True
    text = "".join(lines)
    return _with_import(text) if used else text


def _with_import(text: str) -> str:
    """Adds the import of ``AnswerDue`` after the module's last import."""
    imports = [n for n in ast.parse(text).body if isinstance(n, (ast.Import, ast.ImportFrom))]
    end = imports[-1].end_lineno if imports else 1
    lines = text.splitlines(keepends=True)
    lines.insert(end or 1, "from course_lib.recorded import AnswerDue\n")
    return "".join(lines)


def record_figures(units: Iterable[str]) -> dict[Path, bytes]:
    """Runs the solution notebooks and collects what their ``@recorded`` functions return.

    Raises ``ValueError`` if two notebooks record different results under one name.
    """
    from autograde import notebooks  # loads nbformat and nbclient; the grader needs neither

    found: dict[Path, bytes] = {}
    for unit in units:
        with tempfile.TemporaryDirectory() as folder:
            source = ROOT / "solutions" / unit / f"{unit}.ipynb"
            notebooks.run(source, {recorded.RECORD_TO: folder})
            for file in sorted(Path(folder).iterdir()):
                target, content = RECORDINGS / file.name, file.read_bytes()
                if found.setdefault(target, content) != content:
                    raise ValueError(
                        f"{unit}: another unit records something else under {file.name}; "
                        "give one of the two @recorded functions another name"
                    )
    return found


def contents(chosen: list[str], recordings: dict[Path, bytes]) -> dict[Path, bytes]:
    """Every file of the bundle, path below its top folder -> content."""
    due = due_functions(chosen)
    last = max(chosen)
    taught = [unit for unit in spec.units() if unit <= last]
    files: dict[Path, bytes] = dict(recordings)
    for path in sorted((ROOT / "course_lib").rglob("*")):
        relative = path.relative_to(ROOT)
        if path.suffix == ".py":
            module = ".".join(relative.with_suffix("").parts[1:])
            text = stripped(module, path.read_text(encoding="utf-8"), due)
            files[relative] = text.encode()
        elif path.suffix in (".js", ".css"):
            files[relative] = path.read_bytes()
    wanted = [CARDS / f"{e.name}.json" for unit in taught for e in spec.exercises(unit)]
    wanted += [QUIZZES / f"{q.name}.json" for unit in taught for q in spec.quizzes(unit)]
    wanted += [INDEX, Path("docs/conventions.md"), Path("docs/verdict-card.png")]
    wanted += [Path("etc") / name for name in SETTINGS]
    wanted += [Path("notebooks/start.ipynb")]
    wanted += [Path("notebooks") / unit / f"{unit}.ipynb" for unit in chosen]
    wanted += [p.relative_to(ROOT) for p in sorted((ROOT / "data").iterdir()) if p.suffix != ".py"]
    files |= {path: (ROOT / path).read_bytes() for path in wanted if (ROOT / path).is_file()}
    texts = {"requirements.txt": REQUIREMENTS, "pyproject.toml": PYPROJECT, "README.md": HOWTO}
    return files | {Path(name): text.encode() for name, text in texts.items()}


def write(files: dict[Path, bytes], target: Path) -> None:
    """Writes the zip; equal files give equal bytes."""
    scratch = target.with_suffix(".tmp")
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(f"{FOLDER}/{path.as_posix()}", EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[path])
    scratch.replace(target)


def main(units: list[str], output: Path | None) -> int:
    """Makes the bundle of ``units`` (none given: all)."""
    chosen = units or spec.units()
    for unit in chosen:
        spec.load_unit(unit)  # names the units there are, before a long run
    target = output or Path(f"{FOLDER}.zip")
    print(f"running {len(chosen)} solution notebooks to record their figures ...", flush=True)
    files = contents(chosen, record_figures(chosen))
    write(files, target)
    due = ", ".join(exercise.name for _, exercise in due_exercises(chosen))
    print(f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB); left out: {due}")
    return 0
