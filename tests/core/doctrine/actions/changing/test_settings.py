"""Single settings: which may be written by whom, how a change is made whole, and when a config has what was written."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.changing.settings import (
    Consent,
    check_setting,
    completed,
    has_value,
    is_set_at_once,
    without_marker,
)
from proximity_tui.core.doctrine.observation.identity import marker_line
from proximity_tui.core.model.actions.plan_options import ConfigChange
from tests.support.records.make import MARKER

MAC = "BC:24:11:00:00:01"
CARD = f"name=eth0,bridge=vmbr0,hwaddr={MAC},type=veth"
CONFIG = {"memory": 512, "net0": CARD, "mp0": "local:1,mp=/srv", "lxc.new": "x", "ostype": "debian"}


@pytest.mark.parametrize(
    ("key", "value", "refusal"),
    [
        ("memory", "1024", None),
        ("memory", None, None),
        ("swap", None, None),
        ("memory", "15", "invalid: memory: "),
        ("memory", "", "invalid: memory: "),
        ("arch", "arm64", "invalid: arch is fixed when a container is made"),
        ("digest", "x", "invalid: digest is not a setting: Proxmox writes it itself"),
        ("memroy", "512", "invalid: there is no setting 'memroy': did you mean 'memory'?"),
        ("zzzzz", "512", "invalid: there is no setting 'zzzzz'"),
        ("zzzzz", None, "invalid: there is no setting 'zzzzz'"),
        ("hookscript", "x", "denied: only root@pam itself sets hookscript, never an API token. Run `pct set`"),
        ("dev0", "x", "denied: only root@pam itself sets dev0, never an API token. Run `pct set`"),
        ("lxc.cap.drop", "x", "denied: only root@pam itself sets lxc.cap.drop, never an API token. Edit the config"),
        ("features", "nesting=1", None),
        ("features", "nesting=1,keyctl=1", "denied: only root@pam itself sets features other than nesting"),
        ("features", "nesting=2", "invalid: features: "),
        ("rootfs", "local:1", "invalid: rootfs is a disk: it is only grown here"),
        ("mp0", "local:2,mp=/srv", "invalid: mp0 is a disk: it is only grown here"),
        ("net0", f"name=eth0,bridge=vmbr1,hwaddr={MAC}", None),
        ("net0", f"name=eth0,bridge=vmbr1,hwaddr={MAC.lower()}", None),
        ("net0", "name=eth0,bridge=vmbr1", None),
        ("net0", "bridge=vmbr1", "invalid: net0: the name of the card"),
        ("net0", "name=eth0,hwaddr=BC:24:11:00:00:02", "invalid: net0 keeps its hardware address"),
        ("net0", None, "invalid: net0 keeps its hardware address"),
        ("net1", "name=eth1,hwaddr=BC:24:11:00:00:02", None),
    ],
)
def test_a_setting_is_written_only_where_a_token_may_and_nothing_is_lost_by_it(
    key: str, value: str | None, refusal: str | None
) -> None:
    refused = check_setting(ConfigChange(key, value), CONFIG)
    told = None if refused is None else f"{refused.code}: {refused.reason}"
    assert told is None if refusal is None else str(told).startswith(refusal), told


@pytest.mark.parametrize(
    ("key", "value", "consent", "allowed"),
    [
        ("mp0", "local:2,mp=/srv", Consent(disks=True), True),
        ("mp0", "local:2,mp=/srv", Consent(hardware_addresses=True), False),
        ("mp0", "local:2,mp=/", Consent(disks=True), False),
        ("rootfs", "local:2", Consent(disks=True), False),
        ("net0", None, Consent(hardware_addresses=True), True),
        ("net0", None, Consent(disks=True), False),
    ],
)
def test_what_loses_data_or_makes_it_another_guest_needs_its_own_consent(
    key: str, value: str | None, consent: Consent, allowed: bool
) -> None:
    assert (check_setting(ConfigChange(key, value), CONFIG, consent) is None) is allowed


@pytest.mark.parametrize(
    ("key", "at_once"),
    [("memory", True), ("net7", True), ("tags", True), ("features", False), ("mp0", False), ("nameserver", False)],
)
def test_some_settings_wait_for_the_next_start(key: str, at_once: bool) -> None:
    assert is_set_at_once(key) is at_once


@pytest.mark.parametrize(
    ("key", "value", "now", "written"),
    [
        ("memory", "1024", 512, "1024"),
        ("memory", None, 512, None),
        ("tags", "web, Prod;web", None, "prod;web"),
        ("tags", "", "prod", None),
        ("net0", "name=eth0,bridge=vmbr1", CARD, f"name=eth0,bridge=vmbr1,hwaddr={MAC}"),
        ("net0", "name=eth0,hwaddr=BC:24:11:00:00:02", CARD, "name=eth0,hwaddr=BC:24:11:00:00:02"),
        ("net0", "name=eth0", None, "name=eth0"),
        ("net0", "name=eth0", "name=eth0,bridge=vmbr0", "name=eth0"),
        ("net0", None, CARD, None),
        ("description", "a note", None, f"a note\n{marker_line(MARKER)}"),
        ("description", None, "a note", marker_line(MARKER)),
        ("description", marker_line("f" * 32), None, marker_line(MARKER)),
    ],
)
def test_a_change_is_made_whole_before_it_is_written(
    key: str, value: str | None, now: object, written: str | None
) -> None:
    config: dict[str, Any] = {} if now is None else {key: now}
    made = completed(ConfigChange(key, value), config, MARKER)
    assert made == ConfigChange(key, written, None if now is None else str(now))


def test_a_description_of_what_has_no_marker_is_the_text_alone() -> None:
    assert completed(ConfigChange("description", "a note\n"), {}, None).value == "a note"
    assert completed(ConfigChange("description", ""), {}, None).value is None
    assert without_marker(f"above\n{marker_line(MARKER)}\nbelow\n") == "above\nbelow"


@pytest.mark.parametrize(
    ("key", "value", "seen", "has"),
    [
        ("memory", "1024", 1024, True),
        ("memory", "1024", 512, False),
        ("memory", "512", None, True),
        ("memory", None, 512, True),
        ("memory", None, 1024, False),
        ("nameserver", None, "", True),
        ("nameserver", "", None, True),
        ("nameserver", None, "10.0.0.1", False),
        ("nameserver", "10.0.0.1", None, False),
        ("description", "a note", "a note\n", True),
        ("description", "a note", "another", False),
        ("description", f"a\n{marker_line(MARKER)}", "a", False),
        ("net0", f"name=eth0,bridge=vmbr0,hwaddr={MAC}", CARD, True),
        ("net0", "name=eth0,bridge=vmbr0", CARD, True),
        ("net0", "bridge=vmbr0,name=eth0", CARD, True),
        ("net0", "name=eth0,bridge=vmbr1", CARD, False),
        ("net0", "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02", CARD, False),
        ("features", "nesting=1,keyctl=1", "keyctl=1,nesting=1", True),
        ("features", "nesting=1", "keyctl=1,nesting=1", False),
        ("startup", "5", "order=5", True),
        ("startup", "order=5,up=30", "order=5,up=30", True),
        ("startup", "5", "order=6", False),
    ],
)
def test_a_config_has_a_value_however_proxmox_wrote_it(key: str, value: str | None, seen: object, has: bool) -> None:
    assert has_value(key, value, {} if seen is None else {key: seen}) is has
