"""The one key to DELETE: minted from a native record and a fingerprint read just now, spent once."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.guards.permit import DestroyPermit, PermitError, mint
from proximity_tui.core.model import Container, Kind, Provenance, Refusal, Status
from tests.support.records.make import NOON, PRINT, PROVENANCE, adopted, after, container, fingerprint, observation

STOPPED = observation(status=Status.STOPPED)


def test_a_native_record_and_a_matching_stopped_guest_get_a_permit_for_exactly_that_guest() -> None:
    permit = mint(container(), STOPPED, NOON, provenance=PROVENANCE, purge=False)
    assert isinstance(permit, DestroyPermit)
    assert (permit.cluster, permit.node, permit.vmid, permit.purge) == ("prod", "pve1", 101, False)


def test_a_permit_opens_once() -> None:
    permit = mint(container(), STOPPED, NOON, provenance=PROVENANCE, purge=False)
    assert isinstance(permit, DestroyPermit)
    permit.spend("prod", NOON)
    with pytest.raises(PermitError, match="already used"):
        permit.spend("prod", NOON)


@pytest.mark.parametrize("seconds", [-1, 11])
def test_a_permit_whose_evidence_is_not_fresh_does_not_open(seconds: float) -> None:
    permit = mint(container(), STOPPED, NOON, provenance=PROVENANCE, purge=False)
    assert isinstance(permit, DestroyPermit)
    with pytest.raises(PermitError, match="expired"):
        permit.spend("prod", after(seconds))


def test_nobody_makes_a_permit_by_hand() -> None:
    with pytest.raises(PermitError):
        DestroyPermit(object(), "prod", "pve1", 101, False, NOON)


@pytest.mark.parametrize(
    ("record", "seen", "code"),
    [
        (adopted(vmid=101), STOPPED, "adopted"),
        (container(kind=Kind.UNKNOWN), STOPPED, "kind_unknown"),
        (container(vmid=102), STOPPED, "replaced"),
        (container(cluster="lab"), STOPPED, "replaced"),
        (container(), observation(), "changed"),
        (container(), observation(status=Status.UNKNOWN), "unknown_status"),
        (container(), observation(status=Status.STOPPED, fingerprint=fingerprint(marker="f" * 32)), "replaced"),
        (container(), observation(status=Status.STOPPED, fingerprint=None), "identity_unsure"),
        (container(fingerprint=None), STOPPED, "identity_unsure"),
    ],
)
def test_everything_else_is_refused(record: Container, seen: object, code: str) -> None:
    answer = mint(record, seen, NOON, provenance=PROVENANCE, purge=False)  # type: ignore[arg-type]
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_an_old_look_mints_nothing() -> None:
    assert isinstance(mint(container(), STOPPED, after(11), provenance=PROVENANCE, purge=False), Refusal)


def test_a_typed_vmid_lifts_doubt_but_never_adoption_or_difference() -> None:
    doubtful = observation(status=Status.STOPPED, fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"})))
    stranger = observation(status=Status.STOPPED, fingerprint=fingerprint(marker="f" * 32))
    assert isinstance(
        mint(container(), doubtful, NOON, provenance=PROVENANCE, purge=False, unsure_confirmed=True), DestroyPermit
    )
    assert isinstance(
        mint(adopted(vmid=101), STOPPED, NOON, provenance=PROVENANCE, purge=False, unsure_confirmed=True), Refusal
    )
    assert isinstance(
        mint(container(), stranger, NOON, provenance=PROVENANCE, purge=False, unsure_confirmed=True), Refusal
    )


@pytest.mark.parametrize(
    ("provenance", "code"),
    [
        (Provenance(1, "its VMID is 101, and event 4 says 205"), "record_altered"),
        (Provenance(2, None), "record_altered"),
        (Provenance(1, None, ((205, fingerprint(marker=None, rootfs="local:2")),)), "adopted"),
        (Provenance(1, None, ((205, fingerprint(hwaddrs=frozenset(), rootfs="local:2")),)), "adopted"),
    ],
)
def test_a_record_that_the_trail_does_not_vouch_for_gets_none(provenance: Provenance, code: str) -> None:
    answer = mint(container(), STOPPED, NOON, provenance=provenance, purge=False, unsure_confirmed=True)
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_the_volume_of_a_former_guest_of_that_vmid_is_no_evidence() -> None:
    former = fingerprint(marker=None, hwaddrs=frozenset({"BC:24:11:00:00:99"}), rootfs=PRINT.rootfs)
    provenance = Provenance(1, None, ((101, former),))
    assert isinstance(mint(container(), STOPPED, NOON, provenance=provenance, purge=False), DestroyPermit)
