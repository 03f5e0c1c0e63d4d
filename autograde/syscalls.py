"""The system calls that a student's process may make: numbers for x86-64 and 64-bit ARM.

An allow-list. What numpy, matplotlib and Python itself need to compute, to print and to write into
a scratch folder is here. What is not here is refused: processes, sockets, signals to others,
tracing, mounting, keys, and the calls that Landlock does not watch (chmod, chown, utime, xattr).
"""

import platform
import struct
from typing import NamedTuple


class Machine(NamedTuple):
    """What the kernel calls this processor, and its system call numbers."""

    audit_arch: int
    numbers: dict[str, int]


# fmt: off
_X86_64 = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7,
    "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "pwrite64": 18,
    "readv": 19, "writev": 20, "access": 21, "pipe": 22, "select": 23, "sched_yield": 24,
    "mremap": 25, "msync": 26, "mincore": 27, "madvise": 28, "dup": 32, "dup2": 33, "pause": 34,
    "nanosleep": 35, "getitimer": 36, "alarm": 37, "setitimer": 38, "getpid": 39, "sendfile": 40,
    "clone": 56, "exit": 60, "kill": 62, "uname": 63, "fcntl": 72, "flock": 73, "fsync": 74,
    "fdatasync": 75, "ftruncate": 77, "getdents": 78, "getcwd": 79, "chdir": 80, "fchdir": 81,
    "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "unlink": 87, "readlink": 89,
    "umask": 95, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100,
    "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "getpgrp": 111,
    "getgroups": 115, "getresuid": 118, "getresgid": 120, "getpgid": 121, "getsid": 124,
    "rt_sigpending": 127, "rt_sigtimedwait": 128, "rt_sigsuspend": 130, "sigaltstack": 131,
    "statfs": 137, "fstatfs": 138, "prctl": 157, "arch_prctl": 158, "gettid": 186, "time": 201,
    "futex": 202, "sched_getaffinity": 204, "getdents64": 217, "set_tid_address": 218,
    "restart_syscall": 219, "fadvise64": 221, "clock_gettime": 228, "clock_getres": 229,
    "clock_nanosleep": 230, "exit_group": 231, "epoll_wait": 232, "epoll_ctl": 233, "tgkill": 234,
    "openat": 257, "mkdirat": 258, "newfstatat": 262, "unlinkat": 263, "renameat": 264,
    "readlinkat": 267, "faccessat": 269, "pselect6": 270, "ppoll": 271, "set_robust_list": 273,
    "get_robust_list": 274, "epoll_pwait": 281, "fallocate": 285, "eventfd2": 290,
    "epoll_create1": 291, "dup3": 292, "pipe2": 293, "prlimit64": 302, "getcpu": 309,
    "renameat2": 316, "getrandom": 318, "membarrier": 324, "copy_file_range": 326, "statx": 332,
    "rseq": 334, "clone3": 435, "close_range": 436, "faccessat2": 439,
}
_AARCH64 = {
    "getcwd": 17, "eventfd2": 19, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22,
    "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "flock": 32, "mkdirat": 34, "unlinkat": 35,
    "renameat": 38, "statfs": 43, "fstatfs": 44, "ftruncate": 46, "fallocate": 47, "faccessat": 48,
    "chdir": 49, "fchdir": 50, "openat": 56, "close": 57, "pipe2": 59, "getdents64": 61,
    "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67,
    "pwrite64": 68, "sendfile": 71, "pselect6": 72, "ppoll": 73, "readlinkat": 78,
    "newfstatat": 79, "fstat": 80, "fsync": 82, "fdatasync": 83, "exit": 93, "exit_group": 94,
    "set_tid_address": 96, "futex": 98, "set_robust_list": 99, "get_robust_list": 100,
    "nanosleep": 101, "getitimer": 102, "setitimer": 103, "clock_gettime": 113,
    "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124,
    "restart_syscall": 128, "kill": 129, "tgkill": 131, "sigaltstack": 132, "rt_sigsuspend": 133,
    "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigpending": 136, "rt_sigtimedwait": 137,
    "rt_sigreturn": 139, "getresuid": 148, "getresgid": 150, "times": 153, "getpgid": 155,
    "getsid": 156, "getgroups": 158, "uname": 160, "getrlimit": 163, "getrusage": 165,
    "umask": 166, "prctl": 167, "getcpu": 168, "gettimeofday": 169, "getpid": 172, "getppid": 173,
    "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178, "sysinfo": 179,
    "brk": 214, "munmap": 215, "mremap": 216, "clone": 220, "mmap": 222, "fadvise64": 223,
    "mprotect": 226, "msync": 227, "mincore": 232, "madvise": 233, "prlimit64": 261,
    "renameat2": 276, "getrandom": 278, "membarrier": 283, "copy_file_range": 285, "statx": 291,
    "rseq": 293, "clone3": 435, "close_range": 436, "faccessat2": 439,
}
# fmt: on

