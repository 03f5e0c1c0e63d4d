"""A Dask cluster gives the pool's verdicts, byte for byte, whatever becomes of its workers."""

import glob
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_engine import FULL, UNIT, variant

from autograde import cluster, engine, isolate, serve
from autograde.marking import from_json
from autograde.spec import ROOT

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(isolate.probe().level == "none", reason="this host cannot lock a process"),
]
HEAVY = ("nbgrader", "nbformat", "nbconvert", "sqlalchemy", "jupytext")


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """Two workers, each a process of its own; one that is lost is replaced."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as made,
    ):
        yield made


def verdicts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.json")}


def test_the_cluster_gives_the_pools_verdicts_and_workers_load_nothing_of_ours(
    machines: Any, tmp_path: Path
) -> None:
    submissions = {f"s{number}": variant(number) for number in range(3)}
    submissions |= {"odd": b"{", "empty": b""}
    address = machines.scheduler_address
    dask, pool = tmp_path / "dask", tmp_path / "pool"
    found = dict(engine.mark_all(submissions, UNIT, "t", scheduler=address, cache_dir=dask))
    assert {student: one.points for student, one in found.items()} == {
        **{f"s{number}": FULL for number in range(3)},
        "odd": 0.0,
        "empty": 0.0,
    }
    dict(engine.mark_all(submissions, UNIT, "t", workers=2, cache_dir=pool))
    assert verdicts(dask) == verdicts(pool)
    with distributed.Client(machines) as client:
        loaded = client.run(lambda: {name.split(".")[0] for name in sys.modules})
        left = client.run(lambda dask_worker: glob.glob(f"{dask_worker.local_directory}/course-*"))
    assert len(loaded) == 2
    for names in loaded.values():
        assert names.isdisjoint({"autograde", "course_lib", *HEAVY})
    assert not any(left.values())


def test_a_marking_process_needs_no_nbgrader() -> None:
    code = f"import sys; sys.modules.update(dict.fromkeys({HEAVY!r})); "
    code += "from autograde import cluster, engine, mark, spec; from autograde.host import Zygote; "
    code += f"zygote = Zygote(engine.library_of({UNIT!r})); data = sys.stdin.buffer.read(); "
    code += f"print(mark.mark(data, {UNIT!r}, 't', zygote).points); zygote.close()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, input=variant(0), capture_output=True, cwd=ROOT, check=True, timeout=120
    )
    assert float(done.stdout) == FULL


def test_a_worker_that_is_lost_costs_nobody_a_mark(machines: Any, tmp_path: Path) -> None:
    submissions = {f"s{number}": variant(number) for number in range(8)}
    address = machines.scheduler_address
    with distributed.Client(machines) as client:
        process = min(client.run(os.getpid).values())
    marked = engine.mark_all(submissions, UNIT, "t", scheduler=address, cache_dir=tmp_path)
    found = dict([next(marked)])
    os.kill(process, signal.SIGKILL)
    found |= dict(marked)
    assert {student: one.points for student, one in found.items()} == dict.fromkeys(
        submissions, FULL
    )


def test_a_submission_that_ends_every_worker_waits_for_a_person(
    machines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograde import remote

    fine = remote.marked

    def deadly(plugin: str, unit: str, term: str, notebook: bytes) -> str:
        if b"deadly" in notebook:
            os._exit(1)
        return fine(plugin, unit, term, notebook)

    monkeypatch.setattr(remote, "marked", deadly)
    waiting = {"s0": (UNIT, "t", b"deadly"), "s1": (UNIT, "t", variant(1))}
    library = engine.library_of(UNIT)
    found = dict(cluster.marked(waiting, library, machines.scheduler_address))
    assert {one.status for one in found["s0"].exercises} == {"needs a human"}
    assert found["s1"].points == FULL


def test_workers_with_another_numpy_are_refused(
    machines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "versions", lambda: {**serve.versions(), "numpy": "1.0"})
    waiting = {"s0": (UNIT, "t", variant(0))}
    library = engine.library_of(UNIT)
    with pytest.raises(ValueError, match=r"a worker has .* and numpy .*, the grader .* numpy 1\.0"):
        list(cluster.marked(waiting, library, machines.scheduler_address))


def test_a_scheduler_without_workers_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "WORKERS", 1.0)
    waiting = {"s0": (UNIT, "t", variant(0))}
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(OSError, match="has had no worker for 1 s"),
    ):
        list(cluster.marked(waiting, {}, empty.scheduler_address))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWERS", 0.5)
    with pytest.raises(OSError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        cluster.connected("tcp://127.0.0.1:9")


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"pip install 'dask\[distributed\]'"):
        cluster.connected("tcp://127.0.0.1:9")


def test_a_marking_process_that_ends_is_replaced_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from autograde import remote

    course = remote.Course(cluster.course(engine.library_of(UNIT)), serve.versions())
    course.setup(SimpleNamespace(local_directory=tmp_path))
    answer, processes = remote.answer, list[int]()

    def cut_short(process: Any, *work: Any) -> str:
        processes.append(process.pid)
        if len(processes) < 2:
            process.kill()
            time.sleep(0.2)
        return answer(process, *work)

    monkeypatch.setattr(remote, "answer", cut_short)
    assert from_json(course.mark(UNIT, "t", variant(0))).points == FULL
    assert len(set(processes)) == 2
    monkeypatch.setattr(remote, "answer", lambda process, *work: cut_off())
    assert course.mark(UNIT, "t", variant(0)) == remote.LOST
    course.teardown(None)
    assert not Path(course.folder).exists()
    assert all(process.poll() is not None for process in course.started)


def cut_off() -> str:
    raise EOFError


def test_frames_tell_the_empty_from_the_end() -> None:
    pipe = io.BytesIO()
    serve.send(pipe, b"")
    serve.send(pipe, b"abc")
    pipe.write(b"\0\0\0\5half")
    pipe.seek(0)
    assert [serve.receive(pipe) for _ in range(4)] == [b"", b"abc", None, None]


def test_equal_courses_are_equal_to_the_byte() -> None:
    library = {Path("course_lib/a.py"): b"a"}
    assert cluster.course(library) == cluster.course(library)
    assert cluster.course(library) != cluster.course({Path("course_lib/a.py"): b"b"})
