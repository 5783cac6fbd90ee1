"""Whether a record is of a guest that was ever adopted: by MAC or marker, by volume only where neither is marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.guards.provenance import check_kind_kept, check_ours, check_provenance
from proximity_tui.core.model import Kind, RefusalCode
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
