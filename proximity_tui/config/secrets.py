"""The places of secrets: a source names the place, `resolve_secret` fetches the value when it is needed.

A secret is never part of the configuration, and neither an error nor a repr made here ever holds one.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path

from proximity_tui.config.config_errors import ConfigError, Invalid, SecretNotTold
from proximity_tui.config.files.private_file import not_private
from proximity_tui.config.user_paths import expanded
from proximity_tui.config.values import text, typed
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object

COMMAND_TIMEOUT = 30.0
"""Seconds that a `command` may take: enough to touch a hardware key, too short to look like a hang."""

_FORMS = '{ env = "…" }, { file = "…" } (mode 0600), { command = "…" } or { credential = "…" }'


class SecretKind(StrEnum):
    """How a setting says where its secret is. All but `TEXT`, which is the secret itself, are keys of the setting."""

    ENV = "env"
    FILE = "file"
    COMMAND = "command"
    CREDENTIAL = "credential"
    TEXT = "text"


_KEYS = frozenset(SecretKind) - {SecretKind.TEXT}


@value_object
class SecretSource:
    """The place of one secret. `key` is its setting, as errors call it.

    `where` is the variable, path, command line or credential name; of the kind `TEXT` it is the value itself.
    """

    key: str
    kind: SecretKind
    where: str = field(repr=False)

    @property
    def origin(self) -> str:
        """The place in words. Of a command only the program is named: its arguments may be secret."""
        match self.kind:
            case SecretKind.ENV:
                return f"environment variable {self.where}"
            case SecretKind.FILE:
                return f"file {self.where}"
            case SecretKind.COMMAND:
                return f"command {shlex.split(self.where)[0]}"
            case SecretKind.CREDENTIAL:
                return f"credential {self.where}"
            case SecretKind.TEXT:
                return "the configuration"


def secret_source(key: str, base: Path, *, allow_text: bool = False) -> Callable[[object], SecretSource]:
    """Return the grammar of a secret's place. Files are relative to `base`; plain text is refused unless allowed."""

    def parse(value: object) -> SecretSource:
        if isinstance(value, str):
            if not allow_text:
                raise Invalid(
                    f"must not hold the secret itself; write {_FORMS}, "
                    "and make a new token if this file was ever shared"
                )
            return SecretSource(key, SecretKind.TEXT, text(value))
        table = typed(value, dict)
        if len(table) != 1 or not set(table) <= _KEYS:
            raise Invalid(f"must say in exactly one way where the secret is: {_FORMS}")
        [(word, place)] = table.items()
        kind = SecretKind(word)
        try:
            return SecretSource(key, kind, _place(kind, text(place), base))
        except Invalid as error:
            raise Invalid(f"({kind}) {error}") from None

    return parse


def resolve_secret(source: SecretSource, environ: Mapping[str, str] = os.environ) -> Secret:
    """Return the secret from its place: reads a file, or runs a command for up to `COMMAND_TIMEOUT` seconds.

    Raises ConfigError, which gives advice and never what was found.
    """
    match source.kind:
        case SecretKind.ENV:
            value = _from_environment(source, environ)
        case SecretKind.FILE:
            value = _from_file(source, Path(source.where), private=True)
        case SecretKind.COMMAND:
            value = _from_command(source)
        case SecretKind.CREDENTIAL:
            value = _from_credential(source, environ)
        case SecretKind.TEXT:
            value = source.where
    value = value.rstrip("\r\n")
    if not value:
        raise _unusable(source, "is empty")
    # A token travels in an HTTP header: a line break in it would be a second header.
    if not value.isprintable() or any(letter.isspace() for letter in value):
        raise _unusable(source, "must hold the secret alone, on one line without spaces")
    return Secret(value, source.origin)


def _place(kind: SecretKind, where: str, base: Path) -> str:
    if kind is SecretKind.FILE:
        return str(base / expanded(where))
    if kind is SecretKind.CREDENTIAL and ("/" in where or where in (".", "..")):
        raise Invalid("must be the name of a credential, not a path")
    if kind is SecretKind.ENV and "=" in where:
        raise Invalid("must be the name of a variable")
    if kind is SecretKind.COMMAND:
        try:
            shlex.split(where)
        except ValueError as error:
            raise Invalid(f"is not a command line: {str(error).lower()}") from None
    return where


def _from_environment(source: SecretSource, environ: Mapping[str, str]) -> str:
    if source.where not in environ:
        raise _unusable(source, "is not set; export it before starting")
    return environ[source.where]


def _from_credential(source: SecretSource, environ: Mapping[str, str]) -> str:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise _unusable(
            source,
            # What stands behind `LoadCredential=` would be masked wherever this is shown.
            "needs $CREDENTIALS_DIRECTORY, which systemd sets for a service with the LoadCredential "
            f"{source.where}:/path; elsewhere use env, file or command",
        )
    # No check of its mode: systemd keeps the folder private and may grant the file by ACL.
    return _from_file(source, Path(folder) / source.where, private=False)


def _from_file(source: SecretSource, path: Path, *, private: bool) -> str:
    try:
        # One descriptor gives mode and content, so that nobody swaps the file between; a pipe must not block.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _unusable(source, "is not a regular file")
            if private and (wrong := not_private(path, status.st_mode)):
                raise _unusable(source, wrong)
            return stream.read(65536).decode()
    except OSError as error:
        raise _unusable(source, f"cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    except UnicodeDecodeError:
        raise _unusable(source, "is not UTF-8 text") from None


def _from_command(source: SecretSource) -> str:
    import subprocess  # only who keeps a secret behind a command pays for it

    from proximity_tui.config.secret_command import LARGEST, PrintsTooMuch, output_of
    from proximity_tui.core.base.daemon_threads import waiting_for

    try:
        with waiting_for(f"the {source.origin}"):
            printed, code = output_of(shlex.split(source.where), COMMAND_TIMEOUT)
    except OSError as error:
        raise _unusable(source, f"cannot be run: {(error.strerror or 'unknown reason').lower()}") from None
    except subprocess.TimeoutExpired:
        problem = f"did not answer within {COMMAND_TIMEOUT:g}s; unlock its store first"
        raise SecretNotTold(_sentence(source, problem)) from None
    except PrintsTooMuch:
        raise _unusable(source, f"printed more than {LARGEST} bytes and was ended; it must print the secret") from None
    if code:
        raise SecretNotTold(_sentence(source, f"failed with exit code {code}; run it in a shell to see why"))
    try:
        # Password stores put the secret on the first line and notes below it.
        return printed.decode().partition("\n")[0]
    except UnicodeDecodeError:
        raise _unusable(source, "did not print UTF-8 text") from None


def _unusable(source: SecretSource, problem: str) -> ConfigError:
    return ConfigError(_sentence(source, problem))


def _sentence(source: SecretSource, problem: str) -> str:
    # No colon after the key: what follows one is taken for the secret itself, and masked.
    return f"{source.key}, {source.origin} {problem}"
