"""A config that differs is kept as a revision, once; databases of before have their clinical records as revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.model import ClosedReason, Presence, Status, Task
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.config_revision import NOBODY_KNOWN, Attribution, ConfigSeen, RevisionCause
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.records.records import StatusUpdate
from proximity_tui.core.store.revisions import drifts, revisions
from tests.core.store.making import CONFIG, a_container, captured, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")

CAPTURED = captured().captured_at


def seen(minutes: float = 1, digest: str = "1" * 40, **changes: Any) -> ConfigSeen:
    return ConfigSeen({**CONFIG, "digest": digest, **changes}, CAPTURED + timedelta(minutes=minutes))


def kept(container: int) -> list[tuple[int, datetime, RevisionCause]]:
    return [(one.number, one.taken_at, one.attribution.cause) for one in revisions.timeline(container)]


def test_a_database_of_before_has_its_clinical_records_as_revisions_and_nothing_is_written() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(config=None), "created")
    clinical_records.add_revision(web.id, captured(), "adopted")
    (first,) = revisions.timeline(web.id)
    assert (first.number, first.config, first.attribution) == (
        1,
        CONFIG,
        Attribution(RevisionCause.CAPTURED, note="adopted"),
    )
    assert revisions.last(web.id) == revisions.get(web.id, 1) == first
    assert raw("SELECT count(*) FROM config_revision")[0][0] == 0
    with pytest.raises(RecordNotFound, match="no revision 2"):
        revisions.get(web.id, 2)


def test_a_config_that_differs_is_kept_after_the_first_which_is_copied() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    for one in (web, other):
        clinical_records.add_revision(one.id, captured(), "adopted")
    made = revisions.keep(web.id, seen(memory=2048))
    assert made is not None
    assert (made.number, made.attribution) == (2, NOBODY_KNOWN)
    assert kept(web.id) == [(1, CAPTURED, RevisionCause.CAPTURED), (2, made.taken_at, RevisionCause.SEEN)]
    assert revisions.last(web.id) == made
    assert list(made.config) == [*CONFIG], "key for key"
    assert kept(other.id) == [(1, CAPTURED, RevisionCause.CAPTURED)]


def test_the_same_config_is_not_kept_again() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    assert revisions.keep(web.id, seen(digest="0" * 40, memory=1)) is None, "the digest is the last one"
    assert revisions.keep(web.id, seen(lock="backup", parent="daily")) is None, "nothing but what changes by itself"
    assert revisions.keep(web.id, seen(-0.5, memory=2048)) is None, "it was read before the last one"
    assert revisions.keep(web.id, seen(memory=2048)) is not None
    assert revisions.keep(web.id, seen(2, memory=2048)) is None
    assert revisions.keep(web.id, seen(3, digest="2" * 40)) is not None, "back to what it was"
    assert [number for number, *_ in kept(web.id)] == [1, 2, 3]


def test_a_revision_from_the_future_does_not_stop_the_others() -> None:
    """It was kept before a clock was set back."""
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    revisions.keep(web.id, replace(seen(memory=2048), taken_at=datetime.now(UTC) + timedelta(days=1)))
    assert revisions.keep(web.id, seen(digest="2" * 40, memory=4096)) is not None
    assert [one.config["memory"] for one in revisions.timeline(web.id)] == [512, 2048, 4096]


def test_a_config_that_is_written_down_minutes_after_a_later_one_is_no_revision() -> None:
    """Who read it was stopped meanwhile: nobody set the config back."""
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    revisions.keep(web.id, seen(30, memory=2048))
    assert revisions.keep(web.id, seen(10, digest="2" * 40, memory=4096)) is None
    assert [one.config["memory"] for one in revisions.timeline(web.id)] == [512, 2048]


def test_a_clinical_record_that_follows_our_own_change_is_no_revision() -> None:
    """Its other settings are as they were recorded, so it is no config that ever was."""
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    revisions.keep(web.id, seen(memory=2048, swap=0))
    mixed = captured(config={**CONFIG, "memory": 2048}, digest="1" * 40, captured_at=seen(2).taken_at)
    clinical_records.add_revision(web.id, mixed, "changed: memory")
    assert [number for number, *_ in kept(web.id)] == [1, 2]


def test_a_task_that_was_read_with_a_config_tells_who_changed_it() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    resize = Task(
        "UPID:1", "pve1", "resize", "101", "root@pam", CAPTURED + timedelta(seconds=30), "stopped", exitstatus="OK"
    )
    made = revisions.keep(web.id, replace(seen(rootfs="local:1,size=2G"), tasks=(resize,)))
    assert made is not None
    assert revisions.get(web.id, 2).attribution == Attribution(RevisionCause.TASK, "root@pam", "resize: UPID:1")
    assert revisions.keep(web.id, seen(2, digest="4" * 40), Attribution(RevisionCause.OPERATION, "anna")) is not None
    assert revisions.get(web.id, 3).attribution.by == "anna"


def test_a_revision_never_changes_and_a_damaged_one_is_named() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    revisions.keep(web.id, seen(memory=2048))
    with pytest.raises(Exception, match="a revision never changes"):
        raw("UPDATE config_revision SET config = '{'")
    with pytest.raises(Exception, match="a revision is never deleted"):
        raw("DELETE FROM config_revision")
    drop_trigger("config_revision_unchanged", "config_revision")
    raw("UPDATE config_revision SET config = '{' WHERE revision = 2")
    with pytest.raises(StoreError, match=f"revision 2 of the config of container {web.id} cannot be read"):
        revisions.last(web.id)


def test_an_observation_keeps_the_config_and_tells_the_lists_what_differs() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adopted")
    config = seen(memory=2048, nameserver="9.9.9.9")
    records.observe(
        [StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, identity_seen_at=config.taken_at, config=config)]
    )
    assert len(kept(web.id)) == 2
    assert drifts.Drifts().known()[web.id].changed == {"memory", "nameserver"}


def test_the_config_of_a_guest_that_was_not_compared_is_refused() -> None:
    with pytest.raises(StoreError, match="not compared"):
        StatusUpdate(1, Status.RUNNING, Presence.PRESENT, config=seen())


def test_the_last_ones_of_many_are_those_of_each_and_a_damaged_one_hides_no_other() -> None:
    bare, before, changed, damaged = (a_container(vmid=vmid) for vmid in (101, 102, 103, 104))
    for one in (before, changed, damaged):
        clinical_records.add_revision(one.id, captured(), "adopted")
    for one in (changed, damaged):
        assert revisions.keep(one.id, seen(memory=2048)) is not None
    drop_trigger("config_revision_unchanged", "config_revision")
    raw(f"UPDATE config_revision SET config = '{{' WHERE revision = 2 AND container_id = {damaged.id}")
    found = revisions.last_of([bare.id, before.id, changed.id, damaged.id])
    assert found == {one.id: revisions.last(one.id) for one in (before, changed)}


def test_a_record_that_follows_another_one_has_its_revisions_before_its_own() -> None:
    lost = a_container(vmid=101)
    clinical_records.add_revision(lost.id, captured(), "adopted")
    revisions.keep(lost.id, seen(1, memory=2048))
    records.close(
        lost, reason=ClosedReason.VANISHED, actor="reconciler", action=EventAction.ANOMALOUS_ORPHAN, message="gone"
    )
    again = a_container(vmid=101, predecessor=lost.id)
    clinical_records.add_revision(again.id, captured(), "restored")
    assert [(one.number, one.container) for one in revisions.history(again.id)] == [
        (1, lost.id), (2, lost.id), (3, again.id),
    ]  # fmt: skip
    assert revisions.get(again.id, 2).config["memory"] == 2048
    revisions.keep(again.id, seen(2, "2" * 40, memory=4096))
    assert [one.number for one in revisions.timeline(again.id)] == [1, 2], "each record has its own"
    assert revisions.get(again.id, 4).config["memory"] == 4096
    assert [one.container for one in revisions.history(lost.id)] == [lost.id, lost.id]
