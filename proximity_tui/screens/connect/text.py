"""The texts for connecting or trusting again: certificates side by side, and the doctor's findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from proximity_tui.connect import certificates, rotate
from proximity_tui.connect.certificates import Shown
from proximity_tui.connect.rotate import TrustChange
from proximity_tui.core.base.secret import redact
from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.tones import Tone

HOW_TO_COMPARE = f"{certificates.COMPARE[0].upper()}{certificates.COMPARE[1:]}."

_NOTHING_SENT = "Nothing was sent to it yet, and your token is not until you trust it."

_TONES: dict[str, Tone] = {"ok": "good", "warn": "warn", "fail": "bad"}


def shown_lines(shown: Iterable[Shown]) -> Iterator[TextLine]:
    """Yield every server with the certificate that it shows."""
    for one in shown:
        yield [(f"{one.url} shows this certificate (SHA-256):", "normal")]
        yield [(f"  {one.fingerprint or one.problem}", "accent")]


def compare_lines(shown: Iterable[Shown]) -> list[TextLine]:
    """Return the instructions for before a server is trusted."""
    return [*shown_lines(shown), [(_NOTHING_SENT, "warn")], [(HOW_TO_COMPARE, "normal")]]


def vouched_lines(file: Path) -> list[TextLine]:
    """Return the meaning of trusting every certificate of a CA."""
    copy = "Only go on if it is a copy of the root CA of the cluster, which every node has in /etc/pve/pve-root-ca.pem."
    return [
        [(f"Whatever {file} vouches for will be trusted.", "normal")],
        [(_NOTHING_SENT, "warn")],
        [(copy, "normal")],
    ]


def write_lines(facts: ClusterFacts, path: Path) -> list[TextLine]:
    """Return the findings, and the consequences of writing them down."""
    writes = f"w writes it into {path}, and the secret into a file beside it that only you can read."
    return [*finding_lines(facts, None), [(writes, "normal")]]


def renewed_lines(change: TrustChange) -> list[TextLine]:
    """Return the trusted certificates of a cluster beside those that are shown now."""
    name = change.was.name
    return [
        [(f"{name}: another certificate is shown than the trusted one. Nothing was sent to it.", "warn")],
        *_trusted_lines(change),
        *shown_lines(change.strangers),
        [(HOW_TO_COMPARE, "normal")],
        [
            (
                "If it is not the same, or you cannot look now, cancel: nothing is sent to it until it is trusted.",
                "normal",
            )
        ],
    ]


def replaced_lines(name: str, known: str, shown: str) -> list[TextLine]:
    """Return the recorded root CA of a name beside the one that answers."""
    return [
        [(f"{name}: ANOTHER CLUSTER answers. Our records under this name are of the one known until now.", "bad")],
        [("known until now:", "normal"), (f" {known}", "dim")],
        [("shown now:      ", "normal"), (f" {shown}", "accent")],
        [("On a node: openssl x509 -noout -fingerprint -sha256 -in /etc/pve/pve-root-ca.pem", "normal")],
        [("Our containers that it does not have will be found missing. Only go on if it was made anew.", "normal")],
    ]


def finding_lines(facts: ClusterFacts, known: str | None) -> Iterator[TextLine]:
    """Yield the findings about a cluster before it is recorded."""
    for finding in certificates.worth_telling(facts, known):
        said = redact(f"{finding.subject}: {finding.message}")
        yield [(f"{finding.level:<4}  ", _TONES[finding.level]), (f"{finding.area}  {said}", "normal")]
        for advice in finding.advice:
            yield [(f"      {redact(advice)}", "dim")]


def _trusted_lines(change: TrustChange) -> Iterator[TextLine]:
    for pin in rotate.pins_of(change.was):
        yield [("trusted until now:", "normal")]
        yield [(f"  {pin}", "dim")]
