"""How long a class waits to be graded: ``autograde grade`` beside ``nbgrader autograde``.

    OMP_NUM_THREADS=1 python benchmarks/bench_grade.py [--unit UNIT] [--students N] [--peer N]
        [--rounds N]

In a copy of the repository: CPU seconds per submission of both (the peer marks fewer), the whole
command on all submissions with gradebook and feedback, one worker against two, two against two of
a Dask cluster, and memory. Marks are compared with those of ``judge`` on the plain functions.
"""

import argparse
import csv
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from memory import Watch

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("course_lib", "autograde", "lessons", "solutions", "notebooks", "data", "tests")
ALONE = """
import contextlib, sys, tempfile, time
from pathlib import Path
from autograde import engine, inbox
if __name__ == "__main__":
    unit, workers, dask = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "dask"
    handed = inbox.handed_in(Path("autograde/work/submitted"), unit)
    with contextlib.ExitStack() as stack:
        address = None
        if dask:
            from distributed import LocalCluster
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
            address = stack.enter_context(cluster).scheduler_address
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        done = []
        for _ in engine.mark_all(
            handed, unit, "a term", workers=workers, scheduler=address, cache_dir=kept
        ):
            done.append(time.perf_counter())
        print((done[-1] - done[2 * workers]) / (len(done) - 2 * workers - 1))
"""
LOOP = """
import time, numpy as np
start, values = time.perf_counter(), np.random.default_rng(0).normal(size=(200, 200))
for _ in range(100):
    values = np.tanh(values @ values.T / 200)
    sum(i * i % 7 for i in range(10_000))
print(time.perf_counter() - start)
"""
TERM = "a term"  # that of tests/hostile/submissions.py


class Cost(NamedTuple):
    """What a command used: seconds by the clock and of CPU, and memory."""

    wall: float
    cpu: float
    memory: Watch


