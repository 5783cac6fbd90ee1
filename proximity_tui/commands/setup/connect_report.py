"""What `connect` and `connect --retrust` print: the results about a cluster, and what is trusted from now on."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from proximity_tui.commands.printed import output
from proximity_tui.commands.setup.doctor import print_check_result
from proximity_tui.connect import certificates
from proximity_tui.doctor.check_result import ClusterFacts


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
