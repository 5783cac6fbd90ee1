"""Secrets that people keep in the settings of their guests: no command prints them unasked, whatever it is about."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.secret import REDACTED
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import close_store, open_store
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

BEFORE = {
    "env": "AWS_SECRET_ACCESS_KEY=hunter-env\0MODE=prod",
    "entrypoint": "/init --password hunter-entry",
    "description": "the wiki\ndb password: hunter-note",
    "mp0": "/srv/data,mp=/data,mountoptions=hunter-option",
}


@pytest.fixture
def keeper(cli: Cli, lab: Simulator) -> Cli:
    """CT 101 adopted with secrets in its settings, all of which have changed since, and a red alert that holds them."""
    lab.world.set_config(101, **BEFORE)
    cli.json("adopt", "101", "--yes")
    lab.world.set_config(101, **{key: value.replace("hunter", "hunter-new") for key, value in BEFORE.items()})
    open_store(f"sqlite:///{cli.database}")
    evidence = {"config": BEFORE, "changed": [{"key": "env", "old": BEFORE["env"], "new": None}], "node": "pve1"}
    alerts.raise_alert(AlertKind.ANOMALOUS_ORPHAN, Severity.RED, cluster="lab", message="gone", evidence=evidence)
    close_store()
    return cli


@pytest.mark.parametrize(
    "words",
    [
        ("show", "lab/101"),
        ("show", "lab/101", "--json"),
        ("alerts",),
        ("alerts", "--json"),
        ("audit", "--json"),
        ("list", "--json"),
        ("alerts", "ack", "1", "--note", "seen", "--json"),
    ],
    ids=" ".join,
)
def test_no_command_prints_them(keeper: Cli, words: tuple[str, ...]) -> None:
    outcome = keeper(*words)
    assert outcome.code == 0, outcome
    assert "hunter" not in outcome.out + outcome.err


def test_who_reads_still_sees_what_there_is_and_that_it_changed(keeper: Cli) -> None:
    shown = keeper("show", "lab/101").out
    assert f"env: {REDACTED} → {REDACTED}" in shown
    assert "the wiki" in shown
    config = keeper.json("show", "lab/101")["clinical_record"]["config"]
    assert (config["env"], config["mp0"]) == (REDACTED, f"/srv/data,mp=/data,mountoptions={REDACTED}")


def test_who_asks_for_them_gets_them(keeper: Cli) -> None:
    assert "hunter-new-env" in keeper("show", "lab/101", "--reveal").out
    assert keeper.json("alerts", "--reveal")[0]["evidence"]["config"] == BEFORE
    assert keeper.json("show", "lab/101", "--reveal")["clinical_record"]["config"]["env"] == BEFORE["env"]
