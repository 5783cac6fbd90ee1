"""The reading of the `[[notify]]` tables: the channels on which the people on call are told of alerts.

Only a configuration that has one loads this. It contacts no channel and fetches no secret.
"""

from __future__ import annotations

import re
from datetime import time

from proximity_tui.config import values
from proximity_tui.config.channel_settings import ChannelSettings
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.secrets import secret_source
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.channel_rules import EVERY_SEVERITY, ChannelRules, QuietHours

_KEYS = ("name", "url", "severities", "quiet_hours", "quiet_severities", "resolved", "runbook", "enabled")
_HINTS = {
    "url_file": 'write url = { file = "..." } (mode 0600)',
    "url_env": 'write url = { env = "..." }',
    "token": "it belongs into the url, which is best kept in a file of its own",
    "password": "it belongs into the url, which is best kept in a file of its own",
    "severity": 'write severities = ["red"]',
}
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def read_channels(top: TomlTable) -> tuple[ChannelSettings, ...]:
    """Return every channel, in file order. Raises ConfigError at the first that is wrong."""
    given = top.content["notify"]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        top.fail("must be one or more tables, each written [[notify]]", "notify")
    channels: list[ChannelSettings] = []
    for number, content in enumerate(given, 1):
        name = content.get("name")
        table = TomlTable(top.file, f"notify.{name if _is_name(name) else number}", content, _KEYS, top.origins, _HINTS)
        channel = _read(table)
        if channel.name in {one.name for one in channels}:
            table.fail("has the name of another channel; each needs one of its own", "name")
        channels.append(channel)
    return tuple(channels)


def _read(table: TomlTable) -> ChannelSettings:
    example = 'say where it is kept, as in { file = "oncall.url" }'
    quiet = table.read("quiet_hours", quiet_hours, None)
    if quiet is None and "quiet_severities" in table.content:
        table.fail('needs quiet_hours = "22:00-07:00", too', "quiet_severities")
    rules = ChannelRules(
        name=table.require("name", _name, 'write a short one, as in "oncall"'),
        severities=table.read("severities", severities, EVERY_SEVERITY),
        quiet_hours=quiet,
        quiet_severities=table.read("quiet_severities", severities, frozenset({Severity.AMBER})),
        resolved=table.read("resolved", values.flag, True),
    )
    source = secret_source(table.dotted("url"), table.file.parent, allow_text=True)
    return ChannelSettings(
        rules,
        url=table.require("url", source, example),
        runbook=table.read("runbook", values.text, None),
        enabled=table.read("enabled", values.flag, True),
    )


def severities(value: object) -> frozenset[Severity]:
    """Return severities from `["red", "amber"]`. Raises Invalid for anything else."""
    known = [severity.value for severity in Severity]
    found = values.typed(value, list)
    if not found or any(one not in known for one in found):
        raise Invalid(f"must be a list of one or more of {', '.join(map(repr, known))}")
    return frozenset(map(Severity, found))


def quiet_hours(value: object) -> QuietHours:
    """Return a part of the day from `"22:00-07:00"`, in the local time of this host. Raises Invalid for others."""
    found = _HOURS.fullmatch(values.text(value))
    if found is None:
        raise Invalid('must be two times of the day, such as "22:00-07:00"')
    first, second = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == second:
        raise Invalid("is empty: it ends when it begins; enabled = false sends nothing at all")
    return QuietHours(first, second)


def _name(value: object) -> str:
    return values.cluster_name(values.text(value))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value) is not None
