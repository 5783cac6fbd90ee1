"""The completion for fish, asked of fish itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import Cli


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sho", {"show"}),
        ("--cluster lab sho", {"show"}),
        ("--config other.toml --read-only sho", {"show"}),
        ("--cluster=lab delete --h", {"--hard", "--help"}),
        ("--cluster top notify ", {"list", "test"}),
        ("snapshot ", {"list", "take", "delete", "rollback"}),
        ("snapshot list --f", set()),
        ("stop backup --c", {"--cluster", "--config"}),
    ],
)
def test_fish_offers_what_is_of_the_command_of_the_line(cli: Cli, line: str, offered: set[str], tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    (tmp_path / "script").write_text(cli("completion", "fish").out)
    ask = 'source $argv[1]; complete -C "proximity-tui $argv[2]"'
    found = subprocess.check_output(
        ["fish", "--no-config", "-c", ask, str(tmp_path / "script"), line],
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert {row.partition("\t")[0] for row in found.splitlines()} == offered
