"""The report of `connect` about a cluster: before it is trusted, and the result. It decides nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proximity_tui.commands.base import output

if TYPE_CHECKING:
    from proximity_tui.doctor.facts import ClusterFacts


def print_report(facts: ClusterFacts, known: str | None) -> None:
    """Print the findings about a cluster on stderr, before any question about it."""
    from proximity_tui.commands.setup.doctor import print_finding as tell_finding
    from proximity_tui.connect import certificates

    for finding in certificates.worth_telling(facts, known):
        tell_finding(finding, output.note)


def report(
    args: Namespace, facts: ClusterFacts, path: Path, pins: Sequence[str], identity: str | None, said: str
) -> None:
    """Print the result: `said` for a person, or one JSON document with the certificates trusted
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
        output.print_line(said)
