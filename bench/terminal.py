"""A program on a pseudo-terminal, and what it cost: time to first byte and list, keys, bytes, processor, memory.

All output is kept with the time at which it was read. The screens are rebuilt after the run, so that this costs the
program nothing while it is measured. One run for each figure; whoever compares runs the programs in turns.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.emulator import Screen, environment

COLUMNS, LINES = 200, 50
ROOT = Path(__file__).parent.parent
DOWN, UP, PAGE_DOWN, ESCAPE = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b"
PATIENCE = 180.0
"""Seconds for anything; a program that takes longer has failed."""

KEY_PATIENCE = 30.0
"""Seconds for the answer to a key."""

_QUESTIONS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
)
"""What a modern terminal is asked, and answers."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process with its children holds at one moment, and the processor seconds that it has used."""

    cpu: float
    memory: float
    """Megabytes, shared pages counted in proportion."""
    threads: int = 0
    descriptors: int = 0


@dataclass(frozen=True, slots=True)
class Burst:
    """The output after one key."""

    first: float
    """Seconds until its first byte."""
    last: float
    """Seconds until the last byte before a silence."""
    size: int
    """Bytes."""


class Program:
    """A program that runs on a terminal of 200 by 50. A context manager that ends it."""

    def __init__(self, argv: Sequence[str], environ: dict[str, str] | None = None) -> None:
        self.output: list[tuple[float, bytes]] = []
        self._tail = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        wanted = environment({"COLORTERM": "truecolor", **(environ or {})})
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=wanted, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(number)
                self._ends_within(5.0)
        os.close(self._master)

    def end(self) -> None:
        """Quit as a person does, with `q`, so that the program keeps what it keeps for its next start."""
        os.write(self._master, b"q")
        self._ends_within(10.0)

    def _ends_within(self, seconds: float) -> None:
        deadline = time.perf_counter() + seconds
        while self._process.poll() is None and time.perf_counter() < deadline:
            self._read(0.02)

    @property
    def first_byte(self) -> float:
        """Seconds from the start to the first byte of output."""
        return self.output[0][0] - self.begun

    @property
    def size(self) -> int:
        """Bytes of output so far."""
        return sum(len(data) for _, data in self.output)

    def until(self, shown: Callable[[Screen], bool]) -> float:
        """Read until the screen is as wanted; return the seconds from the start to the output that made it so."""
        screen, read = Screen(COLUMNS, LINES), 0
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < deadline:
            while read < len(self.output):
                at, data = self.output[read]
                screen.feed(data)
                read += 1
                if shown(screen):
                    return at - self.begun
            self._read(0.5)
        raise TimeoutError(f"not shown within {PATIENCE:.0f} s:\n" + "\n".join(screen.lines))

    def settle(self, silence: float) -> None:
        """Read until nothing came for `silence` seconds."""
        deadline = time.perf_counter() + PATIENCE
        while self._read(silence) and time.perf_counter() < deadline:
            continue

    def listen(self, seconds: float) -> None:
        """Read for so many seconds."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self._read(left)

    def press(self, key: bytes, silence: float) -> Burst:
        """Press a key and return the output up to a silence of so many seconds."""
        while self._read(0):
            continue
        before, begun = len(self.output), time.perf_counter()
        os.write(self._master, key)
        deadline = begun + KEY_PATIENCE
        while len(self.output) == before and time.perf_counter() < deadline:
            self._read(1.0)
        while self._read(silence) and time.perf_counter() < deadline:
            continue
        answer = self.output[before:]
        if not answer:
            raise TimeoutError(f"the key {key!r} changed nothing")
        return Burst(answer[0][0] - begun, answer[-1][0] - begun, sum(len(data) for _, data in answer))

    def send(self, key: bytes) -> None:
        """Press a key, and wait for nothing."""
        os.write(self._master, key)

    def cost(self) -> Cost:
        """Return what the program has used so far."""
        cpu, memory, threads, descriptors = 0.0, 0.0, 0, 0
        for pid in _family(self._process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            cpu += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            memory += int(found[1]) / 1024 if found else 0.0
            threads += len(os.listdir(f"/proc/{pid}/task"))
            descriptors += len(os.listdir(f"/proc/{pid}/fd"))
        return Cost(cpu, memory, threads, descriptors)

    def _read(self, timeout: float) -> bool:
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            time.sleep(timeout)
            return False
        self.output.append((time.perf_counter(), data))
        scanned = self._tail + data
        for question, answer in _QUESTIONS:
            for found in question.finditer(scanned):
                if found.end() > len(self._tail):
                    os.write(self._master, answer)
        self._tail = scanned[-24:]
        return bool(data)


def least_bytes(output: Sequence[tuple[float, bytes]], start: int, pause: float = 0.1) -> int:
    """Return how many bytes a plain cell difference would have needed for the output from `start` on.

    Output that is further than `pause` seconds from the next is another picture.
    """
    screen = Screen(COLUMNS, LINES)
    for _, data in output[:start]:
        screen.feed(data)
    before, total = screen.cells(), 0
    for number in range(start, len(output)):
        at, data = output[number]
        screen.feed(data)
        last = number + 1 == len(output) or output[number + 1][0] - at > pause
        if last:
            after = screen.cells()
            total += _difference(before, after)
            before = after
    return total


def _difference(before: list[list[tuple[str, str]]], after: list[list[tuple[str, str]]]) -> int:
    """Return the bytes of a cursor move for each run of changed cells, of a style where it changes, and of the text."""
    size, style = 0, ""
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        last = -2
        for x, (was, now) in enumerate(zip(old, new, strict=True)):
            if was == now:
                continue
            if x != last + 1:
                size += len(f"\x1b[{y + 1};{x + 1}H")
            if now[1] != style:
                style = now[1]
                size += 12
            size += len(now[0].encode())
            last = x
    return size


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


PYTHON = sys.executable
