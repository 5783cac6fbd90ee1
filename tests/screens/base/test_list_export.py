"""What is shown, written to a file: each form with the age of its rows, never over another file, never a formula."""

from __future__ import annotations

import csv
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proximity_tui.screens.base.list_export import Export, as_csv, as_json, as_text, write
from tests.support.timing.meddling import full_disk

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHEET = Export(
    title="fleet",
    written_at=NOON,
    simulated=True,
    filter="kind:adopted",
    total=40,
    columns=("NAME", "NOTES"),
    rows=((("web-1", "locked"), NOON - timedelta(minutes=2)), (("web-2", ""), None)),
)


def test_text_says_what_it_is_how_much_of_it_and_how_old() -> None:
    headline, _, titles, *rows = as_text(SHEET).splitlines()
    assert headline == (
        "SIMULATED fleet: 2 of 40, filter kind:adopted, oldest value 2m old, written 2026-11-23T12:00:00Z"
    )
    assert titles.split() == ["NAME", "NOTES", "SEEN_AT"]
    assert [row.split() for row in rows] == [["web-1", "locked", "2026-11-23T11:58:00Z"], ["web-2"]]


def test_json_is_for_programs() -> None:
    document = json.loads(as_json(SHEET))
    assert (document["simulated"], document["total"], document["filter"]) == (True, 40, "kind:adopted")
    assert document["rows"][1] == {"name": "web-2", "notes": "", "seen_at": None}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)"])
def test_a_text_that_a_spreadsheet_would_carry_out_is_quoted(text: str) -> None:
    sheet = Export("fleet", NOON, False, "", 1, ("NAME", "NOTES"), ((("web-1", text), NOON),))
    _, row = csv.reader(as_csv(sheet).splitlines())
    assert row == ["web-1", f"'{text}", "2026-11-23T12:00:00Z"]


def test_a_file_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "fleet.json"
    assert write(str(file), SHEET) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert write(str(file), SHEET) == f"{file} already exists. Choose another name."
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("~nosuchuser/fleet.txt", "there is no user nosuchuser"),
        ("fleet\0.txt", "cannot be a path"),
        (f"{'x' * 5000}.txt", "cannot be a path"),
        (f"{'x' * 300}.txt", "longer than 255 bytes"),
        ("/no/such/folder/fleet.txt", "No such file or directory"),
    ],
)
def test_a_name_that_can_be_no_file_is_answered_with_a_sentence(name: str, why: str) -> None:
    assert why in str(write(name, SHEET))


def test_of_a_file_that_cannot_be_written_whole_nothing_is_left(tmp_path: Path) -> None:
    name = tmp_path / "fleet.txt"
    with full_disk(room=10):
        assert "was not written" in str(write(str(name), SHEET))
    assert not name.exists()
    assert write(str(name), SHEET) is None


def test_a_home_is_expanded_in_the_name(own_home: Path) -> None:
    assert write("~/fleet.txt", SHEET) is None
    assert (own_home / "fleet.txt").exists()


def test_an_ending_that_names_no_form_is_refused(tmp_path: Path) -> None:
    assert write(str(tmp_path / "fleet.xls"), SHEET) == "Choose a name that ends in .txt, .csv or .json."
    assert list(tmp_path.iterdir()) == []
