"""The access to a new container: what Proxmox would not take is refused here, and never quoted."""

from __future__ import annotations

import pytest

from proximity_tui.core.model.actions.credentials import Credentials, read_password, read_ssh_keys

BODY = "AAAAC3NzaC1lZDI1NTE5AAAAIGxvbmdlbm91Z2g"
KEY = f"ssh-ed25519 {BODY} anna@jump1"


def test_a_password_of_five_characters_is_the_shortest() -> None:
    assert read_password("hunte").reveal() == "hunte"
    with pytest.raises(ValueError, match="fewer than 5 characters") as refused:
        read_password("hunt")
    assert "hunt" not in str(refused.value).replace("fewer than", "")


def test_a_password_with_a_line_break_is_refused_unquoted() -> None:
    with pytest.raises(ValueError, match="cannot be printed") as refused:
        read_password("hunter\n2")
    assert "hunter" not in str(refused.value)


def test_public_keys_are_read_one_a_line_without_comments() -> None:
    options = f'from="10.0.0.0/8" {KEY}'
    found = read_ssh_keys(
        f"# of anna\n\n{KEY}\n  ecdsa-sha2-nistp256 {BODY}\nsk-ssh-ed25519@openssh.com {BODY}\n{options}\n"
    )
    assert [one.reveal() for one in found] == [
        KEY,
        f"ecdsa-sha2-nistp256 {BODY}",
        f"sk-ssh-ed25519@openssh.com {BODY}",
        options,
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "private SSH key"),
        ("", "no SSH key"),
        ("# nothing but a comment", "no SSH key"),
        ("ssh-ed25519 short", "SSH key 1 is not a public key"),
        (f"{KEY}\nhunter2-secret", "SSH key 2 is not a public key"),
        (f"ssh-ed25519 {BODY} a\x1bb", "SSH key 1 is not a public key"),
    ],
)
def test_what_is_no_public_key_is_refused_unquoted(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        read_ssh_keys(text)
    assert "hunter2" not in str(refused.value)


def test_credentials_print_without_what_they_hold() -> None:
    shown = repr(Credentials(read_password("hunter2-secret"), read_ssh_keys(KEY)))
    assert "hunter2" not in shown
    assert BODY not in shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n", "this is a private SSH key"),
        ("ssh-ed25519\n", "SSH key 1 is not a public key"),
        (f"{KEY}\nhunter22hunter22\n", "SSH key 2 is not a public key"),
        ("# nothing\n", "there is no SSH key in it"),
    ],
)
def test_what_is_no_public_key_is_refused_without_quoting_it(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        read_ssh_keys(text)
    assert not any(word in str(refused.value) for word in ("b3BlbnNz", "hunter22"))


@pytest.mark.parametrize("text", ["", "four", "five5\n", "a\x1bbcdef"])
def test_a_password_that_proxmox_would_not_take_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="the password ") as refused:
        read_password(text)
    assert not text or text not in str(refused.value)