MACHINES = {"x86_64": Machine(0xC000003E, _X86_64), "aarch64": Machine(0xC00000B7, _AARCH64)}
LAST_KNOWN = 450  # calls younger than this list: refused as if the kernel were older

EPERM, ENOSYS = 1, 38
KILL, ALLOW, REFUSE = 0x80000000, 0x7FFF0000, 0x00050000
X32_BIT = 0x40000000
CLONE_THREAD, NEW_NAMESPACES = 0x10000, 0x7E020080
O_ACCMODE, O_TRUNC = 3, 0x200
SAFE_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)  # not F_SETOWN: it sends signals
SAFE_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # asking a terminal; flags of a file
SAFE_PRCTL = (15, 16, 0x53564D41)  # names of threads and of memory areas

LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
Step = tuple[int, int, int, int]  # operation, jump if true, jump if false, operand


def _argument(number: int, high: bool = False) -> Step:
    return (LOAD, 0, 0, 16 + 8 * number + 4 * high)


def _answer(value: int) -> Step:
    return (RETURN, 0, 0, value)


def _one_of(argument: int, values: tuple[int, ...]) -> list[Step]:
    """Allowed if the argument is one of these."""
    tests = [(EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(argument), *tests, _answer(REFUSE | EPERM), _answer(ALLOW)]


def _no_hidden_truncation(argument: int) -> list[Step]:
    """Old Landlock does not notice O_TRUNC on a file that is opened for reading only."""
    mask = O_ACCMODE | O_TRUNC
    test = [_argument(argument), (AND, 0, 0, mask), (EQUAL, 0, 1, O_TRUNC)]
    return [*test, _answer(REFUSE | EPERM), _answer(ALLOW)]


def _rules(pid: int) -> dict[str, list[Step]]:
    """The calls that are allowed with some arguments only."""
    threads_only = [
        _argument(0),
        (ANY_BIT, 0, 2, CLONE_THREAD),
        (ANY_BIT, 1, 0, NEW_NAMESPACES),
        _answer(ALLOW),
        _answer(REFUSE | EPERM),
    ]
    asking_only = [_argument(2), (EQUAL, 0, 3, 0), _argument(2, high=True), (EQUAL, 0, 1, 0)]
    return {
        "clone": threads_only,
        "clone3": [_answer(REFUSE | ENOSYS)],  # its flags lie in memory; libc falls back to clone
        "kill": _one_of(0, (pid,)),
        "tgkill": _one_of(0, (pid,)),
        "fcntl": _one_of(1, SAFE_FCNTL),
        "ioctl": _one_of(1, SAFE_IOCTL),
        "prctl": _one_of(0, SAFE_PRCTL),
        "prlimit64": [*asking_only, _answer(ALLOW), _answer(REFUSE | EPERM)],
        "open": _no_hidden_truncation(1),
        "openat": _no_hidden_truncation(2),
    }


def machine() -> Machine | None:
    """This processor, or None if its system calls are not listed here."""
    return MACHINES.get(platform.machine()) if struct.calcsize("P") == 8 else None


def filter_program(of: Machine, pid: int) -> bytes:
    """The filter in the kernel's form: 8 bytes per step. ``pid`` is the process it is for."""
    rules = _rules(pid)
    steps: list[Step] = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, of.audit_arch), _answer(KILL)]
    steps += [(LOAD, 0, 0, 0), (AT_LEAST, 0, 1, X32_BIT), _answer(REFUSE | EPERM)]
    for name, number in of.numbers.items():
        block = rules.get(name, [_answer(ALLOW)])
        steps += [(EQUAL, 0, len(block), number), *block]
    steps += [(AT_LEAST, 0, 1, LAST_KNOWN), _answer(REFUSE | ENOSYS), _answer(REFUSE | EPERM)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
