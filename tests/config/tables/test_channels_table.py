"""The `[[notify]]` tables: read strictly, and without ever repeating a URL."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.channel_rules import ChannelRules, QuietHours
from tests.support.records.configs import Read, reader

RED, AMBER = Severity.RED, Severity.AMBER


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_a_channel_needs_a_name_and_a_url_and_takes_everything_at_any_time(read: Read) -> None:
    (channel,) = read('[[notify]]\nname = "oncall"\nurl = { env = "ONCALL_URL" }').channels
    assert channel.rules == ChannelRules("oncall", frozenset({RED, AMBER}))
    assert (channel.url.kind, channel.url.where, channel.enabled, channel.runbook) == ("env", "ONCALL_URL", True, None)


def test_every_setting_of_a_channel(read: Read) -> None:
    first, second = read(
        '[[notify]]\nname = "oncall"\nurl = { file = "oncall.url" }\nseverities = ["red"]\n'
        'runbook = "https://wiki.example/{kind}"\nenabled = false\nresolved = false\n'
        '[[notify]]\nname = "team"\nurl = "ntfy://ntfy.example/topic"\nquiet_hours = "22:00-07:30"\n'
        'quiet_severities = ["red", "amber"]'
    ).channels
    assert (first.rules.severities, first.enabled) == (frozenset({RED}), False)
    assert (first.rules.resolved, second.rules.resolved) == (False, True)
    assert second.rules.quiet_hours == QuietHours(time(22), time(7, 30))
    assert second.rules.quiet_severities == {RED, AMBER}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[notify]\nname = "a"', "notify must be one or more tables, each written [[notify]]"),
        ("[[notify]]", "notify.1.name is missing"),
        ('[[notify]]\nname = "a"', "notify.a.url is missing"),
        ('[[notify]]\nname = "a"\nurl_file = "x"', 'write url = { file = "..." }'),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nseverity = "red"', 'write severities = ["red"]'),
        (
            '[[notify]]\nname = "a"\nurl = "json://hunter"\nquiet_hour = "22:00-07:00"',
            "did you mean notify.a.quiet_hours",
        ),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nresolve = true', "did you mean notify.a.resolved"),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nquiet_hours = "22-7"', 'such as "22:00-07:00"'),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nquiet_hours = "22:00-22:00"', "is empty"),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nquiet_severities = ["red"]', "needs quiet_hours"),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\nseverities = ["pink"]', "'red', 'amber'"),
        ('[[notify]]\nname = "a b"\nurl = "json://hunter"', "must be made of a-z"),
        ('[[notify]]\nname = "a"\nurl = "json://hunter"\n' * 2, "has the name of another channel"),
    ],
)
def test_a_channel_that_is_wrong_is_said_without_its_url(read: Read, content: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(content)
    assert said in str(refused.value)
    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("hours", "at", "sent"),
    [
        (None, "03:00", {RED, AMBER}),
        (("22:00", "07:00"), "21:59", {RED, AMBER}),
        (("22:00", "07:00"), "22:00", {RED}),
        (("22:00", "07:00"), "03:00", {RED}),
        (("22:00", "07:00"), "07:00", {RED, AMBER}),
        (("12:00", "13:00"), "12:30", {RED}),
        (("12:00", "13:00"), "13:00", {RED, AMBER}),
    ],
)
def test_in_quiet_hours_amber_waits(hours: tuple[str, str] | None, at: str, sent: set[Severity]) -> None:
    quiet = QuietHours(*map(time.fromisoformat, hours)) if hours is not None else None
    rules = ChannelRules("oncall", quiet_hours=quiet)
    assert rules.sends_at(datetime.fromisoformat(f"2026-11-28T{at}:00+01:00")) == sent
