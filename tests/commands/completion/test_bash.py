"""The completion for bash, in a bash that has a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import Cli


@pytest.mark.parametrize("typed", ["--config my", "--config=my", '--config "my'])
def test_bash_completes_a_file_with_a_blank_in_its_name(cli: Cli, typed: str, tmp_path: Path) -> None:
    (tmp_path / "my own.toml").touch()
    (tmp_path / "script").write_text(cli("completion", "bash").out)
    terminal, shell = pty.openpty()
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"], stdin=shell, stdout=shell, stderr=shell, cwd=tmp_path, process_group=0
    ) as bash:
        try:
            os.write(terminal, b"source ./script; echo r''eady\n")
            read_until(terminal, "ready")
            os.write(terminal, f"proximity-tui {typed}\t".encode())
            seen = read_until(terminal, ".toml")
        finally:
            bash.kill()
            os.close(terminal)
            os.close(shell)
    assert seen.endswith(("my\\ own.toml", '"my own.toml'))


def read_until(terminal: int, wanted: str) -> str:
    """Return what a terminal shows, up to this."""
    seen = ""
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, seen
        seen += os.read(terminal, 65536).decode()
    return seen[: seen.index(wanted) + len(wanted)]
