"""Short names of commands on the `:` line: ours, and those of the `[aliases]` of the settings, checked at the start."""

from __future__ import annotations

import re
from collections.abc import Mapping

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.screens.keyboard.keys import BY_ID, in_table

OURS: Mapping[str, str] = {
    "al": "alerts",
    "au": "audit",
    "cl": "cluster",
    "ct": "container",
    "fl": "fleet",
    "jo": "jobs",
    "q": "quit",
    "un": "unmanaged",
}
"""The short names that everybody has."""


VERBS: Mapping[str, str] = {
    "backup": "backups",
    "handover": "pulse",
    "list": "fleet",
    "operations": "interrupted",
    "reboot": "power",
    "resize": "edit",
    "rollback": "drift",
    "set": "edit",
    "show": "container",
    "shutdown": "power",
    "snapshot": "snapshots",
    "start": "power",
    "stop": "power",
    "storages": "storage",
}
"""What the command line calls otherwise. They lead to where the same is done here, and give way to the settings."""
ON_COMMAND_LINE = frozenset(
    {"arm", "completion", "daemon", "db", "demo", "doctor", "export", "freeze", "notify", "simulate", "unfreeze"}
)
"""The commands of the command line that no screen has."""
LATER = frozenset({"suspend", "why"})
"""Commands that settings may have a name for, which were right when they were written."""


class Aliases:
    """All short names. One stands for the beginning of a line, so it may hold an argument: `fleet tag:prod`."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        """Add those of the settings. Raises ConfigError that names the setting and the remedy."""
        self.own = dict(own or {})
        """The names that the settings add."""
        for name, text in self.own.items():
            _check(name, text)

    def expand(self, text: str) -> str:
        """Return the line with its first word replaced, if that is a short name."""
        name, blank, rest = text.strip().lstrip(":").partition(" ")
        line = self.own.get(name, name)
        first, between, argument = line.partition(" ")
        return f"{OURS.get(first) or VERBS.get(first, first)}{between}{argument}{blank}{rest}"


def _check(name: str, text: str) -> None:
    first = text.partition(" ")[0]
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise ConfigError(f"aliases.{name}: an alias is written with a-z, 0-9, - and _, and begins with a letter")
    if (name in BY_ID or name in OURS) and name not in LATER:
        raise ConfigError(f"aliases.{name}: {name} is a command of its own; choose another name")
    known = {one for one in (*BY_ID, *OURS, *VERBS) if one not in BY_ID or not in_table(BY_ID[one])}
    if first not in known:
        advice = did_you_mean(first, known, "it begins with a command, as in `fleet tag:prod`")
        raise ConfigError(f"aliases.{name}: {first or 'nothing'} is not a command; {advice}")
