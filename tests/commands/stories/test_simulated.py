"""A kept demo is still a demo: whoever opens its database, by whatever configuration, sees it framed SIMULATED."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.commands.setup import demo
from proximity_tui.config import load as config
from proximity_tui.core.model.alert import AlertKind, DeliveryState, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.runtime.context import AppContext, open_context
from proximity_tui.runtime.services import Services
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.servers.sentry_receiver import SentryReceiver, sentry_receiver
from tests.support.timing.waiting import until

FRAME = "SIMULATED: this database was made by a demo"


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """The URL of the database of a demo that is over."""
    folder = tmp_path / "kept"
    folder.mkdir()
    with demo.prepared(folder, "empty", seed=1, speed=50.0):
        pass
    return f"sqlite:///{folder}/proximity.db"


@pytest.fixture
def receiver() -> Iterator[SentryReceiver]:
    with sentry_receiver() as listening:
        yield listening


def opened(cli: Cli, database: str, receiver: SentryReceiver) -> AppContext:
    """A context with a real configuration, Sentry included."""
    with cli.config.open("a") as file:
        file.write(f'\n[sentry]\ndsn = "{receiver.dsn}"\n')
    return open_context(config.load(cli.config, database=database, environ={}))


def test_its_own_configuration_opens_it_in_the_frame(bare: Cli, kept: str, tmp_path: Path) -> None:
    outcome = bare("list", "--config", str(tmp_path / "kept" / "proximity-tui.toml"))
    assert outcome.code == 0
    assert outcome.out.startswith(FRAME)


def test_a_read_only_demo_is_kept_in_the_frame(bare: Cli, tmp_path: Path) -> None:
    with demo.prepared(tmp_path, "empty", seed=1, speed=50.0, read_only=True):
        pass
    assert bare("list", "--config", str(tmp_path / "proximity-tui.toml")).out.startswith(FRAME)


def test_the_cluster_of_somebody_else_does_not_make_it_real(cli: Cli, kept: str) -> None:
    outcome = cli("list", "--kind", "unmanaged", "--database", kept)
    assert outcome.out.startswith(FRAME)
    assert "web-1" in outcome.out


@pytest.mark.parametrize("words", [("alerts",), ("audit",), ("operations",), ("janitor",), ("reconcile", "--no-wait")])
def test_every_answer_for_people_is_framed(cli: Cli, kept: str, words: tuple[str, ...]) -> None:
    assert cli(*words, "--database", kept).out.startswith(FRAME)


def test_json_stays_as_it_is(cli: Cli, kept: str) -> None:
    for words in (("list",), ("audit",), ("alerts",)):
        outcome = cli(*words, "--json", "--database", kept)
        assert isinstance(outcome.json, list)
        assert "SIMULATED" not in outcome.out + outcome.err


def test_the_doctor_warns_of_a_simulated_database(cli: Cli, kept: str) -> None:
    checks = cli.json("doctor", "--database", kept)["checks"]
    (found,) = [check for check in checks if "SIMULATED" in check["message"]]
    assert (found["area"], found["level"]) == ("database", "warn")
    assert "name another database" in found["advice"]


def test_a_copy_carries_the_frame_along(cli: Cli, kept: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/copy.db"
    assert cli("db", "copy", "--to", target, "--yes", "--database", kept).code == 0
    assert cli("list", "--database", target).out.startswith(FRAME)


def test_what_is_real_is_never_framed(cli: Cli, adopted: Any) -> None:
    for words in (("list",), ("alerts",), ("audit",), ("doctor",)):
        outcome = cli(*words)
        assert "SIMULATED" not in outcome.out + outcome.err


@pytest.mark.parametrize("simulated", [True, False])
def test_no_alert_of_it_reaches_sentry(
    cli: Cli, lab: Simulator, kept: str, receiver: SentryReceiver, simulated: bool
) -> None:
    context = opened(cli, kept if simulated else f"sqlite:///{cli.database}", receiver)
    services = Services(context)
    try:
        assert (context.simulated, context.simulator) == (simulated, None)
        alert = alerts.raise_alert(
            AlertKind.ANOMALOUS_ORPHAN, Severity.RED, cluster="lab", vmid=101, message="gone", notify=True
        )
        services.start_jobs()
        until(lambda: (run := job_runs.last("reconciler", "lab")) is not None and run.finished_at is not None)
        if simulated:
            assert alerts.get(alert.id).delivery.state is DeliveryState.PENDING
            assert receiver.bodies == []
        else:
            receiver.wait_for(1)
    finally:
        services.stop(1.0)
        context.close()
