"""What the doctor says of a token that lacks something; following its advice to the letter cures exactly that."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

import pytest

from proximity_tui.core.model.privilege import HeldPrivileges
from proximity_tui.core.model.required_privileges import NEEDS, Need
from proximity_tui.doctor.check_result import CheckResult, Level
from proximity_tui.doctor.checks import privileges_check
from proximity_tui.doctor.checks.privileges_check import SEE_BACKUPS
from proximity_tui.simulator.world.tokens import Access

TOKEN = "proximity@pve!tui"

LOOKING = frozenset({"VM.Audit", "Sys.Audit", "Datastore.Audit", "Pool.Audit", "SDN.Audit"})
EVERYTHING = LOOKING | {one for feature in NEEDS for one in feature.privileges}
OPERATOR = EVERYTHING - {
    "Sys.Audit",
    "Datastore.Audit",
    "Datastore.AllocateSpace",
    "Datastore.AllocateTemplate",
    "SDN.Use",
}

Acl = Mapping[str, Iterable[str]]

CASES = sorted(
    {(one, major) for each in NEEDS for one in each.privileges for major in (7, 8, 9) if major >= each.since}
)


def told(acl: Acl) -> Mapping[str, frozenset[str]]:
    """What `/access/permissions` tells a token with these entries, by the rules of Proxmox."""
    access = Access(lambda vmid: None)
    access.add(TOKEN, acl)
    return {path: frozenset(granted) for path, granted in access.overview(access.tokens[TOKEN], ()).items()}


def judged(acl: Acl, release: int = 9, *, read_only: bool = False) -> list[CheckResult]:
    return privileges_check.judge_privileges("prod", TOKEN, told(acl), release, read_only=read_only)


def wrong(results: Iterable[CheckResult]) -> list[CheckResult]:
    return [one for one in results if one.level is not Level.OK]


def after(advice: Iterable[str], acl: Acl) -> dict[str, set[str]]:
    """The entries of a token after an administrator pasted the advice."""
    entries = {path: set(granted) for path, granted in acl.items()}
    roles = {"PVEAuditor": sorted(LOOKING)}
    for line in advice:
        words = shlex.split(line, comments=True)
        match words[1:3]:
            case ["role", "add"]:
                assert words[4] == "--privs"
                roles[words[3]] = words[5].split()
            case ["acl", "modify"]:
                assert words[words.index("--users") + 1] == "proximity@pve"
                assert words[words.index("--tokens") + 1] == TOKEN
                entries.setdefault(words[3], set()).update(roles[words[words.index("--roles") + 1]])
            case _:
                assert not words, line
    return entries


def everywhere(granted: Iterable[str]) -> dict[str, Iterable[str]]:
    return {"/": granted}


def test_a_token_that_may_do_everything_lacks_nothing() -> None:
    assert wrong(judged(everywhere(EVERYTHING))) == []


@pytest.mark.parametrize(("lacking", "release"), CASES)
def test_each_privilege_that_is_missing_is_named_with_the_lines_that_cure_it(lacking: str, release: int) -> None:
    acl = everywhere(EVERYTHING - {lacking})
    found = wrong(judged(acl, release))
    assert [one.message for one in found if lacking not in one.message] == []
    assert {
        each.name for each in (*NEEDS, *SEE_BACKUPS) if each.advised and not each.any_of and lacking in each.privileges
    } == {one.message.partition(":")[0] for one in found}
    for result in found:
        acl = after(result.advice, acl)  # type: ignore[assignment]
    assert wrong(judged(acl, release)) == []


@pytest.mark.parametrize("feature", NEEDS, ids=lambda feature: feature.name)
def test_the_cure_takes_nothing_away_that_was_inherited(feature: Need) -> None:
    """An entry on a deeper path replaces what comes from above: the classic way to lose VM.Audit by granting more."""
    acl = everywhere(EVERYTHING - set(feature.privileges))
    before = told(acl)
    cured = told(after(privileges_check.remedy(feature, TOKEN, before), acl))
    family = feature.privileges[0].partition(".")[0]
    lost = {one for one in before.get(feature.path, before["/"]) if one.startswith(f"{family}.")} - cured[feature.path]
    assert lost == set()


def test_every_command_that_is_denied_is_named() -> None:
    said = {one.message.partition(":")[0]: one.message for one in wrong(judged(everywhere(LOOKING)))}
    assert said["power"].endswith("Denied: start, shutdown, stop, reboot, delete --hard")
    denied = {word for one in said.values() for word in one.partition("Denied: ")[2].split(", ") if word}
    assert {"backup", "restore", "create", "clone", "migrate", "snapshot take", "snapshot rollback"} <= denied
    assert {"set tags", "set cores", "set memory", "set net0", "resize --disk", "rollback", "drift revert"} <= denied


def test_one_of_two_privileges_is_enough_to_roll_back_and_the_lesser_one_is_advised() -> None:
    def found(granted: Iterable[str]) -> CheckResult:
        return next(one for one in judged(everywhere(granted)) if one.message.startswith("roll back"))

    assert [found({*LOOKING, one}).level for one in ("VM.Snapshot", "VM.Snapshot.Rollback")] == [Level.OK, Level.OK]
    assert '"VM.Snapshot.Rollback VM.Audit"' in found(LOOKING).advice[0]


def test_what_gives_more_than_most_want_is_told_and_not_advised() -> None:
    [found] = [one for one in judged(everywhere(EVERYTHING - {"Sys.Modify"})) if "privileged" in one.message]
    assert (found.level, found.advice) == (Level.OK, ())
    assert "no privileged container can be restored" in found.message


def test_looking_and_the_quorum_are_essential_and_the_rest_is_not() -> None:
    levels = {one.message.partition(":")[0]: one.level for one in judged({"/access": ["Sys.Audit"]})}
    assert {name for name, level in levels.items() if level is Level.FAIL} == {"see guests", "see the quorum"}


def test_a_token_without_any_right_hears_of_privilege_separation_first() -> None:
    first, *_ = judged({})
    assert first.level is Level.FAIL
    assert "it and its user both have" in first.message


def test_release_7_is_told_nothing_of_networks_it_does_not_know() -> None:
    assert not any("SDN" in line for result in judged({}, 7) for line in (result.message, *result.advice))
    assert any("SDN.Use" in line for result in judged({}, 8) for line in result.advice)


def test_rights_in_one_pool_are_enough_and_are_told_as_such() -> None:
    storing = ["Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit"]
    acl = {"/": LOOKING, "/pool/ours": OPERATOR, "/storage/local-lvm": storing,
           "/sdn/zones/localnetwork/vmbr0": ["SDN.Use"]}  # fmt: skip
    results = judged(acl)
    assert [one.message.partition(":")[0] for one in wrong(results)] == ["see backups"]
    assert "destroy: VM.Allocate on /pool/ours only" in {one.message for one in results}


def test_who_works_in_a_pool_is_advised_to_stay_in_it() -> None:
    acl = {"/": LOOKING, "/pool/ours": OPERATOR - {"VM.Allocate"}}
    [destroy] = [one for one in wrong(judged(acl)) if one.message.startswith("destroy")]
    assert [line for line in destroy.advice if " /vms " in line] == []
    assert any(line.startswith("pveum acl modify /pool/ours ") for line in destroy.advice)
    assert not any(one.message.startswith("destroy") for one in wrong(judged(after(destroy.advice, acl))))


def test_a_right_on_a_single_guest_is_not_taken_for_one_on_all() -> None:
    [look] = [one for one in judged({"/vms/101": ["VM.Audit"]}) if one.message.startswith("see guests")]
    assert look.message == "see guests: VM.Audit on /vms/101 only"


def test_a_right_on_the_path_of_all_guests_alone_is_a_right_on_none_of_them() -> None:
    alone = {"/vms": HeldPrivileges({"VM.Audit"}, propagated=())}
    results = privileges_check.judge_privileges("prod", TOKEN, alone, 9, read_only=True)
    [look] = [one for one in results if one.message.startswith("see guests")]
    assert look.level is Level.FAIL
    assert any(line.startswith("pveum acl modify /vms --users ") for line in look.advice)


def test_the_quorum_is_only_seen_with_the_right_on_the_root_itself() -> None:
    results = judged({"/nodes": ["Sys.Audit"], "/vms": ["VM.Audit"]})
    [quorum] = [one for one in results if one.message.startswith("see the quorum")]
    assert quorum.level is Level.FAIL
    assert "--propagate 0" in quorum.advice[1]


def test_read_only_needs_nothing_that_changes_something_but_to_see_backups() -> None:
    [backups] = wrong(judged(everywhere(LOOKING), read_only=True))
    assert (backups.level, backups.message.partition(":")[0]) == (Level.WARN, "see backups")


@pytest.mark.parametrize(
    ("acl", "said"),
    [
        ({"/": LOOKING}, "Datastore.AllocateSpace on /storage and VM.Backup on /vms are missing"),
        ({"/": {*LOOKING, "Datastore.AllocateSpace"}}, "VM.Backup on /vms is missing"),
        ({"/": LOOKING, "/storage": ["Datastore.Allocate"]}, "Datastore.AllocateSpace on /storage"),
        ({"/": {*LOOKING, "Datastore.AllocateSpace"}, "/pool/ours": OPERATOR}, "removed with a container"),
        ({"/": {*LOOKING, "Datastore.Allocate"}}, None),
        ({"/": LOOKING, "/storage/vault": ["Datastore.Allocate", "Datastore.Audit"]}, None),
        ({"/": {*LOOKING, "Datastore.AllocateSpace", "VM.Backup"}}, None),
    ],
)
def test_backups_are_seen_by_who_may_make_or_manage_them_and_the_advice_cures(acl: Acl, said: str | None) -> None:
    [found] = [one for one in judged(acl) if one.message.startswith("see backups")]
    assert (found.level is Level.WARN) is (said is not None)
    if said is not None:
        assert said in found.message
        [cured] = [one for one in judged(after(found.advice, acl)) if one.message.startswith("see backups")]
        assert cured.level is Level.OK


def test_no_role_has_a_name_that_proxmox_keeps_for_itself_or_a_privilege_it_does_not_know() -> None:
    known = re.compile(r"(VM|Sys|Datastore|SDN|Pool)\.[A-Z][A-Za-z.]+")
    assert all(not feature.role.startswith("PVE") for feature in NEEDS)
    assert all(known.fullmatch(one) for feature in NEEDS for one in feature.privileges)
    assert len({feature.role for feature in NEEDS}) == len(NEEDS)
