"""Point 1: adoption-aware deletion. An adopted container is forgotten; a native one may be destroyed, with care."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions, check_confirmation, plan_delete
from proximity_tui.core.doctrine.actions.plan_validity import check_as_shown, check_config_and_node, check_deletion
from proximity_tui.core.doctrine.guards.checks import check_same_name
from proximity_tui.core.model import (
    Gap,
    GuestNotSeen,
    Kind,
    Match,
    Plan,
    PortMapping,
    Presence,
    Quorum,
    Refusal,
    RefusalCode,
    State,
    Status,
    Unread,
)
from proximity_tui.core.model.actions.plan import DestroyBound, GuestBound
from proximity_tui.core.model.actions.plan_options import DestroyOptions
from tests.support.records.make import NOON, adopted, container, fingerprint, observation


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


def plan(answer: object) -> Plan:
    assert isinstance(answer, Plan), answer
    return answer


def test_a_soft_delete_closes_the_record_and_asks_proxmox_for_nothing() -> None:
    soft = plan(plan_delete(adopted(ports=(PortMapping(8101, 80),)), Choice.SOFT))
    assert [step.name for step in soft.steps] == ["release"]
    assert "frees port 8101" in soft.summary
    assert "CT 201 is not touched" in soft.summary


@pytest.mark.parametrize("kind", [Kind.NATIVE, Kind.ADOPTED, Kind.UNKNOWN])
def test_any_record_may_be_forgotten(kind: Kind) -> None:
    assert plan(plan_delete(container(kind=kind), Choice.SOFT))


def test_a_hard_delete_of_a_running_native_container_has_five_steps_in_this_order() -> None:
    hard = plan(plan_delete(container(), Choice.HARD, observation()))
    assert [step.name for step in hard.steps] == ["shutdown", "stop", "destroy", "prove_absent", "release"]


def test_a_plan_is_bound_to_what_it_was_made_from() -> None:
    hard = plan(plan_delete(container(), Choice.HARD, observation()))
    assert isinstance(hard.bound_to, DestroyBound)
    assert (hard.digest, hard.bound_to.status, hard.bound_to.identity) == ("d1", Status.RUNNING, Match.SAME)
    assert check_config_and_node(hard, observation()) is None
    assert refusal(check_config_and_node(hard, observation(digest="d2"))).code == "changed"
    assert refusal(check_config_and_node(hard, observation(node="pve2"))).code == "changed"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (adopted(vmid=101), "adopted"),
        (container(kind=Kind.UNKNOWN), "kind_unknown"),
        (container(operation=7, state=State.REMOVING), "busy"),
        (container(closed_at=NOON), "closed"),
    ],
)
def test_a_record_that_may_not_be_destroyed_says_why(record: object, code: str) -> None:
    assert refusal(plan_delete(record, Choice.HARD, observation())).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fingerprint": fingerprint(marker="f" * 32)}, "replaced"),
        ({"fingerprint": fingerprint(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"}))}, "identity_unsure"),
        ({"fingerprint": None, "config": None}, "identity_unsure"),
        ({"quorum": Quorum(quorate=False)}, "no_quorum"),
        ({"quorum": Quorum(quorate=None)}, "no_quorum"),
        ({"status": Status.UNKNOWN}, "unknown_status"),
        ({"template": True}, "template"),
        ({"protection": True}, "protected"),
        ({"protection": None}, "identity_unsure"),
        ({"lock": "backup"}, "locked"),
        ({"lock": "destroyed"}, "identity_unsure"),
        ({"ha_state": "started"}, "ha_managed"),
        ({"ha_known": False}, "ha_managed"),
        ({"replicated": True}, "replicated"),
        ({"replicated": None}, "replicated"),
        ({"busy_tasks": ("UPID:pve1:vzdump",)}, "busy"),
        ({"gaps": (Gap(Unread.TASKS, "403"),)}, "busy"),
    ],
)
def test_a_guest_that_may_not_be_destroyed_now_says_why(change: dict[str, object], code: str) -> None:
    seen = observation(**change)
    assert refusal(plan_delete(container(), Choice.HARD, seen)).code == code
    assert refusal(check_deletion(container(), seen, HardOptions())).code == code


def test_a_standalone_host_has_no_quorum_to_lose() -> None:
    assert plan(plan_delete(container(), Choice.HARD, observation(quorum=Quorum(quorate=None, standalone=True))))


def test_purge_is_what_lifts_ha_and_replication_and_says_what_goes_with_it() -> None:
    seen = observation(ha_state="started", replicated=True)
    hard = plan(plan_delete(container(), Choice.HARD, seen, HardOptions(purge=True)))
    assert hard.carries(DestroyOptions).purge is True
    assert "replication" in hard.warnings[0]


def test_a_doubtful_identity_needs_a_person_who_typed_the_vmid_and_a_different_one_is_never_lifted() -> None:
    confirmed = HardOptions(unsure_confirmed=True)
    doubtful = observation(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"})))
    stranger = observation(fingerprint=fingerprint(marker="f" * 32))
    assert plan(plan_delete(container(), Choice.HARD, doubtful, confirmed))
    assert refusal(plan_delete(container(), Choice.HARD, stranger, confirmed)).code == "replaced"


def test_nothing_is_destroyed_without_a_look() -> None:
    assert refusal(plan_delete(container(), Choice.HARD)).code == "unknown_status"


@pytest.mark.parametrize("presence", [Presence.HIDDEN, Presence.UNKNOWN, Presence.REPLACED])
def test_a_guest_that_is_not_seen_is_not_destroyed(presence: Presence) -> None:
    missing = GuestNotSeen("prod", 101, NOON, presence, "it could not be seen")
    answer = refusal(plan_delete(container(), Choice.HARD, missing))
    assert answer.code in ("replaced", "unknown_status")
    assert "it could not be seen" in answer.reason


def test_a_guest_that_is_proved_absent_needs_no_destroy_but_a_second_proof() -> None:
    missing = GuestNotSeen("prod", 101, NOON, Presence.ABSENT, "a complete list does not have it")
    hard = plan(plan_delete(container(), Choice.HARD, missing))
    assert [step.name for step in hard.steps] == ["prove_absent", "release"]


def test_a_record_that_never_had_a_vmid_is_only_closed() -> None:
    hard = plan(plan_delete(container(vmid=None), Choice.HARD))
    assert [step.name for step in hard.steps] == ["release"]


@pytest.mark.parametrize("typed", [None, "", "web", "WEB1", "web1 "])
def test_only_the_exact_name_confirms(typed: str | None) -> None:
    assert refusal(check_confirmation(container(), typed)).code == "confirmation"
    assert check_confirmation(container(), "web1") is None


def test_a_guest_that_has_another_name_by_now_is_not_deleted_by_the_old_one() -> None:
    renamed = observation(fingerprint=fingerprint(hostname="web9"))
    refused = refusal(check_same_name(container(), renamed))
    assert refused.code == RefusalCode.RENAMED
    # A roll back is refused so, too, and a delete that has shut its container down.
    assert "delete" not in refused.reason
    assert "nothing" not in refused.reason
    for seen in (observation(), observation(fingerprint=None)):
        assert check_same_name(container(), seen) is None


def test_a_guest_is_adopted_while_its_config_is_the_one_that_was_shown() -> None:
    bound = GuestBound(1, Status.RUNNING, "pve1", "one", fingerprint())
    shown = replace(plan(plan_delete(adopted(), Choice.SOFT)), bound_to=bound)
    assert check_as_shown(shown, observation(), "one") is None
    assert refusal(check_as_shown(shown, observation(), "two")).code == RefusalCode.CHANGED
