"""Processes that a test did not start itself, by their number."""

from pathlib import Path


def runs(pid: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has asked for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
