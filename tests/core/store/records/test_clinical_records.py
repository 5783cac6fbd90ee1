"""Clinical records keep what Proxmox said, key for key, for ever."""

import pytest

from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import clinical_records
from tests.core.store.making import CONFIG, a_container, captured, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")


def test_a_clinical_record_comes_back_key_for_key_and_type_for_type() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adoption")
    found = clinical_records.latest(web.id)
    assert found is not None
    assert found.record == captured()
    assert list(found.record.config or {}) == list(CONFIG)
    assert [type(value) for value in (found.record.config or {}).values()] == [type(v) for v in CONFIG.values()]


def test_a_config_that_could_not_be_read_stays_absent() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(config=None), "adoption")
    found = clinical_records.latest(web.id)
    assert found is not None
    assert found.record.config is None


def test_revisions_are_counted_and_none_is_lost() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    for reason in ("adoption", "config changed"):
        clinical_records.add_revision(web.id, captured(), reason)
    clinical_records.add_revision(other.id, captured(), "adoption")
    kept = raw(f"SELECT revision, reason FROM clinical_record WHERE container_id = {web.id} ORDER BY revision")
    assert [tuple(row) for row in kept] == [(1, "adoption"), (2, "config changed")]
    assert clinical_records.latest(999) is None


def test_a_damaged_clinical_record_is_named_instead_of_guessed() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adoption")
    drop_trigger("clinical_record_unchanged", "clinical_record")
    raw("UPDATE clinical_record SET data = '{'")
    with pytest.raises(StoreError, match="clinical record 1 of container 1 cannot be read"):
        clinical_records.latest(web.id)
