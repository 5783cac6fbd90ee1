"""A secret is shown by nothing, and redaction takes it out of everything."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest

from proximity_tui.core.base.secret import REDACTED, Secret, redact, register

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
        secret + 1
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_a_long_text_without_blanks_is_redacted_in_one_pass() -> None:
    # With unbounded repeats this took minutes: a test that does not end says so by itself.
    text = "ab@cd" * 20_000 + " u@pve!t=0123-4567"
    assert "0123-4567" not in redact(text)
    assert redact("x" * 100_000) == "x" * 100_000
