"""What `connect` and `connect --retrust` ask and print on a terminal: the cluster that a person wants, from options
and from answers for the missing ones; the results about it, and what is trusted from now on.

It reads the certificates of the servers, and asks whether they are the right ones. It sends no HTTP.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.printed import output
from proximity_tui.commands.setup.doctor import print_check_result
from proximity_tui.config import url_values, values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.schema import CertificateAuthority, Settings
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.config.tables import clusters_table
from proximity_tui.config.user_paths import absolute
from proximity_tui.connect import certificates, save
from proximity_tui.connect.certificates import ShownCertificate
from proximity_tui.connect.connect_request import (
    ConnectRequest,
    Trusted,
    fingerprints_of,
    request_for,
    trust_in_certificates,
)
from proximity_tui.core.base.secret import register
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.proxmox.errors import CertificateMismatch
from proximity_tui.doctor.check_result import ClusterFacts

T = TypeVar("T")

_NO_SECRET = "the secret is required: Proxmox shows it once, when the token is created"


def request_of(args: Namespace, existing: Settings | None, path: Path) -> ConnectRequest:
    """Return the cluster to connect. `existing` are the settings that the file at `path` holds by now.

    Raises CommandEnd for unusable values, CommandRefused for what was not confirmed.
    """
    name = _given(args.name, "--name", "Name of the cluster (a-z, 0-9, - and _): ", values.cluster_name)
    if existing is not None and name in existing.clusters:
        message = (
            f"{name} is in {path} already; to trust another certificate of it: proximity-tui connect --retrust {name}"
        )
        raise CommandEnd(Exit.CONFLICT, message)
    urls = _given(args.url or None, "--url", "URL of a node (https://host:8006): ", url_values.cluster_urls, _alone)
    trust = _trust(args, name, urls)
    token_id = _given(args.token_id, "--token-id", "API token (user@realm!name): ", values.token_id)
    source, kept, typed = _secret(args, name, path)
    return request_for(name, urls, trust, token_id, source, kept, typed)


def agree_to(
    args: Namespace, name: str, seen: Sequence[ShownCertificate], question: Callable[[], None]
) -> tuple[str, ...]:
    """Return the certificates that servers show, when `--fingerprint` names all of them or a person confirms them.

    Raises CertificateMismatch for one that `--fingerprint` does not name, CommandRefused when nobody can confirm.
    """
    pins = fingerprints_of(seen)
    if args.fingerprint:
        named = tuple(_valid("--fingerprint", one, values.certificate_fingerprint) for one in args.fingerprint)
        for one in seen:
            if one.fingerprint is not None and one.fingerprint not in named:
                raise CertificateMismatch(name, one.url, expected=named, seen=one.fingerprint)
        return pins
    confirm.refuse_without_terminal("--fingerprint or --ca-file", "confirm the certificate")
    for one in seen:
        for line in one.lines:
            output.note(line)
    output.note(f"Nothing was sent to it yet. Your token is sent only after you confirm; {certificates.COMPARE}.")
    question()
    return pins


def print_check_results(facts: ClusterFacts, known: str | None) -> None:
    """Print the results about a cluster on stderr, before any question about it."""
    for result in certificates.noteworthy_results(facts, known):
        print_check_result(result, output.note)


def print_result(
    args: Namespace, facts: ClusterFacts, path: Path, pins: Sequence[str], identity: str | None, message: str
) -> None:
    """Print the result: `message` for a person, or one JSON document with the certificates trusted
    from now on (`pins`).
    """
    version = facts.used.version if facts.used is not None else None
    document = {
        "success": True,
        "cluster": facts.name,
        "configuration": str(path),
        "urls": list(facts.cluster.urls),
        "fingerprints": list(pins),
        "identity": identity,
        "version": version.version if version else None,
    }
    if args.json:
        output.document(document)
    else:
        output.print_line(message)


def _trust(args: Namespace, name: str, urls: tuple[str, ...]) -> Trusted:
    if args.ca_file is not None:
        return CertificateAuthority(_valid("--ca-file", _followed("--ca-file", args.ca_file), clusters_table.authority))

    def question() -> None:
        if not confirm.says_yes("Is it the same? [y/N] "):
            raise CommandRefused(
                Refusal(RefusalCode.CONFIRMATION, "not trusted: nothing was sent, and nothing was written")
            )

    return trust_in_certificates(agree_to(args, name, certificates.shown_by_all(name, urls), question))


def _secret(args: Namespace, name: str, path: Path) -> tuple[SecretSource, Mapping[str, str], str | None]:
    key = f"clusters.{name}.token_secret"
    if args.token_secret_env is not None:
        return SecretSource(key, SecretKind.ENV, args.token_secret_env), {"env": args.token_secret_env}, None
    if args.token_secret_file is not None:
        file = _followed("--token-secret-file", args.token_secret_file)
        beside = file.parent == path.resolve().parent
        return SecretSource(key, SecretKind.FILE, str(file)), {"file": file.name if beside else str(file)}, None
    file = save.secret_file(path, name)
    if file.exists():
        message = f"{file} exists already: use it with --token-secret-file {file}, or move it away"
        raise CommandEnd(Exit.CONFLICT, message)
    if not sys.stdin.isatty():
        raise CommandEnd(
            Exit.USAGE, "the secret is missing: use --token-secret-file FILE or --token-secret-env VARIABLE"
        )
    typed = _typed_secret()
    register(typed)
    return SecretSource(key, SecretKind.TEXT, typed), {"file": file.name}, typed


def _followed(option: str, path: Path) -> Path:
    return _valid(option, path, partial(absolute, follow=True))


def _typed_secret() -> str:
    while (answer := confirm.typed_unseen("Secret of the token (not shown): ")) is not None:
        if secret := answer.strip():
            return secret
        output.note(f"{_NO_SECRET[0].upper()}{_NO_SECRET[1:]}.")
    raise CommandEnd(Exit.USAGE, _NO_SECRET)


def _alone(answer: str) -> list[str]:
    return [answer]


def _given(value: Any, option: str, prompt: str, grammar_of: Callable[[Any], T], read: Callable[[str], Any] = str) -> T:
    """Return what was given by the option, or what a person types instead: they are asked until it can be used."""
    if value is not None:
        return _valid(option, value, grammar_of)
    if not sys.stdin.isatty():
        raise CommandEnd(Exit.USAGE, f"{option} is missing")
    while (answer := confirm.typed_or_end(prompt)) is not None:
        try:
            return grammar_of(read(answer.strip()))
        except Invalid as error:
            output.note(f"It {error}.")
    raise CommandEnd(Exit.USAGE, f"{option} is missing: nothing was sent, and nothing was written")


def _valid(option: str, value: Any, grammar_of: Callable[[Any], T]) -> T:
    try:
        return grammar_of(value)
    except Invalid as error:
        raise CommandEnd(Exit.USAGE, f"{option} {error}") from None
