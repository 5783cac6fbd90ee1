"""`stats`: the figures of the fleet for people, as JSON and as a table, whether or not a cluster answers."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from typing import Any

from proximity_tui.simulator import Simulator
from proximity_tui.widgets.glyphs import CHART, bar
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT


def test_the_figures_are_text_json_or_a_table(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    told = cli("stats").out
    assert told.startswith("Figures of the last 30d, since ")
    assert "FLEET  1 container, 1 adopted, 0 native; 1 more than at the beginning" in told
    assert "ADOPTED  1, 1 with its config captured; 0 created or cloned" in told
    assert f"      1 adopted      0 native  {bar(1.0, CHART)}\n" in told
    document = cli.json("stats", "--since", "2h")
    assert (document["adoptions"], document["snapshots_captured"], document["growth"]) == (1, 1, 1)
    assert document["missing_to_alert"] == {"count": 0, "mean_seconds": None}
    (uptime,) = document["uptime"]
    assert (uptime["name"], uptime["uptime"]) == ("web-1", None), "nobody saw it run for a minute yet"
    rows = list(csv.DictReader(io.StringIO(cli("stats", "--csv").out)))
    assert {"section": "adopted", "name": "adoptions", "detail": "", "value": "1"} in rows
    assert cli("stats", "--csv", "--json").code == 2


def test_no_name_reaches_a_terminal_raw_from_the_table_either(cli: Cli, adopted: dict[str, Any]) -> None:
    with closing(sqlite3.connect(cli.database)) as database, database:
        database.execute("UPDATE container SET name = ?", ("web\x1b[31m",))
    told = cli("stats", "--csv").out
    assert "web" in told
    assert "\x1b" not in told
