"""What came of a change is told by the config that is read afterwards, and the record follows only what we did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.changing.stored_changes import (
    StoredSettings,
    followed,
    followed_fingerprint,
    what_was_stored,
)
from proximity_tui.core.model import Fingerprint
from proximity_tui.core.model.actions.plan_options import ConfigChange
from tests.support.records.make import container

RECORDED = container(vmid=101).fingerprint
assert RECORDED is not None


def test_a_setting_is_active_pending_or_missing() -> None:
    changes = [ConfigChange("memory", "1024"), ConfigChange("cores", "2"), ConfigChange("swap", "0")]
    now = {"memory": 1024, "cores": 1, "swap": 512}
    stored = what_was_stored(changes, now, {**now, "cores": 2})
    assert stored == StoredSettings(("memory",), ("cores",), ("swap",))
    assert stored.kept == ("memory", "cores"), "what is pending is stored, too"


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        (StoredSettings(active=("memory", "cores")), "stored: memory and cores"),
        (StoredSettings(pending=("cores",)), "stored, but pending until the next start: cores"),
        (StoredSettings(missing=("swap",)), "not as written: swap"),
        (
            StoredSettings(("memory",), ("cores",), ("swap",)),
            "stored: memory; stored, but pending until the next start: cores; not as written: swap",
        ),
        (StoredSettings(), ""),
    ],
)
def test_only_what_came_of_it_is_told(stored: StoredSettings, sentence: str) -> None:
    assert stored.sentence == sentence


def test_the_recorded_config_follows_our_keys_and_the_digest_and_nothing_else() -> None:
    recorded = {"memory": 512, "cores": 1, "swap": 512, "digest": "old"}
    now = {"memory": 1024, "cores": 8, "digest": "new"}
    assert followed(recorded, now, ["memory", "swap"]) == {"memory": 1024, "cores": 1, "digest": "new"}
    assert recorded["memory"] == 512, "the recorded one is not changed in place"


def test_a_digest_that_was_not_read_is_not_kept() -> None:
    assert followed({"memory": 512, "digest": "old"}, {"memory": 512}, []) == {"memory": 512}


NEW = replace(RECORDED, hostname="other", rootfs="local:vm-101-disk-9", hwaddrs=frozenset({"BC:24:11:00:00:99"}))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["hostname"], replace(RECORDED, hostname=NEW.hostname)),
        (["rootfs"], replace(RECORDED, rootfs=NEW.rootfs)),
        (["net1"], replace(RECORDED, hwaddrs=NEW.hwaddrs)),
        (["hostname", "net0"], replace(RECORDED, hostname=NEW.hostname, hwaddrs=NEW.hwaddrs)),
        (["memory"], None),
        ([], None),
    ],
)
def test_the_fingerprint_follows_only_what_was_changed(keys: list[str], expected: Fingerprint | None) -> None:
    assert followed_fingerprint(RECORDED, RECORDED, NEW, keys) == expected


def test_a_change_of_a_guest_that_was_not_surely_ours_proves_nothing() -> None:
    """Law 3: what we changed on another guest makes it no container of ours."""
    assert followed_fingerprint(RECORDED, NEW, NEW, ["hostname"]) is None
    assert followed_fingerprint(RECORDED, None, NEW, ["hostname"]) is None
    assert followed_fingerprint(None, RECORDED, NEW, ["hostname"]) is None
    assert followed_fingerprint(RECORDED, RECORDED, None, ["hostname"]) is None


def test_a_fingerprint_that_stays_as_it_is_is_not_written_again() -> None:
    assert followed_fingerprint(RECORDED, RECORDED, RECORDED, ["hostname", "rootfs", "net0"]) is None
