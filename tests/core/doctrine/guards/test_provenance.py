"""Whether a record is of a guest that was ever adopted: by MAC or marker, by volume only where neither is marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.guards.provenance import check_kind_kept, check_ours, check_provenance
from proximity_tui.core.model import Fingerprint, Kind, Provenance, RefusalCode
from tests.support.records.make import PROVENANCE, container, fingerprint

OTHER_MAC = frozenset({"BC:24:11:00:00:99"})


@pytest.mark.parametrize(
    ("ours", "theirs", "refused"),
    [
        (fingerprint(), fingerprint(marker="e" * 32), True),
        (fingerprint(), fingerprint(hwaddrs=OTHER_MAC), True),
        (fingerprint(), fingerprint(hwaddrs=OTHER_MAC, marker="e" * 32), False),
        (fingerprint(marker=None), fingerprint(hwaddrs=OTHER_MAC, marker=None), True),
        (fingerprint(marker=None), fingerprint(hwaddrs=OTHER_MAC, marker=None, rootfs="local:vm-9-disk-0"), False),
        (fingerprint(marker=None), fingerprint(hwaddrs=OTHER_MAC, marker="e" * 32), False),
        (fingerprint(), fingerprint(hwaddrs=OTHER_MAC, marker=None), False),
    ],
    ids=[
        "same MAC",
        "same marker",
        "same volume, both marked",
        "same volume, no marker",
        "nothing in common",
        "only theirs is marked",
        "only ours is marked",
    ],
)
def test_what_was_ever_adopted_is_not_ours_to_destroy(ours: object, theirs: object, refused: bool) -> None:
    record = container(fingerprint=ours)
    answer = check_ours(record, replace(PROVENANCE, adopted=((record.vmid, theirs),)))  # type: ignore[arg-type]
    assert (answer is not None and answer.code is RefusalCode.ADOPTED) is refused


def test_what_was_ever_adopted_comes_back_as_adopted_alone():
    provenance = replace(PROVENANCE, adopted=((101, fingerprint()),))
    refused = check_kind_kept(container(), provenance)
    assert refused is not None
    assert refused.code is RefusalCode.ADOPTED
    assert check_kind_kept(container(kind=Kind.ADOPTED), provenance) is None
    assert check_kind_kept(container(), PROVENANCE) is None


def test_what_was_adopted_there_unread_counts_as_the_same_guest() -> None:
    provenance = replace(PROVENANCE, adopted_unread=True)
    for refused in (check_ours(container(), provenance), check_kind_kept(container(), provenance)):
        assert refused is not None
        assert refused.code is RefusalCode.ADOPTED


def test_law_1_what_the_audit_trail_does_not_confirm_is_managed_again_as_nothing() -> None:
    altered = replace(PROVENANCE, disagreement="its kind was native")
    refused = check_kind_kept(container(kind=Kind.ADOPTED), altered)
    assert refused == check_provenance(container(kind=Kind.ADOPTED), altered)
    assert refused is not None


UNMARKED = fingerprint(hwaddrs=OTHER_MAC, marker=None)


@pytest.mark.parametrize(
    ("ours", "vmid", "refused"),
    [
        (fingerprint(marker=None), 101, True),
        (fingerprint(marker=None), 102, False),
        (fingerprint(marker=None, rootfs=None), 101, False),
        (None, 101, False),
    ],
    ids=["at its VMID", "at another VMID", "without a root volume", "never read"],
)
def test_a_root_volume_counts_only_at_the_same_vmid_as_it_is_named_after_that(
    ours: Fingerprint | None, vmid: int, refused: bool
) -> None:
    theirs = replace(UNMARKED, rootfs=ours.rootfs) if ours is not None else UNMARKED
    answer = check_ours(container(fingerprint=ours), replace(PROVENANCE, adopted=((vmid, theirs),)))
    assert (answer is not None) is refused


def test_the_refusal_says_whether_it_is_known_to_be_the_guest_that_was_adopted() -> None:
    known = check_ours(container(), replace(PROVENANCE, adopted=((101, fingerprint()),)))
    unread = check_ours(container(), replace(PROVENANCE, adopted_unread=True))
    assert known is not None
    assert known.reason.startswith("the guest of web1 was adopted once: ")
    assert unread is not None
    assert unread.reason.startswith("a guest that may be web1 was adopted at CT 101 without its config: ")


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        (PROVENANCE, None),
        (replace(PROVENANCE, container=2), "what the audit trail says is not about web1"),
        (replace(PROVENANCE, disagreement="its VMID was 102"), "changed outside the audit trail: its VMID was 102"),
    ],
)
def test_nothing_is_done_with_a_record_that_the_audit_trail_does_not_confirm(
    provenance: Provenance, said: str | None
) -> None:
    refused = check_provenance(container(), provenance)
    assert refused is None if said is None else said in getattr(refused, "reason", "")
