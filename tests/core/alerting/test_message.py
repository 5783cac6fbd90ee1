"""The message about an alert: complete, plain ASCII, bounded, and harmless whatever is in the names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from proximity_tui.core.alerting.message import message_about
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model.alert import Alert, AlertKind, Delivery, DeliveryState, Severity

MOMENT = datetime(2026, 11, 28, 2, 41, 7, tzinfo=UTC)


def an_alert(kind: AlertKind = AlertKind.ANOMALOUS_ORPHAN, **given: Any) -> Alert:
    values: dict[str, Any] = {
        "id": 12, "severity": Severity.RED, "kind": kind, "cluster": "prod", "vmid": 105, "container": 7,
        "name": "grafana", "message": "grafana is gone", "opened_at": MOMENT, "last_seen_at": MOMENT, "count": 1,
        "acknowledged": None, "resolved_at": None, "resolution": None, "evidence": {"node": "pve2"},
        "delivery": Delivery(DeliveryState.NONE),
    }  # fmt: skip
    return Alert(**{**values, **given})


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_says_what_happened_to_what_and_what_to_do(kind: AlertKind) -> None:
    body = message_about(an_alert(kind), token="proximity@pve!tui").body
    for told in ("What happened: grafana is gone", "To what: grafana, CT 105 on pve2, cluster prod, our record 7"):
        assert told in body
    assert "Left untouched: nothing was " in body
    assert "proximity-tui alerts ack 12" in body
    assert f"Runbook: docs/runbooks.md#{kind}" in body


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"name": "pve3", "evidence": {"node": "pve3"}}, "node pve3, cluster prod"),
        ({"name": "tank", "evidence": {"node": "pve3", "storage": "tank"}}, "storage tank, cluster prod"),
        ({"name": None, "evidence": {}}, "cluster prod"),
        ({"name": None, "evidence": {}, "cluster": None}, "this installation of Proximity TUI"),
    ],
)
def test_what_is_no_container_is_called_what_it_is(given: dict[str, Any], about: str) -> None:
    alert = an_alert(vmid=None, container=None, **given)
    assert f"To what: {about}\n" in message_about(alert, token="").body


def test_the_runbook_may_be_somewhere_else() -> None:
    body = message_about(an_alert(), token="", runbook="https://wiki.example/{kind}?from=tui").body
    assert "Runbook: https://wiki.example/anomalous_orphan?from=tui" in body


def test_nothing_from_outside_is_a_control_character_a_mention_or_long() -> None:
    name = "gra\x1b[31mfana\u202e @everyone <!channel> caf\u00e9 \u2013 " + "x" * 5000
    told = message_about(an_alert(name=name, message=name, evidence={"node": name, "backups": [name] * 99}), token="")
    whole = told.title + told.body
    assert whole.isascii()
    assert all(line.isprintable() for line in whole.splitlines())
    assert "@everyone" not in whole
    assert "<!channel" not in whole
    assert len(whole) < 6000


def test_no_secret_is_in_it() -> None:
    Secret("our-own-token-secret", "the tests")
    message = "refused: our-own-token-secret, https://bob:hunter-url@pbs.example/ password=hunter-two"
    told = message_about(an_alert(message=message, name="password=hunter-name"), token="proximity@pve!tui")
    assert "hunter" not in told.title + told.body
    assert "our-own-token-secret" not in told.body
