"""What was sent to Proxmox by an operation, and how that is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.actions.create.creation import CreatePlace, never_came_to_be, plan_create
from proximity_tui.core.doctrine.actions.deletion import ending_when_gone, is_destroyed
from proximity_tui.core.doctrine.actions.sent_requests import (
    evidence_of,
    interrupted_sentence,
    is_outlived,
    is_unanswered,
    may_have_removed,
    requests_sentence,
    silence_sentence,
    unanswered_destroy,
    volume_of,
    with_doubt,
    with_requests,
    without_requests,
)
from proximity_tui.core.engine.operations.recovery import progress_sentence
from proximity_tui.core.model import (
    Action,
    ClosedReason,
    CreateRequest,
    GuestLookup,
    GuestNotSeen,
    Kind,
    Operation,
    Plan,
    Presence,
    Quorum,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.model.actions.action import StepName
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.core.model.actions.step_record import STILL_UNANSWERED, Silence
from tests.support.records import make
from tests.support.records.make import MARKER, NOON, fingerprint, observation

GOOD = CreateRequest("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", "web2")
SENT = StepRecord(1, StepName.SHUTDOWN, "", StepOutcome.DONE, intent_at=NOON)
LOST = StepRecord(2, StepName.DESTROY, "", StepOutcome.INTENDED, intent_at=NOON)
FAILED_TASK = replace(LOST, outcome=StepOutcome.FAILED, task="UPID:pve1:destroy")
STARTED_AGAIN = replace(FAILED_TASK, name=StepName.STOP, detail={"exitstatus": "OK"})
"""A stop that was carried out, and after which the container ran again."""
BACKED_UP = replace(SENT, name=StepName.BACK_UP)
PROVED = StepRecord(2, StepName.PROVE_BACKUP, "", StepOutcome.DONE, detail={"volume": "nas:backup/1"})
WAITING = StepRecord(3, StepName.PROVE_ABSENT, "", StepOutcome.PENDING)


def plan() -> Plan:
    made = plan_create(GOOD, CreatePlace("prod", "pve1", "local-lvm", 120, Quorum(True)), MARKER)
    assert isinstance(made, Plan)
    return made


def operation(action: Action, *steps: StepRecord) -> Operation:
    return make.operation(plan(), action=action, vmid=101, name="web1", steps=steps)


@pytest.mark.parametrize(
    ("action", "steps", "told"),
    [
        (Action.HARD_DELETE, (WAITING,), "nothing was sent to Proxmox"),
        (Action.HARD_DELETE, (SENT, WAITING), "sent to Proxmox: shut down (done); nothing was destroyed"),
        (
            Action.HARD_DELETE,
            (SENT, LOST),
            "sent to Proxmox: shut down (done) and destroy (no answer is known: it may have been carried out)",
        ),
        (
            Action.HARD_DELETE,
            (SENT, STARTED_AGAIN),
            "sent to Proxmox: shut down (done) and stop (its task ended well); nothing was destroyed",
        ),
        (Action.SHUTDOWN, (SENT,), "sent to Proxmox: shut down (done)"),
        (Action.BACKUP, (BACKED_UP, PROVED), "sent to Proxmox: back up (done); its backup is nas:backup/1"),
    ],
)
def test_it_is_told_what_was_sent_and_whether_anything_was_destroyed(
    action: Action, steps: tuple[StepRecord, ...], told: str
) -> None:
    assert requests_sentence(operation(action, *steps)) == told


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((WAITING,), "no request is recorded"),
        ((SENT, WAITING), "sent to Proxmox: shut down (done); no destroy is recorded"),
    ],
)
def test_law_7_of_a_guest_that_is_gone_only_what_is_recorded_is_told(steps: tuple[StepRecord, ...], told: str) -> None:
    """Our own destroy may have been recorded in a database that is lost."""
    left = operation(Action.HARD_DELETE, *steps)
    assert requests_sentence(left, only_recorded=True) == told
    assert with_requests("it is gone", left, only_recorded=True) == f"it is gone; {told}"
    assert progress_sentence(left, only_recorded=True).endswith(f"; {told}")


LOST_END = {"exitstatus": None}
ASKED = replace(SENT, name=StepName.ASK, task="UPID:pve1:1", detail=LOST_END)
SEEN = StepRecord(2, StepName.AWAIT_STATUS, "", StepOutcome.DONE)
QUEUED = "UPID:pve1:0000A1B2:00C3D4E5:66F7A8B9:hastop:101:proximity@pve!tui:"
LEFT_TO_HA = replace(ASKED, task=QUEUED, detail={"exitstatus": "OK"})
HA_SHUTDOWN = replace(LEFT_TO_HA, name=StepName.SHUTDOWN)
STOPPED = StepRecord(2, StepName.STOP, "", StepOutcome.DONE)
UNHEARD = replace(SENT, detail={"exitstatus": "received interrupt", "why": "it did not shut down in 60 s"})


@pytest.mark.parametrize(
    ("action", "steps", "told"),
    [
        (Action.START, (ASKED,), "start (the end of its task is not known)"),
        (Action.START, (replace(ASKED, detail={"exitstatus": "unexpected status"}),), "start (the end of its task is"),
        (Action.START, (replace(ASKED, detail={"exitstatus": "WARNINGS: 1"}),), "start (done)"),
        (Action.START, (ASKED, SEEN), "start (done)"),
        (Action.START, (ASKED, replace(SEEN, outcome=StepOutcome.PENDING)), "start (the end of its task is not known)"),
        (Action.BACKUP, (replace(BACKED_UP, detail=LOST_END),), "back up (the end of its task is not known)"),
        (Action.BACKUP, (replace(BACKED_UP, detail=LOST_END), PROVED), "back up (done); its backup is nas:backup/1"),
        (Action.HARD_DELETE, (replace(SENT, detail=LOST_END),), "shut down (the end of its task is not known)"),
        (Action.HARD_DELETE, (replace(SENT, name=StepName.STOP, detail=LOST_END),), "stop (done)"),
        (Action.HARD_DELETE, (UNHEARD,), "shut down (it did not shut down in 60 s)"),
        (Action.STOP, (LEFT_TO_HA, replace(SEEN, outcome=StepOutcome.PENDING)), "stop (HA took the request)"),
        (Action.STOP, (LEFT_TO_HA, SEEN), "stop (done)"),
        (Action.HARD_DELETE, (HA_SHUTDOWN, replace(STOPPED, outcome=StepOutcome.FAILED)), "shut down (HA took the"),
        (Action.HARD_DELETE, (HA_SHUTDOWN, STOPPED), "shut down (done)"),
        (Action.HARD_DELETE, (HA_SHUTDOWN, replace(STOPPED, outcome=StepOutcome.SKIPPED)), "shut down (done)"),
    ],
)
def test_law_7_of_a_step_whose_end_is_not_known_it_is_told_what_is_known(
    action: Action, steps: tuple[StepRecord, ...], told: str
) -> None:
    """Its task may have been rotated away. What was seen afterwards is known."""
    assert f"sent to Proxmox: {told}" in requests_sentence(operation(action, *steps))


def test_a_destroy_whose_end_is_not_known_proves_nothing() -> None:
    ended = replace(LOST, outcome=StepOutcome.DONE, task="UPID:pve1:1", detail={"exitstatus": "OK"})
    assert is_destroyed(operation(Action.HARD_DELETE, ended))
    assert not is_destroyed(operation(Action.HARD_DELETE, replace(ended, detail=LOST_END)))


def test_only_what_was_sent_and_left_neither_answer_nor_task_is_unanswered() -> None:
    assert is_unanswered(LOST)
    assert is_unanswered(ASKED_BEFORE), "a later attempt failed before it sent anything"
    assert not is_unanswered(replace(LOST, task="UPID:pve1:1"))
    assert not is_unanswered(replace(LOST, outcome=StepOutcome.FAILED))
    assert not is_unanswered(SENT)


STARTED = replace(LOST, task="UPID:pve1:1")
ASKED_BEFORE = replace(LOST, outcome=StepOutcome.FAILED, detail={STILL_UNANSWERED: True})


@pytest.mark.parametrize(
    ("step", "may_have_run"),
    [
        (WAITING, False),
        (SENT, False),
        (replace(LOST, outcome=StepOutcome.FAILED), False),
        (replace(LOST, outcome=StepOutcome.SKIPPED), False),
        (LOST, True),
        (STARTED, True),
        (ASKED_BEFORE, True),
    ],
)
def test_law_5_only_a_request_with_a_known_end_is_told_as_not_carried_out(step: StepRecord, may_have_run: bool) -> None:
    """Every sentence about an operation without an end names it: nobody may read that nothing was done."""
    interrupted = operation(Action.HARD_DELETE, step)
    assert ("may have been carried out" in with_doubt("interrupted", interrupted)) is may_have_run
    assert ("may have been carried out" in requests_sentence(interrupted)) is may_have_run
    assert ("may have been carried out" in progress_sentence(interrupted)) is may_have_run
    assert not (interrupted.nothing_ran and may_have_run)


@pytest.mark.parametrize(
    ("lookup", "proved"),
    [
        (GuestNotSeen("prod", 120, NOON, Presence.ABSENT, "free"), True),
        (GuestNotSeen("prod", 120, NOON, Presence.HIDDEN, "not shown to our token"), False),
        (GuestNotSeen("prod", 120, NOON, Presence.UNKNOWN, "no quorum"), False),
        (observation(vmid=120, fingerprint=fingerprint(marker="f" * 32)), True),
        (observation(vmid=120), False),
        (observation(vmid=120, fingerprint=None), False),
        (observation(vmid=120, fingerprint=fingerprint(marker="f" * 32), lock="create"), False),
        (observation(vmid=120, fingerprint=fingerprint(marker=None, rootfs=None)), False),
    ],
    ids=["free", "hidden", "unknown", "a stranger", "ours", "unreadable", "being made", "remains"],
)
def test_law_2_what_was_to_be_created_is_known_to_be_missing_only_by_proof(lookup: GuestLookup, proved: bool) -> None:
    assert never_came_to_be(plan(), lookup) is proved
    promised = RestoreOptions("nas:backup/1", "local-lvm", Kind.NATIVE, True, fingerprint=fingerprint())
    assert never_came_to_be(replace(plan(), options=promised), lookup) is proved


def test_a_reason_names_what_was_sent_unless_it_is_about_that_alone() -> None:
    reason = "no answer"
    refused = replace(LOST, outcome=StepOutcome.FAILED)
    assert with_requests(reason, operation(Action.HARD_DELETE, refused)) == reason
    assert with_requests(reason, operation(Action.HARD_DELETE, LOST), names_request=True) == reason
    doubted = operation(Action.HARD_DELETE, LOST)
    assert with_requests(reason, doubted).endswith("it may have been carried out)")
    assert with_requests(reason, operation(Action.SHUTDOWN, SENT)) == "no answer; sent to Proxmox: shut down (done)"
    for told in (with_requests(reason, doubted), with_doubt(reason, doubted)):
        assert without_requests(told) == reason
    stuck = operation(Action.HARD_DELETE, replace(SENT, outcome=StepOutcome.INTENDED))
    assert with_requests(reason, stuck).endswith("; nothing was destroyed")


@pytest.mark.parametrize(
    "told",
    [
        "; sent to Proxmox: shutdown (done) and destroy (no answer is known); nothing was destroyed",
        "; sent to Proxmox: back_up (done); its backup is nas:backup/1; nothing was destroyed",
        "; nothing was sent to Proxmox",
        "; no request is recorded",
        "; its request to prove_absent was sent: it may have been carried out",
        "; its shutdown was sent: it may have been carried out",
        "; its back_up was sent and its shutdown was sent: it may have been carried out",
        "; the request of an unknown step was sent: it may have been carried out",
        "",
    ],
)
def test_the_requests_are_also_cut_off_in_the_words_of_an_older_version(told: str) -> None:
    assert without_requests(f"no answer; sent twice{told}") == "no answer; sent twice"


def test_a_step_that_this_version_does_not_know_is_told_as_that() -> None:
    unknown = operation(Action.HARD_DELETE, replace(LOST, name=StepName.UNREADABLE))
    assert with_doubt("", unknown).startswith("; the request of an unknown step was sent: it may ")


@pytest.mark.parametrize(
    ("action", "steps", "reason"),
    [
        (
            Action.HARD_DELETE,
            (replace(SENT, task="UPID:pve1:shutdown"), replace(LOST, outcome=StepOutcome.PENDING, intent_at=None)),
            None,
        ),
        (Action.HARD_DELETE, (SENT, LOST), ClosedReason.GONE),
        (Action.HARD_DELETE, (SENT, ASKED_BEFORE), ClosedReason.GONE),
        (Action.HARD_DELETE, (SENT, replace(LOST, task="UPID:pve1:destroy")), ClosedReason.DESTROYED),
        (Action.SOFT_DELETE, (SENT, replace(LOST, task="UPID:pve1:destroy")), None),
    ],
)
def test_who_is_gone_was_destroyed_by_us_only_where_our_destroy_has_a_task(
    action: Action, steps: tuple[StepRecord, ...], reason: ClosedReason | None
) -> None:
    """Neither a shutdown that was sent nor a destroy that was not explains why a guest is gone."""
    assert ending_when_gone(operation(action, *steps)) is reason


@pytest.mark.parametrize(
    ("action", "destroy", "explained"),
    [
        (Action.HARD_DELETE, LOST, True),
        (Action.HARD_DELETE, ASKED_BEFORE, True),
        (Action.HARD_DELETE, replace(LOST, outcome=StepOutcome.DONE), True),
        (Action.HARD_DELETE, replace(LOST, outcome=StepOutcome.SKIPPED), True),
        (Action.HARD_DELETE, WAITING, True),
        (Action.HARD_DELETE, replace(LOST, outcome=StepOutcome.PENDING, intent_at=None), False),
        (Action.HARD_DELETE, replace(LOST, outcome=StepOutcome.SKIPPED, intent_at=None), False),
        (Action.HARD_DELETE, replace(LOST, outcome=StepOutcome.FAILED), False),
        (Action.HARD_DELETE, replace(FAILED_TASK, detail={"error": "rbd error: image is busy"}), True),
        (Action.HARD_DELETE, replace(FAILED_TASK, detail={"error": "CT is locked (backup)"}), False),
        (Action.SHUTDOWN, SENT, False),
    ],
)
def test_who_is_gone_was_removed_by_somebody_else_where_our_destroy_had_no_effect(
    action: Action, destroy: StepRecord, explained: bool
) -> None:
    """A task that failed half way may have done it; one that Proxmox refused did nothing."""
    assert may_have_removed(operation(action, SENT, destroy)) is explained


def test_a_destroy_explains_nothing_where_the_guest_was_seen_alive_long_after_it() -> None:
    destroyed = operation(Action.HARD_DELETE, replace(LOST, intent_at=NOON))
    assert not is_outlived(destroyed, None)
    assert not is_outlived(destroyed, NOON + timedelta(hours=23))
    assert is_outlived(destroyed, NOON + timedelta(hours=25))
    assert not is_outlived(operation(Action.HARD_DELETE, replace(WAITING, intent_at=None)), NOON + timedelta(days=9))


def test_an_interrupted_operation_is_told_with_its_step_and_what_is_in_doubt() -> None:
    told = interrupted_sentence(operation(Action.HARD_DELETE, SENT, LOST, WAITING))
    assert told.startswith("hard-delete of web1 was interrupted at step 2/3; ")
    assert told.endswith("; its request to destroy was sent: it may have been carried out")


def test_a_silent_task_is_told_with_since_when_why_and_what_comes_of_it() -> None:
    assert silence_sentence(Silence(NOON, "no answer")) == (
        "nothing is heard of its task since 12:00:00 UTC: no answer; after a minute without an answer the operation is"
        " interrupted, and can be resumed"
    )


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (LOST, "destroy (no answer is known: it may have been carried out)"),
        (
            replace(LOST, task="UPID:pve1:destroy"),
            "destroy (task UPID:pve1:destroy, its end is not known: it may have been carried out)",
        ),
    ],
)
def test_a_request_without_an_end_is_told_with_its_task_where_one_is_known(step: StepRecord, told: str) -> None:
    assert requests_sentence(operation(Action.HARD_DELETE, step)) == f"sent to Proxmox: {told}"


@pytest.mark.parametrize(
    ("step", "volume"),
    [
        (PROVED, "nas:backup/1"),
        (replace(PROVED, outcome=StepOutcome.FAILED), None),
        (replace(PROVED, name=StepName.BACK_UP), None),
        (replace(PROVED, detail={}), None),
    ],
    ids=["verified", "not verified", "only made", "not named"],
)
def test_a_backup_is_named_only_once_it_was_verified(step: StepRecord, volume: str | None) -> None:
    deleted = operation(Action.HARD_DELETE, SENT, step)
    assert volume_of(deleted) == volume
    assert evidence_of(deleted, 101).get("backup") == volume


def test_the_evidence_of_a_hard_delete_has_its_tasks_and_what_it_destroyed() -> None:
    deleted = operation(Action.HARD_DELETE, SENT, FAILED_TASK)
    assert evidence_of(deleted, None) == {
        "operation": 1,
        "tasks": {StepName.DESTROY: "UPID:pve1:destroy"},
        "deletion_type": "hard",
        "vmid_destroyed": None,
    }


def test_a_second_destroy_is_sent_only_by_a_command_that_names_the_container() -> None:
    told = unanswered_destroy(operation(Action.HARD_DELETE, LOST), LOST, "pve1")
    assert told == (
        "the destroy sent at 2026-11-23 12:00:00 UTC has no answer, no task of it is found on pve1, and CT 101 is still"
        " there: only `proximity-tui operations resume 1 --destroy-again --confirm web1` sends a second one"
    )
    earlier = unanswered_destroy(operation(Action.HARD_DELETE, LOST), replace(LOST, intent_at=None), "pve1")
    assert earlier.startswith("the destroy sent in an earlier attempt has no answer")
