"""A secret is shown by nothing, and redaction takes it out of everything.

What leaves the machine: the evidence, without what people hide in the settings of their guests.
"""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.base import masking
from proximity_tui.core.base.secret import REDACTED, Secret, masked, masked_text, redact, register

VALUE = "0b5e51f0-7d8a-4c67-9a41-1f2e3d4c5b6a"


@dataclass(frozen=True)
class Holder:
    secret: Secret


def test_only_reveal_gives_the_value():
    secret = Secret(VALUE, "the keyring")
    assert secret.reveal() == VALUE
    for shown in (repr(secret), str(secret), f"{secret}", f"{Holder(secret)}", repr([secret])):
        assert "the keyring" in shown
        assert VALUE not in shown


def test_a_secret_has_no_dictionary_to_look_into():
    with pytest.raises(TypeError):
        vars(Secret(VALUE, "the keyring"))


@pytest.mark.parametrize("leave", [pickle.dumps, json.dumps])
def test_a_secret_leaves_the_process_in_no_form(leave):
    with pytest.raises(TypeError):
        leave(Secret(VALUE, "the keyring"))


def test_a_copy_of_a_secret_is_itself():
    secret = Secret(VALUE, "the keyring")
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"token": secret})["token"] is secret


def test_secrets_are_equal_by_value():
    assert Secret(VALUE, "a file") == Secret(VALUE, "the keyring")
    assert Secret(VALUE, "a file") != Secret("another-value", "a file")
    assert Secret(VALUE, "a file") != VALUE
    assert len({Secret(VALUE, "a file"), Secret(VALUE, "the keyring")}) == 1


def test_whatever_became_a_secret_is_redacted_everywhere():
    Secret(VALUE, "the keyring")
    assert redact(f"header: {VALUE}, again {VALUE}") == f"header: {REDACTED}, again {REDACTED}"


def test_the_longer_of_two_secrets_goes_as_a_whole():
    register("tango-tango")
    register("tango-tango-and-more")
    assert redact("x tango-tango-and-more y") == f"x {REDACTED} y"


def test_what_is_too_short_for_a_secret_does_not_make_text_unreadable():
    Secret("a", "a joke")
    assert redact("a banana") == "a banana"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: PVEAPIToken=root@pam!ci=11111111-2222", f"Authorization: PVEAPIToken=root@pam!ci={REDACTED}"),
        ("token root@pam!ci=11111111-2222; next", f"token root@pam!ci={REDACTED}; next"),
        ("{'Authorization': 'PVEAPIToken=a@pve!b=cafe'}", f"{{'Authorization': 'PVEAPIToken=a@pve!b={REDACTED}'}}"),
        ("Cookie: PVEAuthCookie=PVE:root@pam:6B03::abc; a=b", f"Cookie: PVEAuthCookie={REDACTED}; a=b"),
        ('"CSRFPreventionToken": "6B03:xyz"', f'"CSRFPreventionToken": "{REDACTED}"'),
    ],
)
def test_tokens_and_tickets_are_redacted_although_nobody_registered_them(text, left):
    assert redact(text) == left


def test_ordinary_text_is_left_alone():
    text = "UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:107:labadmin@pve!full: started by labadmin@pve!full"
    assert redact(text) == text


@pytest.mark.parametrize("piece", ["x", "ab@cd", "a@b!", "PVEAPIToken=", "PVEAPIToken=a!", "a@b!c", "=", "!@"])
def test_a_long_text_of_almost_a_token_is_searched_in_no_time(piece):
    text = piece * 50_000
    assert redact(text + " end").endswith(" end")


def test_a_traceback_through_a_secret_shows_none_of_it():
    secret = Secret(VALUE, "the keyring")
    with pytest.raises(TypeError) as caught:
        secret + 1  # type: ignore[operator]
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_a_long_text_without_blanks_is_redacted_in_one_pass() -> None:
    # With unbounded repeats this took minutes: a test that does not end says so by itself.
    text = "ab@cd" * 20_000 + " u@pve!t=0123-4567"
    assert "0123-4567" not in redact(text)
    assert redact("x" * 100_000) == "x" * 100_000


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
    assert masked({"notes": "before the upgrade, password=hunter2"}, leaving=False) == {
        "notes": f"before the upgrade, password={REDACTED}"
    }
    assert masked({"notes": "before the upgrade"}) == {"notes": REDACTED}
    assert masked({"token": "proximity@pve!tui", "api_token": "hunter2"}, leaving=False) == {
        "token": "proximity@pve!tui",
        "api_token": REDACTED,
    }


def test_a_long_hostile_text_is_masked_in_one_pass() -> None:
    # Without bounds in its patterns this would not end.
    assert "a.b+c" in masked_text("secret " * 20_000 + "a.b+c " * 20_000)


PIECES = (
    *("password", "api_key", "pass", "token", "secret", "--token", "-p", "mountoptions", "Bearer", "Authorization"),
    *("PVEAPIToken", "PVEAuthCookie", "CSRFPreventionToken", "a@b!c", "-----BEGIN PRIVATE KEY-----", "https://", "x@y"),
    *(
        "9f1c2d3e-0000-4444-8888-123456789abc",
        "hunter2hunter2",
        "é",
        "=",
        ":",
        " ",
        "\n",
        "\u2003",
        "'",
        '"',
        "@",
        "-",
        "/",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.booleans())
def test_a_text_that_is_not_searched_holds_nothing_to_be_found(text: str, leaving: bool) -> None:
    patterns = (*masking._IN_TEXT, *masking._IN_LEAVING_TEXT) if leaving else masking._IN_TEXT
    found = redact(text)
    for pattern in patterns:
        found = pattern().sub(rf"\g<kept>{REDACTED}", found)
    assert masked_text(text, leaving=leaving) == found


def test_a_secret_that_is_registered_later_is_masked_in_the_same_text() -> None:
    rows = [{"name": "correct-horse-battery"}] * 2
    assert masked(rows) == rows
    register("correct-horse-battery")
    assert masked(rows) == [{"name": REDACTED}] * 2
    assert masked_text("correct-horse-battery") == REDACTED
