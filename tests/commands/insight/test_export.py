"""`export DIR`: the records as files, diffable, and refused where something else lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.commands.conftest import Cli


def test_the_fleet_is_exported_once_and_then_only_what_changed(
    cli: Cli, adopted: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "fleet"
    assert cli.json("export", str(folder))["written"] == ["lab/101.conf", "manifest.json"]
    assert "hostname: web-1" in (folder / "lab/101.conf").read_text()
    assert cli.json("export", str(folder))["written"] == []
    cli("delete", "101", "--soft", "--yes")
    assert cli.json("export", str(folder))["removed"] == ["lab/101.conf"]
    refused = cli("export", str(tmp_path), "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "not_an_export")
