"""What an unfinished operation of ours makes of a guest is not another guest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.guest_plan import plan_for_guest
from proximity_tui.core.doctrine.observation.expected_fingerprint import (
    became_as_expected,
    expected_fingerprint,
    is_our_doing,
    recognise,
)
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.model import Action, Fingerprint, Match, Plan
from proximity_tui.core.model.actions.plan_options import (
    ChangeOptions,
    ConfigChange,
    MigrateOptions,
    Options,
    RollbackOptions,
)
from tests.support.records.make import NOON, adopted, fingerprint, observation

RECORDED = fingerprint(marker=None)
OLD = fingerprint(marker=None, hwaddrs=frozenset({"BC:24:11:AA:AA:AA"}), hostname="old")
STRANGER = fingerprint(marker=None, hwaddrs=frozenset({"BC:24:11:99:99:99"}), hostname="other")
RECORD = adopted(fingerprint=RECORDED)
CARD = "name=eth0,bridge=vmbr0,hwaddr={}"
MOVED = ConfigChange("net0", CARD.format("bc:24:11:aa:aa:aa"), CARD.format("BC:24:11:00:00:01"))
RENAMED = ConfigChange("hostname", "old", RECORDED.hostname)


def planned(options: Options, before: Fingerprint = RECORDED) -> Plan:
    seen = observation(fingerprint=before)
    return plan_for_guest(RECORD, seen, Action.UPDATE, summary="", steps=(), options=options)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (RollbackOptions("base", fingerprint=OLD), OLD),
        (RollbackOptions("base"), None),
        (ChangeOptions((MOVED, RENAMED), ()), OLD),
        (ChangeOptions((ConfigChange("memory", "1024", "512"),), ()), None),
        (MigrateOptions("pve2", restart=True, ha=False), None),
    ],
)
def test_a_plan_foresees_what_its_guest_is_recognised_by_afterwards(
    options: Options, expected: Fingerprint | None
) -> None:
    assert expected_fingerprint(planned(options)) == expected


def test_two_cards_that_change_their_addresses_for_each_others_keep_both() -> None:
    both = replace(RECORDED, hwaddrs=RECORDED.hwaddrs | OLD.hwaddrs)
    changed = ChangeOptions((MOVED, ConfigChange("net1", MOVED.before, MOVED.value)), ())
    assert expected_fingerprint(planned(changed, both)) is None


def test_a_doubt_that_the_operation_does_not_explain_stays_one_of_its_own() -> None:
    marked = fingerprint()
    record = replace(RECORD, fingerprint=marked, expected_fingerprint=replace(OLD, marker=marked.marker))
    for seen, ours in ((replace(marked, marker=None), False), (replace(OLD, marker=marked.marker), True)):
        identity = recognise(record, seen)
        assert (identity.match, is_our_doing(identity)) == (Match.UNSURE, ours)


@pytest.mark.parametrize(
    ("expected", "seen", "match", "has_become"),
    [
        (None, OLD, Match.DIFFERENT, False),
        (OLD, OLD, Match.UNSURE, True),
        (OLD, RECORDED, Match.SAME, False),
        (OLD, STRANGER, Match.DIFFERENT, False),
        (OLD, None, Match.UNSURE, False),
    ],
)
def test_law_3_only_what_was_expected_is_not_taken_for_another_guest(
    expected: Fingerprint | None, seen: Fingerprint | None, match: Match, has_become: bool
) -> None:
    record = replace(RECORD, expected_fingerprint=expected)
    assert recognise(record, seen).match is match
    assert became_as_expected(record, seen) is has_become is is_our_doing(recognise(record, seen))
    assert judge(record, observation(fingerprint=seen), NOON).match is match
