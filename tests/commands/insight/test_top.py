"""`top`: who uses most, as a table and as JSON, from the kept figures alone."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT


def test_without_figures_it_says_so_and_contacts_no_cluster(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    document = cli.json("top", "--since", "7d", "--by", "growth")
    assert (document["containers"], document["without_figures"]) == ([], 1)
    assert "1 without figures in this time" in cli("top").err
    assert cli("top", "--by", "size").code == 2


def test_a_span_that_cannot_be_says_what_it_must_be(cli: Cli) -> None:
    for span, told in (("-1h", "it must be a duration such as"), ("9999999h", "it must be at most 366d")):
        for words in (("--since", span), (f"--since={span}",), ("--by", "cpu", "--since", span)):
            outcome = cli("top", *words)
            assert (outcome.code, f"{told}" in outcome.err, span in outcome.err) == (2, True, True), outcome.err
