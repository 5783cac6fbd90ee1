"""The execution of a command that prints a secret, with limits: on time, on its output, and on its child processes. It
knows nothing of settings.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

LARGEST = 65536
"""Bytes that a command may print: a secret is short, and notes below it are, too."""

_POLL = 0.05


class PrintsTooMuch(Exception):
    """Raised when the command printed more than `LARGEST` bytes; it was ended."""


def output_of(command: Sequence[str], seconds: float) -> tuple[bytes, int]:
    """Return the output of `command` on stdout, and its exit code.

    Every process of its own process group is ended with it, also one that still holds its output open. Raises OSError
    when it cannot be run, TimeoutExpired after `seconds`, and PrintsTooMuch.
    """
    # No terminal, as a prompt would fight with the screen for the keyboard; and what it complains about on stderr may
    # hold the secret.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as stream:
        try:
            printed = _read(process.pid, stream.fileno(), time.monotonic() + seconds)
        except TimeoutError:
            raise subprocess.TimeoutExpired(command, seconds) from None
        finally:
            # Not reaped yet, so that nobody else can have this number.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
    return printed, code


def _read(pid: int, descriptor: int, deadline: float) -> bytes:
    """Return the output until the process has ended, even if another process holds its output open."""
    printed, open_end = b"", True
    while True:
        ended = _has_ended(pid)
        while open_end and select.select([descriptor], [], [], 0 if ended else _POLL)[0]:
            chunk = os.read(descriptor, LARGEST)
            open_end = bool(chunk)
            printed += chunk
            if len(printed) > LARGEST:
                raise PrintsTooMuch
            if time.monotonic() > deadline:
                raise TimeoutError
        if ended:
            return printed
        if time.monotonic() > deadline:
            raise TimeoutError
        if not open_end:
            time.sleep(_POLL)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
