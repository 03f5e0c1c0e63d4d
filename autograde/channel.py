"""Frames over a socket whose other end may do anything, within an allowance of time and space.

CPU time decides, not wall time: a grader that shares its processor with others must not call an
honest solution slow. A process that neither computes nor answers is given up sooner.
"""

import os
import socket
import time
from pathlib import Path
from typing import Any, Literal, NamedTuple

from autograde import wire
from autograde.host import CREDENTIALS, Lease

SLICE = 0.2  # seconds between two looks at what a process used
CHUNK = 1 << 20
BLIND = 0.2  # CPU seconds assumed per second where the system does not tell them
RECEIVED = 1 << 30  # bytes that one process may send in all: a grader may have to keep them
DISK, FILES = 256 << 20, 2000  # bytes and number of files in the scratch folder
SCM_CREDENTIALS = 2
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class HungUp(Exception):
    """The other end closed the socket: its process has ended, or pretends so."""


class TooMuch(Exception):
    """A limit was hit; ``status`` says which."""

    def __init__(self, status: Literal["out of time", "too much output"], text: str) -> None:
        super().__init__(text)
        self.status: Literal["out of time", "too much output"] = status


class Allowance(NamedTuple):
    """Seconds that one request may take: of CPU, of doing nothing, and by the clock."""

    cpu: float
    idle: float = 10.0
    wall: float = 180.0

    def started(self, lease: Lease) -> "Spending":
        """The allowance, counted from now."""
        return Spending(self, lease)


class Spending:
    """How much of an allowance is used up.

    Looks at the process every ``SLICE`` seconds, counted over all requests, so that many short
    requests are watched like a long one.
    """

    def __init__(self, allowance: Allowance, lease: Lease) -> None:
        self.allowance, self.lease = allowance, lease
        self.start = time.monotonic()
        self.cpu_at_start: float | None = None
        self.cpu = self.idle = 0.0
        self.answering = 0.0  # CPU seconds of the grader's own, in functions that it handed over

    def look(self) -> None:
        """Raises ``TooMuch`` if a limit is hit. Cheap when called too often."""
        now = time.monotonic()
        if now - self.lease.looked < SLICE:
            return
        passed = now - max(self.lease.looked, self.start)
        self.lease.looked = now
        cpu, sleeping = usage(self.lease.pid)
        if cpu is None:
            cpu = (now - self.start) * BLIND
        if self.cpu_at_start is None:
            self.cpu_at_start = cpu  # of the first slice: what was used until then is a gift
        used = cpu - self.cpu_at_start
        self.idle = self.idle + passed if sleeping and used <= self.cpu else 0.0
        self.cpu = used
        limits = self.allowance
        if disk_full(self.lease.scratch):
            raise TooMuch("too much output", "it wrote too much to disk")
        if used + self.answering > limits.cpu:
            raise TooMuch("out of time", f"more than {limits.cpu:g} s of CPU time")
        if self.idle > limits.idle:
            raise TooMuch("out of time", f"it waited for {limits.idle:g} s without doing anything")
        if now - self.start > limits.wall:
            raise TooMuch("out of time", f"more than {limits.wall:g} s")


def usage(pid: int | None) -> tuple[float | None, bool]:
    """(CPU seconds of a process so far, whether it sleeps); (None, False) where nobody can tell."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None, False
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, fields[0] == "S"


def disk_full(folder: Path) -> bool:
    """Whether a scratch folder holds more than it may; stops counting as soon as that is clear."""
    waiting, size, count = [str(folder)], 0, 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
                    if size > DISK or count > FILES:
                        return True
        except OSError:
            continue  # it was removed meanwhile, or its path is too long
    return False


class Channel:
    """Sends and receives frames. Everything but a whole, sound frame in time is an exception."""

    def __init__(self, lease: Lease, side: wire.Side) -> None:
        self.lease, self.side = lease, side
        self.sock = lease.sock
        self.sock.settimeout(SLICE)
        self.received = 0

    def send(self, message: Any, spent: Spending) -> None:
        """Raises ``CannotCross`` before anything is sent, ``HungUp`` or ``TooMuch`` later."""
        rest = memoryview(wire.encode(message, self.side))
        while rest:
            try:
                rest = rest[self.sock.send(rest[:CHUNK]) :]
            except TimeoutError:
                pass
            except OSError:
                raise HungUp from None
            spent.look()

    def receive(self, spent: Spending) -> Any:
        """The next value. Raises ``WireError``, ``HungUp`` or ``TooMuch``."""
        header = self._exactly(wire.HEADER.size, spent)
        try:
            size, structure = wire.sizes(bytes(header))
        except wire.WireError:
            claimed, _ = wire.HEADER.unpack(bytes(header))
            if claimed > wire.MAX_FRAME:
                raise TooMuch("too much output", "it sent more than may cross") from None
            raise
        self.received += size
        if self.received > RECEIVED:
            raise TooMuch("too much output", f"it sent more than {RECEIVED >> 20} MB in all")
        return wire.decode(self._exactly(size, spent), structure, self.side)

    def _exactly(self, size: int, spent: Spending) -> bytearray:
        buffer = bytearray(size)
        rest = memoryview(buffer)
        while rest:
            try:
                got = self._first(rest) if self.lease.pid is None else self.sock.recv_into(rest)
            except TimeoutError:
                spent.look()
                continue
            except OSError:
                raise HungUp from None
            if not got:
                raise HungUp
            rest = rest[got:]
            spent.look()
        return buffer

    def _first(self, rest: memoryview) -> int:
        """Reads, and learns from the kernel who wrote: the number of the process as seen here."""
        got, ancillary, *_ = self.sock.recvmsg_into([rest], socket.CMSG_SPACE(CREDENTIALS.size))
        for level, kind, raw in ancillary:
            if level == socket.SOL_SOCKET and kind == SCM_CREDENTIALS:
                self.lease.pid = CREDENTIALS.unpack(raw)[0]
        if self.lease.pid is None:
            self.lease.pid = 0
        return got
