"""Job control: whether a shell waits for this program that could continue it once it is suspended.

Without one a stopped program is lost: it holds its terminal, and nothing on it can bring the program back.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

NO_SHELL = "Not suspended: no shell with job control started this program, so fg could not bring it back."
"""Said where the program is the session itself, as under `ssh HOST COMMAND`, a ForceCommand, in a container or in a
terminal of its own, or where whoever started it asked not to be stopped.
"""


def why_not_suspended(tstp_before: object) -> str | None:
    """Return a sentence where this program must not be stopped, else None. `tstp_before` is what SIGTSTP did when the
    program was started: where it was ignored, it stays so.
    """
    if tstp_before == signal.SIG_IGN or not _has_shell():
        return NO_SHELL
    return None


def stop_with_group() -> None:
    """Stop this program, and with it what started it for a shell, as a script; return once it was continued."""
    handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    # One signal for all: with a second one for this program alone, a shell that has seen the others stop could continue
    # all of them in between, and this program would stop after that, for good.
    os.kill(0, signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, handler)


def _has_shell() -> bool:
    """Return whether a process of another group of our session waits for our group, which is what POSIX calls not
    orphaned. Of that group nobody may be seen: where the system tells nothing, its leader decides.
    """
    group, session, pid = os.getpgrp(), os.getsid(0), os.getpid()
    if group == session:
        return False
    while (parent := _parent_of(pid)) is not None:
        try:
            if os.getpgid(parent) != group:
                return os.getsid(parent) == session
        except OSError:
            return False
        pid = parent
    return True


def _parent_of(pid: int) -> int | None:
    """Return the parent of a process; None where the system does not tell."""
    if pid == os.getpid():
        return os.getppid()
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
