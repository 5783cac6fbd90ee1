"""The guards in every action's way, one by one."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import (
    check_free,
    check_identity,
    check_native,
    check_open,
    check_quorum,
    check_ready,
    check_visible,
)
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS
from proximity_tui.core.model import Gap, Kind, Lock, Quorum, RefusalCode, Unread
from tests.support.records.make import NOON, adopted, container, observation


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (container(), None),
        (adopted(), RefusalCode.ADOPTED),
        (container(kind=Kind.UNKNOWN), RefusalCode.KIND_UNKNOWN),
    ],
    ids=["native", "adopted", "unknown"],
)
def test_only_what_is_known_to_be_native_may_be_destroyed(record: object, code: RefusalCode | None) -> None:
    refused = check_native(record)  # type: ignore[arg-type]
    assert (refused and refused.code) == code


def test_a_closed_record_is_refused_by_its_name_and_an_open_one_is_not() -> None:
    assert check_open(container()) is None
    refused = check_open(container(closed_at=NOON, closed_reason="vanished"))
    assert refused is not None
    assert refused.code is RefusalCode.CLOSED
    assert refused.reason.startswith(f"{container().label} is not managed any more: ")


def test_a_record_that_is_held_or_closed_is_refused_in_the_words_that_every_other_guard_has() -> None:
    assert check_free(container()) is None
    held, closed = container(operation=7), container(closed_at=NOON, closed_reason="vanished")
    assert check_free(held) == refusals.busy(held, "operation 7 holds it")
    assert check_free(closed) == refusals.not_managed(closed)


@pytest.mark.parametrize(
    ("quorum", "reason"),
    [
        (Quorum(True), None),
        (Quorum(True, apart=frozenset({"pve9"})), None),
        (Quorum(True, apart=frozenset({"pve1"})), "the cluster has a quorum without node pve1"),
        (Quorum(False), "the cluster has no quorum: wait for the other nodes"),
        (Quorum(None, reason="the quorum could not be read: timeout"), "the quorum could not be read: timeout"),
        (Quorum(None), "it is not known whether the cluster is quorate: our token may not see it"),
    ],
    ids=["quorate", "without another", "without its node", "inquorate", "unread", "unseen"],
)
def test_a_quorum_that_is_not_seen_is_refused_with_why_it_is_not(quorum: Quorum, reason: str | None) -> None:
    refused = check_quorum(observation(quorum=quorum))
    assert (refused is None) is (reason is None)
    if refused is not None and reason is not None:
        assert refused.code is RefusalCode.NO_QUORUM
        assert refused.reason.startswith(reason)


def test_nothing_is_changed_on_a_node_outside_the_quorum() -> None:
    """Its config cannot be written: a disk that is grown there has another size than the config says."""
    assert check_ready(container(), observation(quorum=Quorum(True, apart=frozenset({"pve9"})))) is None
    assert check_ready(container(), observation(quorum=Quorum(None))) is None
    refused = check_ready(container(), observation(quorum=Quorum(True, apart=frozenset({"pve1"}))))
    assert refused is not None
    assert refused.code is RefusalCode.NO_QUORUM


@pytest.mark.parametrize("lock", sorted(UNSETTLED_LOCKS))
def test_while_proxmox_makes_or_removes_a_guest_nobody_is_asked_for_its_vmid(lock: Lock) -> None:
    """Its config is not that of a whole guest then, and a typed VMID would be refused for the lock."""
    refused = check_identity(container(), observation(lock=lock))
    assert refused is not None
    assert refused.code is RefusalCode.IDENTITY_UNSURE
    assert refused.reason.endswith("wait until the lock is gone")


def test_what_our_token_may_not_see_for_certain_is_refused_as_unread() -> None:
    assert check_visible(observation()) is None
    refused = check_visible(observation(gaps=(Gap(Unread.PERMISSIONS, "timed out"),)))
    assert refused is not None
    assert (refused.code, refused.unread) == (RefusalCode.DENIED, True)
    assert refused.reason == "what our token may see of CT 101 is not certain: permissions: timed out"
