"""The texts for connecting or trusting again: certificates side by side, and the doctor's results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from proximity_tui.connect import certificates, rotate
from proximity_tui.connect.certificates import ShownCertificate
from proximity_tui.connect.rotate import TrustChange
from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.model import Membership
from proximity_tui.doctor.check_result import ClusterFacts
from proximity_tui.screens.text.lines import TextLine

HOW_TO_COMPARE = f"{certificates.COMPARE[0].upper()}{certificates.COMPARE[1:]}."

_NOTHING_SENT = "Nothing has been sent to it. Your token is sent only after you trust it."

_TONES: dict[str, Tone] = {"ok": "good", "warn": "warn", "fail": "bad"}


def shown_lines(shown: Iterable[ShownCertificate]) -> Iterator[TextLine]:
    """Yield every server with the certificate that it shows."""
    for one in shown:
        url, certificate = one.lines
        yield [(url, "normal")]
        yield [(certificate, "accent")]


def compare_lines(shown: Iterable[ShownCertificate]) -> list[TextLine]:
    """Return the instructions for before a server is trusted."""
    return [*shown_lines(shown), [(_NOTHING_SENT, "warn")], [(HOW_TO_COMPARE, "normal")]]


def state_lines(trouble: str, busy: str) -> list[TextLine]:
    """Return what went wrong, and what is under way."""
    lines: list[TextLine] = [[(trouble, "bad")], [(busy, "dim")]]
    return [line for line, text in zip(lines, (trouble, busy), strict=True) if text]


def ca_file_lines(file: Path) -> list[TextLine]:
    """Return the meaning of trusting every certificate of a CA."""
    copy = "Continue only if it is the root CA of the cluster. Every node has it in /etc/pve/pve-root-ca.pem."
    return [
        [(f"Every certificate signed by {file} will be trusted.", "normal")],
        [(_NOTHING_SENT, "warn")],
        [(copy, "normal")],
    ]


def write_lines(facts: ClusterFacts, path: Path) -> list[TextLine]:
    """Return the results, and the consequences of writing them down."""
    writes = f"w saves the cluster to {path}, and the secret to a file beside it that only you can read."
    return [*check_result_lines(facts, None), [(writes, "normal")]]


def renewed_lines(change: TrustChange) -> list[TextLine]:
    """Return the trusted certificates of a cluster beside those that are shown now."""
    name = change.was.name
    return [
        [(f"{name} shows another certificate than the trusted one. Nothing was sent to it.", "warn")],
        *_trusted_lines(change),
        *shown_lines(change.untrusted),
        [(HOW_TO_COMPARE, "normal")],
        [
            (
                "If it differs, or you cannot check now, cancel. Nothing is sent until it is trusted.",
                "normal",
            )
        ],
    ]


def replaced_lines(name: str, known: str, shown: str) -> list[TextLine]:
    """Return the recorded root CA of a name beside the one that answers."""
    return [
        [(f"{name}: ANOTHER CLUSTER answers. Our records of {name} belong to the previous one.", "bad")],
        [("previous root CA:", "normal"), (f" {known}", "dim")],
        [("current root CA: ", "normal"), (f" {shown}", "accent")],
        [("On a node: openssl x509 -noout -fingerprint -sha256 -in /etc/pve/pve-root-ca.pem", "normal")],
        [("Containers that it does not have will be reported missing. Continue only if it was reinstalled.", "normal")],
    ]


def alone_lines(name: str, members: tuple[Membership, Membership]) -> list[TextLine]:
    """Return what a cluster is known as, beside the part of it that answers."""
    tones: tuple[Tone, ...] = ("bad", "warn", "normal")
    return [[(text, tone)] for text, tone in zip(rotate.members_sentences(name, members), tones, strict=True)]


def check_result_lines(facts: ClusterFacts, known: str | None) -> Iterator[TextLine]:
    """Yield the results about a cluster before it is recorded."""
    for result in certificates.noteworthy_results(facts, known):
        message = redact(f"{result.subject}: {result.message}")
        yield [(f"{result.level:<4}  ", _TONES[result.level]), (f"{result.area}  {message}", "normal")]
        for advice in result.advice:
            yield [(f"      {redact(advice)}", "dim")]


def _trusted_lines(change: TrustChange) -> Iterator[TextLine]:
    for pin in rotate.pins_of(change.was):
        yield [("trusted so far:", "normal")]
        yield [(f"  {pin}", "dim")]
