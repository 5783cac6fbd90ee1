"""A program that got the terminal: how it ended, and its last words where they can be read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from proximity_tui.widgets.terminal import suspend
from proximity_tui.widgets.terminal.suspend import ProgramResult
from tests.support.timing.waiting import LONGEST


@pytest.fixture(autouse=True)
def nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody presses enter here, and the last words are read however slow the machine is."""
    monkeypatch.setattr(suspend, "HELD_UNTIL", 0.0)
    monkeypatch.setattr(suspend, "READ_UNTIL", LONGEST)


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "sys.stderr.write('debug\\r\\nroot@pve1: Permission denied (publickey).\\r\\n\\r\\n'); sys.exit(255)\n"
    )
    path.chmod(0o700)
    return str(path)


@pytest.mark.connected
def test_the_last_words_of_ssh_are_known_and_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ended = suspend._run([program(tmp_path, "ssh"), "root@pve1"], None)
    assert ended == ProgramResult(255, "root@pve1: Permission denied (publickey).")
    assert "Permission denied (publickey)." in capfd.readouterr().err


@pytest.mark.connected
def test_another_program_keeps_its_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert suspend._run([program(tmp_path, "pct")], None) == ProgramResult(255)
    assert "Permission denied" in capfd.readouterr().err
