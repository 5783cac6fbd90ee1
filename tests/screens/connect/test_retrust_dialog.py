"""Trusting a cluster again: old and new side by side, its name typed, and not a byte to a stranger before that."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.config import load as config
from proximity_tui.core.model import Membership
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.runtime.context import open_context
from proximity_tui.screens.connect.retrust_dialog import RetrustDialog
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.screens.stage import Stage
from tests.screens.support.watched import shows
from tests.support.timing.until import until

SIZE = (140, 50)
ANOTHER = ":".join(["AB"] * 32)


def certificate_alert() -> int:
    said = "prod shows another certificate than the trusted one"
    return alerts.raise_alert(AlertKind.CERTIFICATE_CHANGED, Severity.RED, cluster="prod", message=said).id


async def opened(pilot: Pilot[Any]) -> None:
    """Open the dialog from the first alert."""
    await pilot.press("3")
    await shows(pilot, "RED")
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, RetrustDialog) and pilot.app.screen.query("#retrust-go"))


async def type_and_agree(pilot: Pilot[Any], name: str) -> None:
    await until(pilot, lambda: pilot.app.screen.query_one(TypedRow).display)
    pilot.app.screen.query_one(Input).value = name
    await pilot.pause()
    pilot.app.screen.query_one("#retrust-go").focus()
    await pilot.press("enter")


async def test_a_renewed_certificate_is_trusted_by_its_name_and_the_session_goes_on(stage: Stage) -> None:
    old = stage.simulator.fingerprint
    alert = certificate_alert()
    async with stage.shown(SIZE) as pilot:
        stage.simulator.renew_certificate()
        stage.simulator.journal.clear()
        seen = stage.context.pollers["prod"].latest
        await opened(pilot)
        await shows(pilot, old, stage.simulator.fingerprint, "pvenode cert info", "Type prod to trust it")
        assert stage.simulator.journal.entries() == []
        await type_and_agree(pilot, "prod")
        await shows(pilot, "prod is trusted again.")
        await until(pilot, lambda: stage.context.pollers["prod"].latest is not seen)
        assert stage.context.clients["prod"].inventory().guests
    written = tomllib.loads(stage.context.settings.path.read_text())["clusters"]["prod"]
    assert written["fingerprint"] == stage.simulator.fingerprint
    assert alerts.get(alert).resolved_at is not None
    [event] = [one for one in events.list_events(cluster="prod") if one.action == "cluster-retrusted"]
    assert event.evidence["old"]["fingerprints"] == [old]
    assert event.evidence["new"]["fingerprints"] == [stage.simulator.fingerprint]
    assert stage.simulator.journal.writes() == []


async def test_a_cluster_that_was_installed_again_is_asked_with_the_token_that_was_made_again(stage: Stage) -> None:
    """Its secret was put where the configuration reads it; the program is not started again."""
    certificate_alert()
    async with stage.shown(SIZE) as pilot:
        simulator = stage.simulator
        simulator.renew_certificate()
        secret = simulator.add_token(simulator.token_id, {"/": PRIVILEGES})
        (stage.folder / "prod.token").write_text(secret)
        await opened(pilot)
        await type_and_agree(pilot, "prod")
        await shows(pilot, "prod is trusted again.")
        assert stage.context.clients["prod"].inventory().guests


async def test_a_cluster_that_got_another_token_is_contacted_with_that_one(stage: Stage) -> None:
    certificate_alert()
    async with stage.shown(SIZE) as pilot:
        simulator, path = stage.simulator, stage.context.settings.path
        simulator.renew_certificate()
        secret = simulator.add_token("proximity@pve!second", {"/": PRIVILEGES})
        simulator.remove_token(simulator.token_id)
        (stage.folder / "prod.token").write_text(secret)
        path.write_text(path.read_text().replace(simulator.token_id, "proximity@pve!second"))
        await opened(pilot)
        await type_and_agree(pilot, "prod")
        await shows(pilot, "prod is trusted again.")
        app: Any = pilot.app
        context = app.controller.context
        assert context.clients["prod"].inventory().guests
        assert context.clients["prod"].token_id == "proximity@pve!second"
        assert context.engine.settings.actor.token == "proximity@pve!second", "the audit trail names it"
        assert context.settings.clusters["prod"].token_id == "proximity@pve!second"


@pytest.mark.parametrize("word", ["yes", "pro", "", "prod "])
async def test_another_word_than_the_name_trusts_nothing(stage: Stage, word: str) -> None:
    before = stage.context.settings.path.read_text()
    alert = certificate_alert()
    async with stage.shown(SIZE) as pilot:
        stage.simulator.renew_certificate()
        stage.simulator.journal.clear()
        await opened(pilot)
        await type_and_agree(pilot, word)
        assert pilot.app.screen.query_one("#retrust-go").disabled
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, RetrustDialog))
    assert stage.simulator.journal.entries() == []
    assert stage.context.settings.path.read_text() == before
    assert alerts.get(alert).resolved_at is None


async def test_another_cluster_needs_its_root_ca_to_be_agreed_to(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    # As if the cluster of this name had been another one until now.
    clusters.remember("prod", ANOTHER)
    alerts.raise_alert(AlertKind.CLUSTER_CHANGED, Severity.RED, cluster="prod", message="prod is another cluster")
    async with stage.shown(SIZE, answered=False) as pilot:
        await opened(pilot)
        await shows(pilot, "ANOTHER CLUSTER", ANOTHER, stage.simulator.ca_fingerprint, "Type prod")
        assert clusters.known_identity("prod") == ANOTHER
        await type_and_agree(pilot, "prod")
        await shows(pilot, "prod is trusted again.")
        assert clusters.known_identity("prod") == stage.simulator.ca_fingerprint
        assert stage.context.clients["prod"].inventory().guests


async def test_a_stranger_that_is_another_cluster_too_is_agreed_to_twice(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    clusters.remember("prod", stage.simulator.ca_fingerprint)
    alert = certificate_alert()
    with Simulator("demo", seed=2) as other:
        path = stage.context.settings.path
        path.write_text(path.read_text().replace(stage.simulator.url, other.url))
        with other.world.entered() as cluster:
            cluster.access.tokens[other.token_id].secret = stage.simulator.token_secret
        async with stage.shown(SIZE) as pilot:
            await opened(pilot)
            await shows(pilot, other.fingerprint)
            assert other.journal.entries() == []
            await type_and_agree(pilot, "prod")
            await shows(pilot, "ANOTHER CLUSTER", other.ca_fingerprint)
            assert pilot.app.screen.query_one(Input).value == ""
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, RetrustDialog))
        assert other.journal.writes() == []
    assert clusters.known_identity("prod") == stage.simulator.ca_fingerprint
    assert alerts.get(alert).resolved_at is None


async def test_what_somebody_else_trusted_meanwhile_is_taken_over_without_a_question(stage: Stage) -> None:
    old = stage.simulator.fingerprint
    certificate_alert()
    async with stage.shown(SIZE) as pilot:
        stage.simulator.renew_certificate()
        path = stage.context.settings.path
        path.write_text(path.read_text().replace(old, stage.simulator.fingerprint))
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("f")
        await shows(pilot, "shows the certificate that is already trusted")
        assert stage.context.clients["prod"].inventory().guests


async def test_a_cluster_that_does_not_answer_is_one_sentence(stage: Stage) -> None:
    certificate_alert()
    async with stage.shown(SIZE) as pilot:
        stage.unplug()
        await opened(pilot)
        await shows(pilot, "shows no certificate")
        assert pilot.app.screen.query_one("#retrust-go").disabled


async def test_other_alerts_have_nothing_to_trust(stage: Stage) -> None:
    alerts.raise_alert(AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=104, name="db-1", message="another")
    async with stage.shown(SIZE) as pilot:
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("f")
        await shows(pilot, "Only a changed certificate or another cluster")


async def test_read_only_trusts_nothing_anew(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    certificate_alert()
    stage.context.close()
    stage.context = open_context(config.load(stage.context.settings.path, read_only=True, environ={}))
    async with stage.shown(SIZE) as pilot:
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("f")
        await shows(pilot, "read-only")
        assert not isinstance(pilot.app.screen, RetrustDialog)


async def test_a_cluster_of_which_a_part_answers_is_a_single_host_by_its_typed_name(stage: Stage) -> None:
    clusters.remember("prod", stage.simulator.ca_fingerprint)
    clusters.note_members("prod", Membership("prod", frozenset({"pve1", "pve2", "pve3"})))
    evidence = {"alone": "pve1"}
    alerts.raise_alert(AlertKind.QUORUM_LOST, Severity.RED, cluster="prod", message="it left", evidence=evidence)
    stage.simulator.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")
    async with stage.shown(SIZE) as pilot:
        await opened(pilot)
        await shows(pilot, "prod is known as a cluster of pve1, pve2, pve3", "Only go on if prod is only pve1 now")
        assert clusters.known_members("prod") == Membership("prod", frozenset({"pve1", "pve2", "pve3"}))
        await type_and_agree(pilot, "prod")
        await shows(pilot, "prod is trusted again.")
    assert clusters.known_members("prod") == Membership(None, frozenset({"pve1"}))


async def test_a_quorum_that_comes_back_by_itself_has_nothing_to_trust(stage: Stage) -> None:
    alerts.raise_alert(AlertKind.QUORUM_LOST, Severity.RED, cluster="prod", message="2 of 3 nodes are off")
    async with stage.shown(SIZE) as pilot:
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("f")
        await shows(pilot, "Only a changed certificate or another cluster")
