"""A refusal has one text: whoever gives the same one takes it from `refusals`."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import proximity_tui
from proximity_tui.core.doctrine.guards import checks, permit, refusals, write_permit
from proximity_tui.core.model import ClosedReason, Gap, Kind, Refusal, Status, Unread, Vacancy
from tests.support.records.make import NOON, PROVENANCE, QUORATE, after, container, fingerprint, observation

PACKAGE = Path(proximity_tui.__file__).parent


def test_no_sentence_of_a_refusal_stands_at_two_places() -> None:
    said = Counter(sentences())
    assert len(said) > 60, "the refusals are found"
    assert [sentence for sentence, places in said.items() if places > 1 and any(map(str.isalpha, sentence))] == []


def test_the_permit_and_the_plan_refuse_in_the_same_words() -> None:
    ours = container(kind=Kind.NATIVE, fingerprint=fingerprint())
    stranger = observation(status=Status.STOPPED, fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"})))
    minted = permit.mint(ours, stranger, NOON, provenance=PROVENANCE, purge=False)
    assert isinstance(minted, Refusal)
    assert minted == checks.check_identity(ours, stranger)
    adopted = container(kind=Kind.ADOPTED)
    assert permit.mint(adopted, stranger, NOON, provenance=PROVENANCE, purge=False) == checks.check_native(adopted)


def test_both_permits_refuse_what_was_not_read_just_now_in_the_same_words() -> None:
    ours = container(kind=Kind.NATIVE, fingerprint=fingerprint())
    seen = observation(status=Status.STOPPED, fingerprint=fingerprint())
    destroy = permit.mint(ours, seen, after(11), provenance=PROVENANCE, purge=False)
    stop = write_permit.permit_write(write_permit.WriteAction.STOP, ours, seen, after(11), provenance=PROVENANCE)
    assert isinstance(destroy, Refusal)
    assert destroy == stop


def test_a_vmid_that_was_taken_is_told_alike_by_the_plan_and_by_the_permit() -> None:
    taken = write_permit.permit_create(Vacancy("prod", "pve1", 105, NOON, free=False, quorum=QUORATE), NOON)
    assert isinstance(taken, Refusal)
    assert taken.reason == "VMID 105 was taken since the plan was made: make the plan again"


def sentences() -> Iterator[str]:
    """Every sentence that is written out where a refusal is made, with `{}` where something is filled in."""
    for source in (module.read_text(encoding="utf-8") for module in sorted(PACKAGE.rglob("*.py"))):
        for node in ast.walk(ast.parse(source)) if "Refusal(" in source else ():
            match node:
                case ast.Call(func=ast.Name(id="Refusal"), args=[_, ast.Constant(value=str() as sentence)]):
                    yield sentence
                case ast.Call(func=ast.Name(id="Refusal"), args=[_, ast.JoinedStr(values=parts)]):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def test_a_gap_is_told_by_what_was_not_read_and_never_by_the_words_of_its_reason() -> None:
    unrelated = observation(gaps=(Gap(Unread.CONFIG, "running tasks: permissions: backups"),))
    assert checks.check_tasks(unrelated) is None
    assert checks.check_visible(unrelated) is None
    unread = observation(gaps=(Gap(Unread.TASKS, "403"),))
    assert "running tasks: 403" in str(checks.check_tasks(unread))


RESTORES = "`proximity-tui restore id:1` brings it back from a backup"


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"closed_reason": ClosedReason.FORGOTTEN}, "`proximity-tui adopt prod/101` manages the guest again"),
        ({"closed_reason": ClosedReason.FORGOTTEN, "vmid": None}, RESTORES),
        ({"closed_reason": ClosedReason.NEVER_CREATED}, "no guest of it is left"),
        (
            {"closed_reason": ClosedReason.NEVER_CREATED, "predecessor": 7},
            RESTORES,
        ),
        ({"closed_reason": ClosedReason.DESTROYED}, RESTORES),
    ],
)
def test_who_names_a_closed_record_is_told_when_it_was_closed_and_what_can_be_done(
    changes: dict[str, Any], advice: str
) -> None:
    refused = refusals.closed_record(container(closed_at=NOON, **changes))
    assert "is closed since 2026-11-23 12:00:00 UTC: " in refused.reason
    assert advice in refused.reason
    assert " since " not in refusals.closed_record(container(closed_at=None, **changes)).reason


@pytest.mark.parametrize(
    ("ours", "rule", "reason"),
    [
        (None, "", "VMID 101 is taken: another guest has it; 105 is free"),
        ("web1", "", "VMID 101 is taken: our record of web1 has it; 105 is free"),
        (None, "a copy is a new guest", "VMID 101 is taken: another guest has it; a copy is a new guest; 105 is free"),
    ],
)
def test_a_vmid_that_is_taken_is_told_with_who_has_it_and_which_is_free(
    ours: str | None, rule: str, reason: str
) -> None:
    assert refusals.vmid_not_free(101, ours, 105, rule).reason == reason
