"""Writes the table in docs/permissions.md from the program's own table, so that doctor, errors and manual agree."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from proximity_tui.core.model.privilege import AclPath
from proximity_tui.core.model.required_privileges import NEEDS, Need

PAGE = Path(__file__).parent.parent / "docs" / "permissions.md"
TABLE = re.compile(r"(?m)^\| feature \|.*\n(?:\|.*\n)+")


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(), page, count=1), encoding="utf-8")
    return 0


def table() -> str:
    """The table as it should be."""
    head = ("| feature | privilege | path | without it | commands |", "| --- | --- | --- | --- | --- |")
    return "\n".join((*head, *map(_line, NEEDS))) + "\n"


def _line(need: Need) -> str:
    privileges = (" or " if need.any_of else ", ").join(need.privileges)
    since = f" (Proxmox VE {need.since} and later)" if need.since > 7 else ""
    commands = ", ".join(f"`{command}`" for command in need.commands)
    return f"| {need.name} | {privileges}{since} | {_path(need)} | {need.lost} | {commands} |"


def _path(need: Need) -> str:
    path = f"`{need.path.one}`"
    return f"{path}, or the pool" if need.path is AclPath.GUESTS else path


if __name__ == "__main__":
    sys.exit(main())
