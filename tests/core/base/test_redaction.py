"""What leaves the machine: the evidence, without what people hide in the settings of their guests."""

from typing import Any

import pytest

from proximity_tui.core.base.redaction import masked, masked_text
from proximity_tui.core.base.secret import REDACTED


@pytest.mark.parametrize("setting", ["description", "env", "lxc.environment", "password", "smtp_api_key", "Cookie"])
def test_a_setting_that_may_hold_a_secret_is_masked_by_its_name(setting: str) -> None:
    assert masked({"config": {setting: "hunter2"}}) == {"config": {setting: REDACTED}}
    assert masked([[setting, "hunter2"]]) == [[setting, REDACTED]]
    assert masked({"key": setting, "old": "hunter2", "new": None}) == {"key": setting, "old": REDACTED, "new": None}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dial ftp://bob:hunter2@nas/x failed", f"dial ftp://{REDACTED}@nas/x failed"),
        ("Authorization: Bearer hunter2hunter2", f"Authorization: Bearer {REDACTED}"),
        ("mount -o username=bob,password=hunter2,ro", f"mount -o username=bob,password={REDACTED},ro"),
        ('{"client_secret": "hunter2"}', f'{{"client_secret": "{REDACTED}"}}'),
        ("vol,mp=/x,mountoptions=hunter2", f"vol,mp=/x,mountoptions={REDACTED}"),
        ("dial ftp://bob:hunt@er2@nas/x failed", f"dial ftp://{REDACTED}@nas/x failed"),
        ('password="hunter 2" user="bob"', f'password="{REDACTED}" user="bob"'),
        ("secret: 'hunter \\' 2', then", f"secret: '{REDACTED}', then"),
        ("run backup --password hunter2 --all", f"run backup --password {REDACTED} --all"),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----",
            f"-----BEGIN OPENSSH PRIVATE KEY-----{REDACTED}-----END OPENSSH PRIVATE KEY-----",
        ),
    ],
)
def test_a_secret_in_a_text_is_masked_by_its_shape(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "innocent",
    [
        {"name": "token-service", "vmid": 105, "node": "pve2"},
        {"hostname": "passwords", "net0": "name=eth0,hwaddr=BC:24:11:00:00:05", "rootfs": "local-lvm:vm-105-disk-0"},
        {"task": "UPID:pve2:000A1B2C:0012D687:6743A1B2:vzdestroy:105:root@pam:", "user": "root@pam"},
        ["the token proximity@pve!tui was refused", 3, None, True, 0.5],
    ],
)
def test_what_a_person_needs_to_read_stays(innocent: Any) -> None:
    assert masked(innocent) == innocent


def test_how_to_write_a_secret_is_no_secret() -> None:
    advice = 'write { env = "…" } or { credential = "…" }'
    assert masked_text(advice) == advice


def test_what_stays_here_keeps_a_name_that_only_looks_like_a_secret() -> None:
    row = {
        "name": "9f1c2d3e-0000-4444-8888-123456789abc",
        "database": "postgresql://anna@db/fleet",
        "tags": ["token", "x"],
    }
    assert masked(row, leaving=False) == row
    assert masked(row)["name"] == REDACTED
    assert masked({"token": "proximity@pve!tui", "api_token": "hunter2"}, leaving=False) == {
        "token": "proximity@pve!tui",
        "api_token": REDACTED,
    }


def test_a_long_hostile_text_is_masked_in_one_pass() -> None:
    # Without bounds in its patterns this would not end.
    assert "a.b+c" in masked_text("secret " * 20_000 + "a.b+c " * 20_000)
