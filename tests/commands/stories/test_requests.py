"""What a command asks on the wire: nothing twice that one answer tells, and of several containers nothing that they
share once for each.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import TEMPLATE, Cli

IDENTITY = ("/nodes/localhost/certificates/info",)


def asked(cli: Cli, lab: Simulator, *words: str) -> Counter[str]:
    """Return how often each request was sent by a command that ends well, its parameters included."""
    lab.journal.clear()
    outcome = cli(*words)
    assert outcome.code == 0, outcome
    sent = ((entry.path, sorted(entry.params.items())) for entry in lab.journal.entries())
    return Counter(f"{path} {parameters}" if parameters else path for path, parameters in sent)


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("show", "web1"), 15),
        (("templates",), 9),
        (("lint",), 11),
        (("backups", "web1"), 11),
        (("backup", "web1", "--plan"), 17),
        (("create", "--template", TEMPLATE, "--hostname", "new1", "--plan"), 9),
        (("migrate", "web1", "--node", "pve2", "--plan"), 13),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_nothing_is_asked_twice(cli: Cli, lab: Simulator, native: Any, words: tuple[str, ...], most: int) -> None:
    sent = asked(cli, lab, *words)
    assert {request: count for request, count in sent.items() if count > 1} == {}
    assert sum(sent.values()) <= most


def test_a_shared_storage_of_templates_is_listed_once_and_named_on_each_of_its_nodes(cli: Cli, lab: Simulator) -> None:
    lab.world.add_storage("iso", "nfs", ("vztmpl",), shared=True)
    volume = lab.world.add_template("iso", "devuan-5_1_amd64.tar.zst")
    for command in ("lint", "templates"):
        sent = asked(cli, lab, command)
        assert sum(count for request, count in sent.items() if "/storage/iso/content" in request) == 1
    rows = cli.json("templates")
    assert [row["node"] for row in rows if row["volid"] == volume] == ["pve1", "pve2", "pve3"]


def test_the_plans_of_several_containers_share_what_is_not_about_one(
    cli: Cli, lab: Simulator, native: Any, adopted: Any
) -> None:
    sent = asked(cli, lab, "backup", "web1", "101", "--plan")
    # Each reads the quorum by itself, and two threads may meet the cluster at the same moment.
    expected = {"/cluster/status": 2}
    shared = {request: count for request, count in sent.items() if count > 1 and request not in IDENTITY}
    assert shared == expected
