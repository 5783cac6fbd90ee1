"""The last full comparison of each container is kept until a newer look or a newer clinical record replaces it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.doctrine.observation.config_drift import Compared
from proximity_tui.core.store.db import queries
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.revisions.drifts import Drifts, remember_drift
from tests.core.store.making import CAPTURED, a_container, captured, close, drop_trigger, raw
from tests.support.calls import calls_of
from tests.support.servers.exchanged import forgotten
from tests.support.servers.postgresql import Server

pytestmark = pytest.mark.usefixtures("opened")

LATER = CAPTURED + timedelta(hours=1)
LISTED = {"hostname": "web1", "memory": 512}


def test_a_capture_is_a_look_that_finds_nothing_changed() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    assert Drifts().known() == {web.id: Compared(LISTED, frozenset(), CAPTURED)}


def test_a_look_replaces_the_one_before_and_never_a_later_one() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    known = Drifts()
    for at, changed in ((LATER, ["net0", "memory"]), (CAPTURED, ["onboot"])):
        remember_drift(web.id, 1, changed, at)
        assert known.known()[web.id] == Compared(LISTED, frozenset({"net0", "memory"}), LATER)
    remember_drift(web.id, 1, [], LATER + timedelta(seconds=1))
    assert known.known()[web.id].changed == frozenset()


def test_a_look_from_the_future_does_not_stop_the_others() -> None:
    """It was kept before a clock was set back: the drift of a whole day would not be seen."""
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    remember_drift(web.id, 1, ["memory"], datetime.now(UTC) + timedelta(days=1))
    remember_drift(web.id, 1, ["net0"], LATER)
    assert Drifts().known()[web.id] == Compared(LISTED, frozenset({"net0"}), LATER)


def test_a_new_clinical_record_clears_what_was_remembered() -> None:
    web = a_container()
    known = Drifts()
    clinical_records.add_revision(web.id, captured(), "adopted")
    remember_drift(web.id, 1, ["memory"], LATER)
    assert known.known()[web.id].changed == {"memory"}
    clinical_records.add_revision(web.id, captured(config={"memory": 2048}, captured_at=LATER), "captured again")
    assert known.known()[web.id] == Compared({"memory": 2048}, frozenset(), LATER)
    remember_drift(web.id, 1, ["memory"], LATER + timedelta(hours=1))
    assert known.known()[web.id].changed == frozenset(), "a look that was compared with the old record comes too late"


def test_what_a_lost_clinical_record_held_is_not_compared_with(opened: str, server: Server | None) -> None:
    web = a_container()
    known = Drifts()
    with forgotten(opened, server):
        clinical_records.add_revision(web.id, captured(config={"memory": 512}), "adopted")
        assert known.known()[web.id].recorded == {"memory": 512}
    clinical_records.add_revision(web.id, captured(config={"memory": 2048}), "adopted")
    assert known.by_ids([web.id])[web.id].recorded == known.known()[web.id].recorded == {"memory": 2048}


def test_without_a_config_on_record_nothing_is_known() -> None:
    a_container(vmid=101)
    blind, closed = a_container(vmid=102), a_container(vmid=103)
    clinical_records.add_revision(blind.id, captured(config=None), "adopted")
    clinical_records.add_revision(closed.id, captured(), "adopted")
    close(closed)
    assert Drifts().known() == {}


def test_a_damaged_clinical_record_hides_no_other() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    for one in (web, other):
        clinical_records.add_revision(one.id, captured(), "adopted")
    drop_trigger("clinical_record_unchanged", "clinical_record")
    raw(f"UPDATE clinical_record SET data = '{{' WHERE container_id = {web.id}")
    assert list(Drifts().known()) == [other.id]


def test_more_records_than_fit_into_one_statement_are_all_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 5)
    for vmid in range(1000, 1012):
        clinical_records.add_revision(a_container(vmid=vmid).id, captured(), "adopted")
    assert len(Drifts().known()) == 12


def test_of_another_record_without_drift_little_is_done() -> None:
    """All are read while a person waits for the first key to act: a time would tell how busy the machine is."""
    config = {"hostname": "web1", "memory": 512, "net0": "name=eth0,bridge=vmbr0,ip=dhcp,ip6=auto", "onboot": 1}

    def cost_of_reading(vmids: range) -> int:
        for vmid in vmids:
            clinical_records.add_revision(a_container(vmid=vmid).id, captured(config=config), "adopted")
        Drifts().known()
        return calls_of(Drifts().known)

    few, more = cost_of_reading(range(1000, 1040)), cost_of_reading(range(2000, 2020))
    assert (more - few) / 20 < 50
