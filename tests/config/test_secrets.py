"""Where a secret may be kept, what is refused there, and that no error or repr ever repeats one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from proximity_tui.config import secrets
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.load import load
from proximity_tui.config.schema import SentrySettings
from proximity_tui.config.secrets import SecretKind, SecretSource, resolve_secret
from proximity_tui.core.base.masking import masked_text
from tests.support.processes.process_numbers import runs
from tests.support.timing.waiting import until

TOKEN = "0f0f0f0f-1111-2222-3333-444444444444"
KEY = "clusters.prod.token_secret"


def kept_in(kind: str, where: object) -> SecretSource:
    return SecretSource(KEY, SecretKind(kind), str(where))


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


def sentence(source: SecretSource, environ: Mapping[str, str] | None = None) -> str:
    """What a person reads when the secret cannot be had; it must not be the secret."""
    with pytest.raises(ConfigError) as refused:
        resolve_secret(source, environ or {})
    message = str(refused.value)
    assert message.startswith(f"{KEY}, ")
    assert TOKEN not in message
    return message


def test_a_secret_may_be_in_the_environment() -> None:
    secret = resolve_secret(kept_in("env", "PROD_TOKEN"), {"PROD_TOKEN": TOKEN})
    assert (secret.reveal(), secret.origin) == (TOKEN, "environment variable PROD_TOKEN")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_secret_may_be_in_a_file_that_only_its_owner_can_read(token_file: Path, mode: int) -> None:
    token_file.chmod(mode)
    assert resolve_secret(kept_in("file", token_file)).reveal() == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_file_that_is_open_to_others_is_refused_with_the_remedy(token_file: Path, mode: int) -> None:
    token_file.chmod(mode)
    assert f"has mode {mode:04o}" in sentence(kept_in("file", token_file))
    assert f"chmod 600 {token_file}" in sentence(kept_in("file", token_file))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert f"file {tmp_path / 'gone'} cannot be read" in sentence(kept_in("file", tmp_path / "gone"))


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is not a regular file" in sentence(kept_in("file", tmp_path / "pipe"))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "directory" in sentence(kept_in("file", tmp_path))


def test_the_first_line_that_a_command_prints_is_the_secret() -> None:
    secret = resolve_secret(kept_in("command", f"printf '{TOKEN}\\nurl: https://pve1\\n'"))
    assert secret.reveal() == TOKEN


def test_of_a_command_only_the_program_is_ever_named() -> None:
    assert resolve_secret(kept_in("command", f"echo {TOKEN}")).origin == "command echo"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (f"sh -c 'echo {TOKEN} >&2; exit 3'", "command sh failed with exit code 3"),
        ("/no/such/program", "command /no/such/program cannot be run"),
        ("true", "command true is empty"),
        ("printf '\\377'", "did not print UTF-8"),
    ],
)
def test_a_failing_command_says_how_it_failed(command: str, problem: str) -> None:
    assert problem in sentence(kept_in("command", command))


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT", 0.05)
    assert "command sleep did not answer within 0.05s" in sentence(kept_in("command", "sleep 60"))


@pytest.mark.parametrize("command", ["yes", "cat /dev/zero"])
def test_a_command_that_never_stops_printing_is_ended(command: str) -> None:
    assert "printed more than 65536 bytes" in sentence(kept_in("command", command))


def test_what_a_command_leaves_behind_with_its_output_is_neither_waited_for_nor_left_running(tmp_path: Path) -> None:
    child = tmp_path / "pid"
    script = f"sleep 100000 & echo $! > {child}; echo {TOKEN}"
    assert resolve_secret(kept_in("command", f"sh -c '{script}'")).reveal() == TOKEN
    until(lambda: not runs(int(child.read_text())))


def test_a_command_has_no_keyboard_to_ask_a_question_on() -> None:
    assert "command cat is empty" in sentence(kept_in("command", "cat"))


def test_a_secret_may_be_a_systemd_credential(token_file: Path) -> None:
    token_file.chmod(0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(token_file.parent)}
    assert resolve_secret(kept_in("credential", "token"), environ).reveal() == TOKEN


def test_a_credential_outside_of_systemd_says_what_to_use_instead() -> None:
    message = sentence(kept_in("credential", "prod"))
    assert "with the LoadCredential prod:/path" in masked_text(message), "the advice is no secret"
    assert "elsewhere use env, file or command" in message


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is not set; export it"),
        ("", "is empty"),
        ("\n", "is empty"),
        (f"{TOKEN} {TOKEN}", "on one line without spaces"),
        (f"{TOKEN}\r\nX-Header: {TOKEN}", "on one line without spaces"),
        (f"{TOKEN}\x1b[2J", "on one line without spaces"),
    ],
)
def test_a_value_that_cannot_be_a_secret_is_refused(value: str | None, problem: str) -> None:
    environ = {} if value is None else {"PROD_TOKEN": value}
    assert problem in sentence(kept_in("env", "PROD_TOKEN"), environ)


def test_nothing_is_fetched_before_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "proximity-tui.toml"
    path.write_text(f'[sentry]\ndsn = {{ command = "touch {tmp_path / "ran"}" }}')
    load(path, environ={})
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("written", "source"),
    [
        (
            '"https://key@sentry.example/7"',
            SecretSource("sentry.dsn", SecretKind.TEXT, "https://key@sentry.example/7"),
        ),
        ('{ env = "SENTRY_DSN" }', SecretSource("sentry.dsn", SecretKind.ENV, "SENTRY_DSN")),
    ],
)
def test_a_dsn_may_be_plain_text_or_kept_like_a_secret(tmp_path: Path, written: str, source: SecretSource) -> None:
    path = tmp_path / "proximity-tui.toml"
    path.write_text(f"[sentry]\ndsn = {written}")
    assert load(path, environ={}).sentry == SentrySettings(dsn=source)


def test_a_plain_dsn_resolves_to_itself_and_stays_out_of_reprs() -> None:
    source = SecretSource("sentry.dsn", SecretKind.TEXT, "https://key@sentry.example/7")
    assert resolve_secret(source).reveal() == "https://key@sentry.example/7"
    assert "sentry.example" not in repr(SentrySettings(dsn=source))


def test_a_relative_secret_file_is_sought_beside_the_configuration(token_file: Path) -> None:
    path = token_file.parent / "proximity-tui.toml"
    path.write_text('[sentry]\ndsn = { file = "token" }')
    assert load(path, environ={}).sentry.dsn == SecretSource("sentry.dsn", SecretKind.FILE, str(token_file))
