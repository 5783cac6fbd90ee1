"""The settings of the screens: what opens a shell, and tables of texts that the screens judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from proximity_tui.config import values
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import DEFAULT_SHELL


def read_shell(top: TomlTable) -> dict[str, Any]:
    """Return what opens a shell: a command, or a table with one and what it is filled with."""
    if not isinstance(top.content.get("shell"), dict):
        command = top.read("shell", values.shell_template, DEFAULT_SHELL)
        if _uses(command, "jump"):
            top.fail("uses {jump}: write [shell] with command and jump", "shell")
        return {"shell": command}
    table = top.table("shell", ("command", "user", "jump", "addresses"))
    command = table.read("command", values.shell_template, DEFAULT_SHELL)
    jump = table.read("jump", values.text, "")
    if _uses(command, "jump") and not jump:
        table.fail("uses {jump}, and shell.jump is not set", "command")
    return {
        "shell": command,
        "shell_user": table.read("user", values.text, "root"),
        "shell_jump": jump,
        "shell_addresses": read_texts(table, "addresses"),
    }


def _uses(command: Sequence[str], name: str) -> bool:
    return any(f"{{{name}}}" in part for part in command)


def read_texts(top: TomlTable, name: str) -> Mapping[str, str]:
    """Return a table of texts whose keys are judged later, by who knows what they may be."""
    table = top.table(name, None)
    return MappingProxyType({key: table.read(key, values.text, "") for key in table.content})
