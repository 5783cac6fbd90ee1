"""What is secret in a config, and our token, leave neither our database nor our memory."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from proximity_tui.core.base.secret import masked
from proximity_tui.core.store import events
from proximity_tui.core.store.records import clinical_records
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.servers.databases import both_databases

SECRET = "hunter2-correct-horse"


@both_databases
def test_n90_secrets_of_a_config_stay_at_home(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.world.set_config(101, description=f"root password: {SECRET}")
    adopted = house.adopted(101)
    house.soft_delete(adopted)

    revision = clinical_records.latest(adopted.id)
    assert revision is not None
    config = revision.record.config or {}
    assert SECRET in config["description"], "kept whole, for the day it is needed"
    assert SECRET not in repr(masked(config)), "and masked before it goes anywhere"
    assert not any(SECRET in record.getMessage() for record in caplog.records)
    assert not any(SECRET in repr(event) for event in events.list_events())
    database = Path(house.database.removeprefix("sqlite:///"))
    for file in database.parent.glob(f"{database.name}*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_our_token_is_in_no_log_event_record_or_result(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    native = house.native("web1", port=80)
    simulator.faults.unauthorized(times=1)
    failed = house.hard_delete(native)
    ended = house.hard_delete(native)
    secret = simulator.token_secret
    for said in (
        failed,
        ended,
        house.engine.settings,
        *house.clients.values(),
        *events.list_events(),
        *caplog.messages,
    ):
        assert secret not in repr(said)
    for file in Path(house.database.removeprefix("sqlite:///")).parent.iterdir():
        assert secret.encode() not in file.read_bytes(), file.name
