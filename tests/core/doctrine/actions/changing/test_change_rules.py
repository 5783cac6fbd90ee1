"""The change of a container: what may be written, what is left alone, and what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.changing.change_rules import (
    added_by_storage,
    check_change,
    check_growth,
    check_requests,
    is_grown,
    plan_change,
    size_of,
)
from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest, read_request
from proximity_tui.core.doctrine.actions.changing.settings import Consent, differences
from proximity_tui.core.doctrine.actions.changing.stored_changes import followed, what_was_stored
from proximity_tui.core.model import Plan, Quorum, Refusal, RefusalCode, Status
from proximity_tui.core.model.actions.plan_options import ChangeOptions, ConfigChange, DiskGrowth
from tests.support.records.make import MARKER, adopted, container, fingerprint, observation

NET = "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth"
CONFIG = {
    "hostname": "web1",
    "memory": 512,
    "tags": "prod;web",
    "net0": NET,
    "rootfs": "local-lvm:vm-101-disk-0,size=8G",
    "mp0": "local-lvm:vm-101-disk-1,mp=/data,size=2G",
    "mp1": "ceph:vm-101-disk-2,mp=/archive,size=200T",
    "description": f"front end\nproximity-tui:{MARKER}\n",
    "digest": "d1",
}


def _answer(*growth: DiskGrowth, consent: Consent | None = None, seen: dict[str, Any] | None = None, **settings: Any):
    changes = [ConfigChange(key, value) for key, value in settings.items()]
    looked = observation(**{"config": CONFIG, **(seen or {})})
    return plan_change(container(), looked, changes, growth, consent or Consent())


def _options(*growth: DiskGrowth, **settings: Any) -> ChangeOptions:
    planned = _answer(*growth, **settings)
    assert isinstance(planned, Plan), planned
    return planned.carries(ChangeOptions)


def test_a_plan_holds_what_differs_and_is_bound_to_the_config_that_was_read() -> None:
    planned = _answer(DiskGrowth("rootfs", "+4G"), memory="1024", hostname="web1", tags="web;prod")
    assert isinstance(planned, Plan)
    assert planned.carries(ChangeOptions) == ChangeOptions(
        (ConfigChange("memory", "1024", "512"),), (DiskGrowth("rootfs", "12G", "8G"),)
    )
    assert [step.name for step in planned.steps] == ["change", "grow", "verify"]
    assert planned.digest == "d1"
    assert planned.summary.endswith("memory 512 → 1024; rootfs 8G → 12G")


def test_a_summary_goes_into_the_audit_trail_and_has_no_secret() -> None:
    planned = _answer(env="DB_PASSWORD=hunter2", description="the password: hunter2")
    assert isinstance(planned, Plan)
    assert "hunter2" not in planned.summary
    assert "env" in planned.summary
    assert planned.carries(ChangeOptions).changes[0].value == "DB_PASSWORD=hunter2"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"memory": "512"}, "unchanged"),
        ({"tags": "web;PROD"}, "unchanged"),
        ({"arch": "i386"}, "invalid"),
        ({"unprivileged": None}, "invalid"),
        ({"lock": "backup"}, "invalid"),
        ({"rootfs": None}, "invalid"),
        ({"mp0": None}, "invalid"),
        ({"net0": None}, "invalid"),
        ({"net0": NET.replace(":01", ":02")}, "invalid"),
        ({"net0": "bridge=vmbr0"}, "invalid"),
        ({"net0": f"{NET},tag=5000"}, "invalid"),
        ({"net0": NET.replace("ip=dhcp", "ip=10.0.0.5")}, "invalid"),
        *(({"net0": f"{NET},{wrong}"}, "invalid") for wrong in ("mtu=63", "mtu=65536", "firewall=yes", "rate=fast")),
        *(({"net0": f"{NET},{wrong}"}, "invalid") for wrong in ("trunks=1;x", "gw=fe80::1", "gw6=10.0.0.1")),
        ({"net0": NET.replace("veth", "tap")}, "invalid"),
        ({"features": "nesting=2"}, "invalid"),
        ({"env": "no value"}, "invalid"),
        ({"timezone": "Mars/../Olympus"}, "invalid"),
        ({"hookscript": "local:snippets/x.pl"}, "denied"),
        ({"dev0": "/dev/null"}, "denied"),
        ({"features": "nesting=1,keyctl=1"}, "denied"),
        ({"memory": "8"}, "invalid"),
        ({"cores": "0"}, "invalid"),
        ({"hostname": "ümlaut"}, "invalid"),
        ({"tags": "no spaces! ok?"}, "invalid"),
        ({"onboot": "yes"}, "invalid"),
        ({"startup": "first"}, "invalid"),
        ({"nameserver": "dns1"}, "invalid"),
        ({"memry": "512"}, "invalid"),
    ],
)
def test_what_cannot_or_must_not_be_written_is_refused(settings: dict[str, Any], code: str) -> None:
    refused = _answer(**settings)
    assert isinstance(refused, Refusal), refused
    assert refused.code == code


def test_an_unknown_setting_names_the_one_that_was_meant() -> None:
    refused = _answer(memry="512")
    assert isinstance(refused, Refusal)
    assert refused.reason == "there is no setting 'memry': did you mean 'memory'?"


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"lock": "backup"}, "locked"),
        ({"status": Status.UNKNOWN}, "unknown_status"),
        ({"quorum": Quorum(quorate=False)}, "no_quorum"),
        ({"busy_tasks": ("UPID:x",)}, "busy"),
        ({"fingerprint": fingerprint(marker="f" * 32)}, "replaced"),
        ({"config": None}, "identity_unsure"),
    ],
)
def test_a_guest_that_cannot_be_written_is_refused_before(seen: dict[str, Any], code: str) -> None:
    refused = _answer(seen=seen, memory="1024")
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_disks_and_hardware_addresses_change_only_when_a_person_asked_for_them() -> None:
    asked = Consent(disks=True, hardware_addresses=True)
    assert isinstance(_answer(consent=asked, mp0=None, net0=NET.replace(":01", ":02")), Plan)
    assert isinstance(_answer(consent=asked, rootfs=None), Refusal), "the root disk is the container"
    for good in ("mp=/data/new", "mp=srv/data"):
        assert isinstance(_answer(consent=asked, mp0=f"local-lvm:vm-101-disk-1,{good},size=2G"), Plan), good
    for wrong in ("mp=..", "mp=../b", "mp=/a/../b", "mp=/data,ro=yes", "mp=/data,mountoptions=noexec;fast"):
        assert isinstance(_answer(consent=asked, mp0=f"local-lvm:vm-101-disk-1,{wrong}"), Refusal), wrong


def test_a_network_card_keeps_its_hardware_address() -> None:
    (change,) = _options(net0="name=eth0,bridge=vmbr1,ip=dhcp").changes
    assert change.value == "name=eth0,bridge=vmbr1,ip=dhcp,hwaddr=BC:24:11:00:00:01"
    assert list(differences(change)) == ["net0.bridge vmbr0 → vmbr1", "net0.type removed (was veth)"]
    assert isinstance(_answer(net0="bridge=vmbr0,name=eth0,ip=dhcp"), Refusal), "another order is no change"


@pytest.mark.parametrize(
    ("requested", "written"),
    [
        ("back end", f"back end\nproximity-tui:{MARKER}"),
        (None, f"proximity-tui:{MARKER}"),
        (f"x\nproximity-tui:{'f' * 32}", f"x\nproximity-tui:{MARKER}"),
    ],
)
def test_our_marker_stays_in_the_description(requested: str | None, written: str) -> None:
    (change,) = _options(description=requested).changes
    assert change.value == written


def test_the_description_of_an_adopted_container_gets_no_marker() -> None:
    seen = observation(config=CONFIG, fingerprint=fingerprint(marker=None))
    record = adopted(vmid=101, fingerprint=fingerprint(marker=None))
    planned = plan_change(record, seen, [ConfigChange("description", f"mine\nproximity-tui:{MARKER}")])
    assert isinstance(planned, Plan)
    assert planned.carries(ChangeOptions).changes[0].value == "mine"


@pytest.mark.parametrize(
    ("disk", "size", "after"),
    [
        ("rootfs", "+4G", "12G"),
        ("rootfs", "10240M", "10G"),
        ("rootfs", "10485760K", "10G"),
        ("mp0", "+512M", "2560M"),
        ("rootfs", "9.5g", "9728M"),
        ("mp1", "+1T", "201T"),
    ],
)
def test_a_disk_gets_a_size_and_never_an_amount(disk: str, size: str, after: str) -> None:
    (grown,) = _options(DiskGrowth(disk, size)).growth
    assert grown.size == after


@pytest.mark.parametrize(
    ("disk", "size", "told"),
    [
        ("rootfs", "4G", "unable to shrink"),
        ("rootfs", "much", "not a size"),
        ("mp9", "+1G", "no disk mp9"),
        ("rootfs", "8G", "nothing to change"),
        ("rootfs", "131073G", "rootfs: at most 131072 GiB, not 131073G"),
        ("rootfs", "+131072G", "rootfs: at most 131072 GiB, not +131072G"),
    ],
)
def test_a_disk_is_never_made_smaller_nor_larger_than_any_storage(disk: str, size: str, told: str) -> None:
    refused = _answer(DiskGrowth(disk, size))
    assert isinstance(refused, Refusal)
    assert told in refused.reason


def test_what_waits_for_the_next_start_is_said_before() -> None:
    planned = _answer(nameserver="10.0.0.1", memory="1024")
    assert isinstance(planned, Plan)
    assert planned.warnings == ("pending until the next start of the container: nameserver",)
    stopped = _answer(seen={"status": Status.STOPPED}, nameserver="10.0.0.1")
    assert isinstance(stopped, Plan)
    assert stopped.warnings == ()


def test_what_was_stored_is_read_from_the_config() -> None:
    changes = [ConfigChange("memory", "1024"), ConfigChange("features", "nesting=1"), ConfigChange("tags", None)]
    now = {"memory": 1024, "tags": "web"}
    stored = what_was_stored(changes, now, {**now, "features": "nesting=1"})
    assert (stored.active, stored.pending, stored.missing) == (("memory",), ("features",), ("tags",))
    assert stored.sentence == (
        "stored: memory; stored, but pending until the next start: features; not as written: tags"
    )


def test_a_record_follows_what_we_did_and_keeps_the_rest_as_a_drift() -> None:
    recorded = {"memory": 512, "cores": 1, "tags": "web", "digest": "d1"}
    seen = {"memory": 1024, "cores": 8, "digest": "d2"}
    assert followed(recorded, seen, ["memory", "tags"]) == {"memory": 1024, "cores": 1, "digest": "d2"}


@pytest.mark.parametrize(("name", "called"), [("web2", "web2"), (None, "CT101")])
def test_a_new_name_is_told_and_without_one_the_container_is_called_by_its_vmid(name: str | None, called: str) -> None:
    planned = _answer(hostname=name)
    assert isinstance(planned, Plan), planned
    assert f"it is called {called} from then on, here and in Proxmox" in planned.warnings


@pytest.mark.parametrize(
    ("before", "seen", "code"),
    [
        ("8G", {}, None),
        ("4G", {}, RefusalCode.CHANGED),
        ("8G", {"lock": "backup"}, RefusalCode.LOCKED),
        ("8G", {"config": None}, RefusalCode.IDENTITY_UNSURE),
    ],
    ids=["as shown", "another size", "locked", "unread"],
)
def test_a_disk_is_grown_only_from_the_size_that_was_shown_and_while_nothing_stands_in_the_way(
    before: str, seen: dict[str, Any], code: RefusalCode | None
) -> None:
    refused = check_growth(container(), DiskGrowth("rootfs", "12G", before), observation(**{"config": CONFIG, **seen}))
    assert (None if refused is None else refused.code) is code


@pytest.mark.parametrize(
    ("cores", "good"), [("0", False), ("1", True), ("8192", True), ("8193", False), ("two", False), ("²", False)]
)
def test_a_number_may_be_the_least_and_the_most(cores: str, good: bool) -> None:
    assert isinstance(_answer(cores=cores), Plan) is good


@pytest.mark.parametrize(
    ("growth", "why"),
    [
        (DiskGrowth("mp9", "8G"), "there is no disk mp9"),
        (DiskGrowth("rootfs", "big"), "'big' is not a size: 12G, or +4G for so much more"),
        (DiskGrowth("mp2", "+1G"), "the size of mp2 is not in its config: it cannot be grown here"),
        (DiskGrowth("rootfs", "4G"), "unable to shrink disk size: rootfs has 8G, not less"),
    ],
)
def test_a_disk_that_cannot_be_grown_says_why(growth: DiskGrowth, why: str) -> None:
    refused = _answer(growth, seen={"config": {**CONFIG, "mp2": "ceph:vm-101-disk-3,mp=/old"}})
    assert isinstance(refused, Refusal)
    assert refused.reason == why


def test_what_is_requested_is_refused_by_itself_before_anything_is_planned() -> None:
    good, bad = read_request("memory=1024"), read_request("memory=1")
    grown = read_request("disk=1G")
    assert isinstance(good, SettingRequest)
    assert isinstance(bad, SettingRequest)
    assert isinstance(grown, SettingRequest)
    assert check_requests([good], CONFIG) is None
    assert isinstance(check_requests([good, bad], CONFIG), Refusal)
    assert isinstance(check_requests([grown], CONFIG), Refusal), "no disk becomes smaller"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (ConfigChange("tags", "prod", None), "tags +prod"),
        (ConfigChange("tags", None, "prod"), "tags -prod"),
        (ConfigChange("memory", "1024", None), "memory not set \N{RIGHTWARDS ARROW} 1024"),
        (ConfigChange("nameserver", None, "10.0.0.1"), "nameserver removed (was 10.0.0.1)"),
        (ConfigChange("memory", "1024", "512"), "memory 512 \N{RIGHTWARDS ARROW} 1024"),
    ],
)
def test_a_difference_is_told_in_one_sentence(change: ConfigChange, told: str) -> None:
    assert list(differences(change)) == [told]


def test_what_the_disks_of_a_storage_grow_by_is_added_up() -> None:
    growth = [DiskGrowth("rootfs", "12G", "8G"), DiskGrowth("mp0", "3G", "2G"), DiskGrowth("mp1", "201T", "200T")]
    assert added_by_storage(growth, CONFIG) == {"local-lvm": 5 * 2**30, "ceph": 2**40}


@pytest.mark.parametrize(
    ("growth", "size", "grown"),
    [
        (DiskGrowth("rootfs", "8G"), "8G", True),
        (DiskGrowth("rootfs", "8192M"), "8G", True),
        (DiskGrowth("rootfs", "9G"), "8G", False),
        (DiskGrowth("mp9", "8G"), "no size", False),
        (DiskGrowth("mp9", ""), "no size", False),
    ],
)
def test_a_disk_is_grown_once_the_config_has_its_size(growth: DiskGrowth, size: str, grown: bool) -> None:
    assert size_of(growth.disk, CONFIG) == size
    assert is_grown(growth, CONFIG) is grown


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({}, None),
        ({"digest": "d2"}, RefusalCode.CHANGED),
        ({"node": "pve2"}, RefusalCode.CHANGED),
        ({"config": None}, RefusalCode.IDENTITY_UNSURE),
        ({"digest": None}, RefusalCode.IDENTITY_UNSURE),
        ({"lock": "backup"}, RefusalCode.LOCKED),
        ({"quorum": Quorum(False)}, RefusalCode.NO_QUORUM),
    ],
)
def test_settings_are_written_only_into_the_config_that_was_shown(
    seen: dict[str, Any], code: RefusalCode | None
) -> None:
    planned = _answer(memory="1024")
    assert isinstance(planned, Plan)
    refused = check_change(container(), planned, observation(**{"config": CONFIG, **seen}))
    assert (None if refused is None else refused.code) == code


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({"memory": "1024"}, []),
        ({"nameserver": "10.0.0.1"}, ["pending until the next start of the container: nameserver"]),
        ({"hostname": "web9"}, ["it is called web9 from then on, here and in Proxmox"]),
        ({"protection": "1"}, []),
        ({"protection": "0"}, ["its protection ends: Proxmox would let it be destroyed"]),
    ],
)
def test_it_is_said_before_what_waits_and_what_else_a_change_means(
    settings: dict[str, Any], warnings: list[str]
) -> None:
    planned = _answer(
        **settings, seen={"config": {**CONFIG, "protection": 0 if settings == {"protection": "1"} else 1}}
    )
    assert isinstance(planned, Plan)
    assert list(planned.warnings) == warnings


@pytest.mark.parametrize(
    ("size", "written"),
    [
        ("+1K", "8388609K"),
        ("+1M", "8193M"),
        ("+1G", "9G"),
        ("1T", "1T"),
        ("1025G", "1025G"),
        ("8589934593", "8589934593"),
    ],
)
def test_a_size_is_written_in_the_largest_unit_that_fits(size: str, written: str) -> None:
    (grown,) = _options(DiskGrowth("rootfs", size)).growth
    assert grown == DiskGrowth("rootfs", written, "8G")
