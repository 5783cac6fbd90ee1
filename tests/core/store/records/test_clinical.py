"""Clinical records keep what Proxmox said, key for key, for ever.

The last full comparison of each container is kept until a newer look or a newer clinical record replaces it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.drift import Compared
from proximity_tui.core.model import ClinicalRecord, Status
from proximity_tui.core.store.db import queries
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import clinical
from proximity_tui.core.store.records.clinical import Drifts
from tests.core.store.making import a_container, close, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")

CONFIG: dict[str, Any] = {
    "hostname": "web1",
    "memory": 512,
    "cpulimit": 0.5,
    "unprivileged": 1,
    "protection": "0",
    "onboot": True,
    "description": "zwölf\nBoxkämpfer ␛ \u202e \x00",
    "lxc": [["lxc.apparmor.profile", "unconfined"], ["lxc.cap.drop", ""]],
    "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp",
    "digest": "0" * 40,
    "empty": None,
}


def captured(**given: Any) -> ClinicalRecord:
    values: dict[str, Any] = {
        "captured_at": datetime(2026, 11, 23, 14, 30, 0, 123456, tzinfo=UTC),
        "status": Status.UNKNOWN,
        "raw_status": "prelaunch",
        "config": CONFIG,
        "digest": "0" * 40,
        "resources": {"maxmem": 2**40, "cpu": 0.25},
        "networks": ({"name": "eth0", "hwaddr": "BC:24:11:00:00:01"},),
        "snapshots": ({"name": "before", "snaptime": 1_700_000_000},),
        "interfaces": ({"name": "lo", "inet": "127.0.0.1/8"},),
        "gaps": ("snapshots: permission denied",),
    }
    return ClinicalRecord(**{**values, **given})


def test_a_clinical_record_comes_back_key_for_key_and_type_for_type() -> None:
    web = a_container()
    clinical.add_revision(web.id, captured(), "adoption")
    found = clinical.latest(web.id)
    assert found is not None
    assert found.record == captured()
    assert list(found.record.config or {}) == list(CONFIG)
    assert [type(value) for value in (found.record.config or {}).values()] == [type(v) for v in CONFIG.values()]


def test_a_config_that_could_not_be_read_stays_absent() -> None:
    web = a_container()
    clinical.add_revision(web.id, captured(config=None), "adoption")
    found = clinical.latest(web.id)
    assert found is not None
    assert found.record.config is None


def test_revisions_are_counted_and_none_is_lost() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    for reason in ("adoption", "config changed"):
        clinical.add_revision(web.id, captured(), reason)
    clinical.add_revision(other.id, captured(), "adoption")
    kept = raw(f"SELECT revision, reason FROM clinical_record WHERE container_id = {web.id} ORDER BY revision")
    assert [tuple(row) for row in kept] == [(1, "adoption"), (2, "config changed")]
    assert clinical.latest(999) is None


def test_a_damaged_clinical_record_is_named_instead_of_guessed() -> None:
    web = a_container()
    clinical.add_revision(web.id, captured(), "adoption")
    drop_trigger("clinical_record_unchanged", "clinical_record")
    raw("UPDATE clinical_record SET data = '{'")
    with pytest.raises(StoreError, match="clinical record 1 of container 1 cannot be read"):
        clinical.latest(web.id)


CAPTURED = datetime(2026, 11, 23, 14, 30, 0, 123456, tzinfo=UTC)
LATER = CAPTURED + timedelta(hours=1)
LISTED = {"hostname": "web1", "memory": 512}


def test_a_capture_is_a_look_that_finds_nothing_changed() -> None:
    web = a_container()
    clinical.add_revision(web.id, captured(), "adopted")
    assert Drifts().known() == {web.id: Compared(LISTED, frozenset(), CAPTURED)}


def test_a_look_replaces_the_one_before_and_never_a_later_one() -> None:
    web = a_container()
    clinical.add_revision(web.id, captured(), "adopted")
    known = Drifts()
    for at, changed in ((LATER, ["net0", "memory"]), (CAPTURED, ["onboot"])):
        clinical.remember_drift(web.id, 1, changed, at)
        assert known.known()[web.id] == Compared(LISTED, frozenset({"net0", "memory"}), LATER)
    clinical.remember_drift(web.id, 1, [], LATER + timedelta(seconds=1))
    assert known.known()[web.id].changed == frozenset()


def test_a_new_clinical_record_clears_what_was_remembered() -> None:
    web = a_container()
    known = Drifts()
    clinical.add_revision(web.id, captured(), "adopted")
    clinical.remember_drift(web.id, 1, ["memory"], LATER)
    assert known.known()[web.id].changed == {"memory"}
    clinical.add_revision(web.id, captured(config={"memory": 2048}, captured_at=LATER), "captured again")
    assert known.known()[web.id] == Compared({"memory": 2048}, frozenset(), LATER)
    clinical.remember_drift(web.id, 1, ["memory"], LATER + timedelta(hours=1))
    assert known.known()[web.id].changed == frozenset(), "a look that was compared with the old record comes too late"


def test_without_a_config_on_record_nothing_is_known() -> None:
    a_container(vmid=101)
    blind, closed = a_container(vmid=102), a_container(vmid=103)
    clinical.add_revision(blind.id, captured(config=None), "adopted")
    clinical.add_revision(closed.id, captured(), "adopted")
    close(closed)
    assert Drifts().known() == {}


def test_a_damaged_clinical_record_hides_no_other() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    for one in (web, other):
        clinical.add_revision(one.id, captured(), "adopted")
    drop_trigger("clinical_record_unchanged", "clinical_record")
    raw(f"UPDATE clinical_record SET data = '{{' WHERE container_id = {web.id}")
    assert list(Drifts().known()) == [other.id]


def test_more_records_than_fit_into_one_statement_are_all_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 5)
    for vmid in range(1000, 1012):
        clinical.add_revision(a_container(vmid=vmid).id, captured(), "adopted")
    assert len(Drifts().known()) == 12