def copied(folder: Path) -> Path:
    """What an instructor has after cloning."""
    for name in COPIED:
        ignore = shutil.ignore_patterns("work", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def run(course: Path, *command: str) -> Cost:
    """Runs a Python module in the copy, children counted. Raises if it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(course), "AUTOGRADE_SEED": TERM}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=course,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        watch = Watch(process.pid)
        watch.start()
        process.wait()
        said.seek(0)
        text = said.read()
    watch.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text[-3000:]}")
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, watch)


def fresh(course: Path, unit: str, students: int) -> None:
    """Hands in a class; nothing of an earlier run is left."""
    work = course / "autograde" / "work"
    shutil.rmtree(work, ignore_errors=True)
    script = course / "tests" / "hostile" / "make_class.py"
    code = f"import runpy, sys; sys.path.insert(0, {str(script.parent)!r}); "
    code += f"sys.argv = ['make_class', {unit!r}, '{students}', {str(work / 'submitted')!r}]; "
    code += f"runpy.run_path({str(script)!r}, run_name='__main__')"
    environment = {**os.environ, "PYTHONPATH": str(course)}
    subprocess.run([sys.executable, "-c", code], cwd=course, env=environment, check=True)


def grade(course: Path, unit: str, workers: int) -> Cost:
    return run(course, "autograde", "grade", unit, "--workers", str(workers), "--term", TERM)


def marking_alone(course: Path, unit: str, workers: int, engine: str = "pool") -> float:
    """Seconds per submission once all workers are at work, without gradebook and feedback."""
    (course / "alone.py").write_text(ALONE, encoding="utf-8")  # workers import it by its name
    command = [sys.executable, "alone.py", unit, str(workers), engine]
    environment = {**os.environ, "PYTHONPATH": str(course)}
    done = subprocess.run(
        command, cwd=course, env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def two_cores() -> float:
    """How many times the work of one plain loop two at once do: what no grader can exceed."""

    def slowest(count: int) -> float:
        command = [sys.executable, "-c", LOOP]
        loops = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(count)]
        return max(float(loop.communicate()[0]) for loop in loops)

    return 2 * min(slowest(1) for _ in range(5)) / min(slowest(2) for _ in range(5))


def disagreements(course: Path, unit: str) -> int:
    """How many exercises have other points than ``judge`` gives the plain functions."""
    work = course / "autograde" / "work"
    expected = json.loads((work / f"{unit}-expected.json").read_text(encoding="utf-8"))
    wrong = 0
    for student, one in expected.items():
        file = work / "verdicts" / unit / f"{student}.json"
        marking = json.loads(file.read_text(encoding="utf-8"))["marking"]
        for mark in marking["exercises"]:
            points, hidden_points, _ = one["marks"][mark["name"]]
            wrong += (mark["points"], mark["hidden_points"]) != (points, hidden_points)
    return wrong


def scores(course: Path, columns: Path) -> dict[str, float]:
    with columns.open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}


def compare(course: Path, unit: str, students: int) -> None:
    """CPU per submission of both graders on the same few honest submissions."""
    costs = {}
    for count in (1, 1 + students):
        fresh(course, unit, count)
        ours = grade(course, unit, 1)
        run(course, "autograde", "report", unit)
        marks = scores(course, course / f"autograde/work/reports/{unit}.csv")
        shutil.rmtree(course / "autograde/work/autograded", ignore_errors=True)
        (course / "autograde/work/gradebook.db").unlink()
        run(course, "nbgrader", "generate_assignment", unit, "--force")
        theirs = run(course, "nbgrader", "autograde", unit)
        run(course, "nbgrader", "export", "--to", "theirs.csv")
        costs[count] = ours, theirs
        same = sum(
            abs(marks[s] - m) < 1e-3 for s, m in scores(course, course / "theirs.csv").items()
        )
        print(f"{count} submissions: {same} of {len(marks)} marks agree with nbgrader's")
    (one, peer_one), (all_, peer_all) = costs[1], costs[1 + students]
    ours, theirs = (all_.cpu - one.cpu) / students, (peer_all.cpu - peer_one.cpu) / students
    print(f"CPU per submission: autograde {ours:.2f} s, nbgrader {theirs:.2f} s")
    print(f"ratio {ours / theirs:.3f}; start included, {students + 1} submissions: "
          f"{all_.cpu:.1f} s and {peer_all.cpu:.1f} s")  # fmt: skip


def whole_class(course: Path, unit: str, students: int, rounds: int) -> None:
    """The command on everything, with gradebook and feedback, by one worker and by two."""
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers in (1, 2):
            fresh(course, unit, students)
            cost = grade(course, unit, workers)
            walls[workers].append(cost.wall)
            print(
                f"{students} submissions, {workers} worker(s): {cost.wall:.1f} s by the clock, "
                f"{cost.cpu:.1f} s of CPU, load {os.getloadavg()[0]:.1f}, "
                f"{disagreements(course, unit)} exercises disagree with judge",
                flush=True,
            )
            print(f"  memory: {cost.memory.report()}")
    ratio = min(walls[1]) / min(walls[2])
    print(f"the whole command: two workers are {ratio:.2f} times as fast as one")
    again = grade(course, unit, 2)
    print(f"again, nothing changed: {again.wall:.1f} s")


def engines(course: Path, unit: str, rounds: int) -> None:
    """Marking alone, round by round, by one worker, by two, and by two of a Dask cluster."""
    kinds = [(1, "pool"), (2, "pool")]
    if importlib.util.find_spec("distributed"):
        kinds.append((2, "dask"))
    times: dict[tuple[int, str], list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            times[kind].append(marking_alone(course, unit, *kind))
    one, two, *dask = [min(times[kind]) for kind in kinds]
    print(
        f"marking alone: {one * 1000:.0f} ms and {two * 1000:.0f} ms per submission, "
        f"two workers are {one / two:.2f} times as fast; plain loops: {two_cores():.2f}"
    )
    for seconds in dask:
        print(f"two workers of Dask: {seconds * 1000:.0f} ms, {two / seconds:.2f} of the pool")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit", default="unit04_momentum")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--peer", type=int, default=6, help="submissions that nbgrader marks too")
    parser.add_argument("--rounds", type=int, default=1, help="the fastest of so many counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        course = copied(Path(folder) / "course")
        print(f"load {os.getloadavg()[0]:.1f}")
        if options.peer:
            compare(course, options.unit, options.peer)
        whole_class(course, options.unit, options.students, options.rounds)
        engines(course, options.unit, options.rounds)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
