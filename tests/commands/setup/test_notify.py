"""`notify`: the channels are listed and tried, and nothing that is printed or logged has a URL in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.secret import REDACTED
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.fields import now
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.servers.http_receiver import http_receiver


def configure(cli: Cli, **channels: str) -> None:
    """Add channels to the configuration, by name and URL, each URL in a file of its own."""
    lines = [cli.config.read_text()]
    for name, url in channels.items():
        file = cli.config.with_name(f"{name}.url")
        file.touch(0o600)
        file.write_text(url)
        lines.append(f'[[notify]]\nname = "{name}"\nurl = {{ file = "{file.name}" }}\nquiet_hours = "22:00-07:00"')
    cli.config.write_text("\n".join(lines))


def test_a_test_message_tells_which_channels_work(cli: Cli) -> None:
    with http_receiver() as web:
        configure(cli, well=f"json://127.0.0.1:{web.port}/hunter-path", odd="hunter-nonsense")
        outcome = cli("notify", "test")
        assert outcome.code == 1
        assert outcome.out.splitlines()[0] == "well: the message was taken"
        assert "odd: failed: its URL is not one that apprise knows" in outcome.out
        assert "hunter" not in outcome.out + outcome.err
        alone = cli.json("notify", "test", "well")
        assert alone["results"] == [{"channel": "well", "service": "JSON", "success": True, "error": None}]
    assert [post.json["title"] for post in web.taken] == ["[TEST] Proximity TUI"] * 2
    assert "This is a test of the channel well" in web.taken[0].json["message"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("notify", "test", "wel"), 5, "did you mean well?"),
        (("notify", "list", "well"), 2, "takes no name"),
        (("notify", "test", "--read-only"), 3, "read-only"),
    ],
)
def test_what_cannot_be_tried_is_said(cli: Cli, words: tuple[str, ...], code: int, said: str) -> None:
    configure(cli, well=f"json://127.0.0.1:{REFUSED_PORT}/hunter")
    outcome = cli(*words)
    assert (outcome.code, said in outcome.err) == (code, True)


def test_without_a_channel_it_is_said_where_one_goes(cli: Cli) -> None:
    assert cli("notify", "test").code == 2
    assert "[[notify]]" in cli("notify", "list").err


def test_the_list_says_what_waits_and_how_the_last_message_ended(cli: Cli) -> None:
    configure(cli, oncall=f"json://127.0.0.1:{REFUSED_PORT}/hunter-{REDACTED}")
    cli("list")
    store.open_store(f"sqlite:///{cli.database}")
    alert = alerts.raise_alert("test", Severity.RED, cluster="lab", message="gone")
    alerts.raise_alert("test", Severity.RED, cluster="lab", vmid=7, message="gone, too")
    notifications.claim(alert.id, "oncall", "jump1:1:aa")
    later = now() + timedelta(hours=1)
    notifications.failed(alert.id, "oncall", "it answered 500", later, token="jump1:1:aa")
    store.close_store()

    (one,) = cli.json("notify", "list")
    assert (one["name"], one["severities"], one["quiet_hours"], one["waiting"]) == (
        "oncall", ["amber", "red"], "22:00-07:00", 2,
    )  # fmt: skip
    assert (one["resolved"], one["last"]["occasion"]) == (True, "opened")
    assert (one["last"]["state"], one["last"]["error"]) == ("failed", "it answered 500")
    shown = cli("notify", "list").out
    assert "22:00-07:00" in shown
    assert f"alert {alert.id} not taken: it answered 500; again" in shown
    assert "hunter" not in shown

    checks = {check["message"] for check in cli("doctor", "--json").json["checks"] if check["area"] == "notify"}
    assert any("JSON, for red, amber alerts; quiet from 22:00-07:00" in one for one in checks)
    assert any("was not taken, attempt 1: it answered 500" in one for one in checks)
