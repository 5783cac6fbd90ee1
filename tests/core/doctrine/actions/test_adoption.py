"""Point 4: informed adoption. It reads everything and changes nothing."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest, check_reattach, plan_adoption
from proximity_tui.core.model import (
    Container,
    Fingerprint,
    GuestDetail,
    GuestNotSeen,
    Kind,
    Plan,
    Presence,
    Refusal,
    Status,
)
from proximity_tui.core.model.actions.plan import AdoptionBound
from tests.support.records.make import MARKER, NOON, adopted, fingerprint, observation

GUEST = observation(vmid=201, fingerprint=fingerprint(marker=None))


def ask(
    seen: GuestDetail | GuestNotSeen = GUEST, wish: AdoptionRequest | None = None, **known: object
) -> Plan | Refusal:
    return plan_adoption(201, wish or AdoptionRequest(), seen, known.get("existing"), "db1", known.get("before"))  # type: ignore[arg-type]


def test_an_adoption_captures_then_records() -> None:
    answer = ask()
    assert isinstance(answer, Plan)
    assert [step.name for step in answer.steps] == ["capture", "record"]
    assert answer.digest == "d1"


def test_what_is_managed_already_is_refused_with_the_name_of_its_record() -> None:
    answer = ask(existing=adopted())
    assert isinstance(answer, Refusal)
    assert answer.code == "managed"
    assert "db1 (adopted, CT 201 on pve1)" in answer.reason


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"template": True}, "template"),
        ({"lock": "create"}, "locked"),
        ({"lock": "destroyed"}, "locked"),
        ({"config": None}, "no_clinical_record"),
    ],
)
def test_some_guests_cannot_be_adopted(change: dict[str, object], code: str) -> None:
    answer = ask(observation(vmid=201, **change))
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_a_guest_whose_config_cannot_be_read_is_adopted_only_by_consent_and_the_plan_says_what_is_lost() -> None:
    answer = ask(observation(vmid=201, config=None, fingerprint=None), AdoptionRequest(without_record=True))
    assert isinstance(answer, Plan)
    assert any("no clinical record" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("before", "now", "followed"),
    [
        (GUEST.fingerprint, GUEST.fingerprint, 7),
        (GUEST.fingerprint, fingerprint(hwaddrs=frozenset({"BC:24:11:00:00:99"}), rootfs="nas:9", marker=None), None),
        (None, GUEST.fingerprint, None),
        (GUEST.fingerprint, None, None),
        (None, None, None),
    ],
    ids=["the same", "another", "the old one was never read", "the new one cannot be read", "neither"],
)
def test_a_former_record_is_followed_only_where_both_are_known_to_be_the_same_guest(
    before: Fingerprint | None, now: Fingerprint | None, followed: int | None
) -> None:
    tombstone = adopted(id=7, fingerprint=before, closed_at=NOON, closed_reason="forgotten by choice")
    answer = ask(observation(vmid=201, fingerprint=now), before=tombstone)
    assert isinstance(answer, Plan)
    assert isinstance(answer.bound_to, AdoptionBound)
    assert answer.bound_to.predecessor == followed


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_must_be_a_port(port: int) -> None:
    answer = ask(wish=AdoptionRequest(port=port))
    assert isinstance(answer, Refusal)
    assert answer.code == "invalid"


def test_a_backup_lock_does_not_hinder_reading() -> None:
    answer = ask(observation(vmid=201, lock="backup"))
    assert isinstance(answer, Plan)
    assert "it is locked (backup)" in answer.warnings


def test_a_guest_that_is_not_there_is_not_found() -> None:
    answer = ask(GuestNotSeen("prod", 201, NOON, Presence.ABSENT, "a complete list does not have it"))
    assert isinstance(answer, Refusal)
    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("presence", "code"),
    [
        (Presence.UNKNOWN, "unknown_status"),
        (Presence.HIDDEN, "unknown_status"),
        (Presence.REPLACED, "not_a_container"),
    ],
)
def test_what_was_not_seen_is_not_called_missing(presence: Presence, code: str) -> None:
    answer = ask(GuestNotSeen("prod", 201, NOON, presence, "node pve3 is offline"))
    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert "node pve3 is offline" in answer.reason


def test_doubt_and_history_are_said_before_anybody_agrees() -> None:
    seen = observation(vmid=201, status=Status.UNKNOWN, fingerprint=fingerprint(marker=MARKER))
    answer = ask(seen, before=adopted(name="db-old", closed_at=NOON))
    assert isinstance(answer, Plan)
    said = " / ".join(answer.warnings)
    assert "neither running nor stopped" in said
    assert "our marker" in said
    assert "db-old" in said


TOMBSTONE = adopted(closed_at=NOON)


@pytest.mark.parametrize(
    ("tombstone", "existing", "lookup", "code"),
    [
        (adopted(), None, None, "managed"),
        (TOMBSTONE, adopted(id=2), None, "managed"),
        (adopted(closed_at=NOON, kind=Kind.UNKNOWN), None, None, "kind_unknown"),
        (TOMBSTONE, None, GuestNotSeen("prod", 201, NOON, Presence.HIDDEN, "hidden"), "unknown_status"),
        (TOMBSTONE, None, observation(vmid=201), "identity_unsure"),
    ],
    ids=["open", "its VMID is managed", "no kind", "not seen", "a stranger"],
)
def test_only_the_very_guest_of_a_closed_record_is_managed_again(
    tombstone: Container, existing: Container | None, lookup: GuestDetail | GuestNotSeen | None, code: str
) -> None:
    refused = check_reattach(tombstone, existing, lookup)
    assert refused is not None
    assert refused.code == code


def test_the_guest_of_a_closed_record_may_be_managed_again() -> None:
    seen = observation(vmid=201, fingerprint=TOMBSTONE.fingerprint)
    assert check_reattach(TOMBSTONE, None, seen) is None
