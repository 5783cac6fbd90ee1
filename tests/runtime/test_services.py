"""Pollers, jobs and notifier: each started once, clusters that come later included, and stopped whatever hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.model import Plan
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.core.store.records import records
from proximity_tui.runtime.context import build_context, open_context
from proximity_tui.runtime.services import Services
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.screens.stage import Stage
from tests.support.servers.postgresql import Server, as_standby, promote
from tests.support.timing.waiting import until


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Two clusters in the configuration."""
    stage = Stage(tmp_path, clusters=("lab", "prod"))
    yield stage
    stage.close()


@pytest.fixture
def polls() -> list[PollResult]:
    """The polls that have ended."""
    return []


@pytest.fixture
def services(stage: Stage, polls: list[PollResult]) -> Iterator[Services]:
    """The services of a context that began when only `lab` was in the configuration."""
    settings = stage.context.settings
    only_lab = replace(settings, clusters=MappingProxyType({"lab": settings.clusters["lab"]}))
    services = Services(
        build_context(only_lab), on_poll=lambda result: polls.append(result) if result.asking_since is None else None
    )
    yield services
    services.stop(30.0)


def ran(cluster: str) -> bool:
    run = job_runs.last("reconciler", cluster)
    return run is not None and run.finished_at is not None


def test_pollers_start_at_once_and_the_jobs_when_they_are_told(services: Services, polls: list[PollResult]) -> None:
    services.start()
    until(lambda: polls)
    assert (services.jobs, services.status(), services.alive) == (None, (), False)
    assert services.run_now("reconciler", ["lab"]) == ["the jobs have not started yet"]
    services.start_jobs_later()
    until(lambda: ran("lab"))
    assert {one.cluster for one in services.status()} == {"lab"}
    assert services.stop(30.0)
    assert leases.holder("lab") is None, "the lease was given back"
    until(lambda: "poller-lab" not in {thread.name for thread in threading.enumerate()})


@pytest.mark.parametrize("jobs_first", [True, False])
def test_a_cluster_that_comes_later_is_polled_and_has_jobs(
    services: Services, polls: list[PollResult], jobs_first: bool
) -> None:
    services.start()
    if jobs_first:
        services.start_jobs()
    services.add_cluster("prod")
    if not jobs_first:
        services.start_jobs()
    until(lambda: {result.cluster for result in polls} == {"lab", "prod"})
    until(lambda: ran("lab") and ran("prod"))
    assert list(services.context.clients) == ["lab", "prod"]
    with pytest.raises(ConfigError, match="start again"):
        services.add_cluster("prod")


def test_a_standby_that_is_promoted_is_written_from_then_on_and_its_jobs_run(
    stage: Stage, ready_postgresql: str, postgresql_server: Server
) -> None:
    as_standby(postgresql_server, "ready")
    try:
        services = Services(open_context(replace(stage.context.settings, database=ready_postgresql)))
        context = services.context
        services.start()
        services.start_jobs()
        assert not services.follow_promotion()
        assert (services.runs_jobs, context.settings.read_only) == (False, True)
    finally:
        promote(postgresql_server, "ready")
    store.data_version()

    assert services.follow_promotion()

    assert not services.context.settings.read_only
    assert not services.follow_promotion(), "it is followed once"
    until(lambda: ran("lab") and ran("prod"))
    request = AdoptionRequest(None)
    plan = services.context.engine.plan_adopt("lab", 101, request)
    assert isinstance(plan, Plan), plan
    adopted = context.engine.adopt(plan, request).container
    assert adopted is not None, "what is under way with the old context may write, too"
    services.want("lab")
    until(lambda: records.get(adopted.id).observed_at != adopted.observed_at)
    assert not any(client.read_only for client in services.context.clients.values())
    assert services.stop(30.0)
    services.context.close()


def test_a_secret_that_was_renewed_on_proxmox_is_used_without_a_restart(
    stage: Stage, services: Services, polls: list[PollResult]
) -> None:
    new = stage.simulator.add_token(stage.simulator.token_id, {"/": PRIVILEGES})
    (stage.folder / "lab.token").write_text(new)
    services.start()
    until(lambda: any(one.failure is Failure.UNAUTHENTICATED for one in polls))
    until(lambda: polls[-1].healthy)
    assert services.context.clients["lab"].inventory().guests


def test_a_token_that_can_be_had_later_is_used_without_a_restart(
    stage: Stage, polls: list[PollResult], tmp_path: Path
) -> None:
    settings, late = stage.context.settings, tmp_path / "late"
    source = SecretSource("clusters.lab.token_secret", SecretKind.FILE, str(late))
    lab = replace(settings.clusters["lab"], token_secret=source)
    context = build_context(replace(settings, clusters=MappingProxyType({"lab": lab})), partly=True)
    services = Services(context, on_poll=lambda result: polls.append(result) if result.asking_since is None else None)
    late.write_text((stage.folder / "lab.token").read_text())
    late.chmod(0o600)
    services.start()
    until(lambda: polls and polls[-1].healthy)
    assert "late cannot be read" in str(polls[0].error), polls[0]
    assert services.stop(30.0)


def test_a_secret_that_is_still_wrong_is_not_looked_up_for_each_request(
    stage: Stage, polls: list[PollResult], tmp_path: Path
) -> None:
    asked, settings = tmp_path / "asked", stage.context.settings
    command = f"sh -c 'echo >> {asked}; cat {stage.folder / 'lab.token'}'"
    lab = replace(settings.clusters["lab"], token_secret=SecretSource("token_secret", SecretKind.COMMAND, command))
    context = build_context(replace(settings, clusters=MappingProxyType({"lab": lab})))
    services = Services(context, on_poll=lambda result: polls.append(result) if result.asking_since is None else None)
    stage.simulator.add_token(stage.simulator.token_id, {"/": PRIVILEGES})
    asked.write_text("")
    services.start()
    for count in range(1, 4):
        until(lambda count=count: len(polls) >= count)
        services.want("lab")
    assert services.stop(30.0)
    until(lambda: "secret-lab" not in {thread.name for thread in threading.enumerate()})
    assert asked.read_text() == "\n"


def test_jobs_that_would_start_after_the_end_do_not(services: Services) -> None:
    assert services.stop(30.0)
    services.start_jobs()
    assert services.jobs is None
    assert leases.holder("lab") is None


def test_why_the_jobs_did_not_start_is_told(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "proximity_tui.core.jobs.runner", None)
    services.start_jobs_later()
    until(lambda: services.error)
    assert services.run_now("janitor", ["lab"])[0].startswith("the jobs do not run: ModuleNotFoundError")


def test_what_polls_imports_no_library_of_the_jobs() -> None:
    ask = "import sys, proximity_tui.screens.app.controller; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    assert not {"apscheduler", "sentry_sdk"} & set(loaded)
