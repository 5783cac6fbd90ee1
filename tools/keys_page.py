"""Writes docs/keys.md from the program's own table of commands, so that key, help and manual never disagree."""

from __future__ import annotations

import sys
from pathlib import Path

from proximity_tui.screens.keyboard.keys import COMMANDS, ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import EVERYWHERE

PAGE = Path(__file__).parent.parent / "docs" / "keys.md"


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """The page as it should be."""
    lines = [
        "# Keys",
        "",
        "Made by `tools/keys_page.py` from the table that also makes the bindings, the key line and `?`. Users may",
        'rebind in the configuration: `[keys]` with an id on the left, such as `delete = "f8"`.',
        "In a dialog, `esc` and `q` go back.",
        "",
        "| key | does | where | id |",
        "| --- | --- | --- | --- |",
        *map(_line, COMMANDS),
        "",
    ]
    return "\n".join(lines)


def _line(command: ScreenCommand) -> str:
    keys = " ".join(f"`{key}`" for key in command.keys) or f"`:{command.id} {command.argument}`"
    where = "everywhere" if command.where == EVERYWHERE else ", ".join(sorted(command.where))
    return f"| {keys} | {command.help} | {where} | {command.id} |".replace("`|`", "`\\|`")


if __name__ == "__main__":
    sys.exit(main())
