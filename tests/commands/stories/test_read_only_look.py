"""A read-only look writes nothing: not into the database, and not beside it, whoever may write there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from proximity_tui.app import ProximityApp
from proximity_tui.config import load as config
from proximity_tui.core import store
from proximity_tui.core.model import OperationStatus
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import operations, records
from proximity_tui.runtime.context import open_context
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.core.store.making import begun
from tests.screens.support.watched import shows
from tests.support.timing.meddling import owner_that_died
from tests.support.timing.until import screen_text, until

Kept = tuple[str, Callable[[], object]]
"""The URL by which a read-only look reaches a database, and everything that is in it."""

LOOKS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("0",), ("[0 Everything]", "windows-server")),
    (("2",), ("[2 Unmanaged]", "web-2")),
    (("3",), ("[3 Alerts]",)),
    (("5",), ("[5 Audit]", "hash chain intact")),
    (("6",), ("[6 Nodes]", "pve3")),
    (("7",), ("[7 Storage]", "local-lvm")),
    (("8",), ("[8 Tasks]",)),
    (("9",), ("[9 Pulse]", "interrupted")),
    ((*":lint", "enter"), ("[Lint]", "adopted with its protection off")),
    ((*":ports", "enter"), ("[Ports]", "All 900 ports")),
    ((*":stats", "enter"), ("[Stats]", "1 with its config captured")),
    ((*":top", "enter"), ("[Top]", "No figures of the last hour")),
    (("1", "d"), ("Revision 1: adopted.",)),
    (("enter",), ("revision 1 of its config",)),
    (("escape", "escape", "t"), ("you are here",)),
    (("escape", "b"), ("2 backups.",)),
    (("escape", "x"), ("The ladder",)),
    (("escape", "y"), ("No setting differs from the clinical record.",)),
    (("escape", "enter", "h"), ("The last hour, as of",)),
    (("escape", "4"), ("[4 Jobs]", "this process writes nothing")),
)
"""Keys, and what the screen shows then: everything that can be looked at."""


@pytest.fixture
def fleet(cli: Cli, adopted: dict[str, Any]) -> Cli:
    """A database with an adopted container, and an operation of it whose process is gone."""
    store.open_store(f"sqlite:///{cli.database}")
    try:
        begun(records.get(adopted["container"]), owner=owner_that_died())
    finally:
        store.close_store()
    return cli


@pytest.fixture
def a_role_that_may_only_select(fleet: Cli, ready_postgresql: str) -> Kept:
    """The same in PostgreSQL, for a role with the grants that docs/shared-database.md names."""
    assert fleet("db", "copy", "--to", ready_postgresql, "--yes").code == 0
    page = (Path(__file__).parents[3] / "docs" / "shared-database.md").read_text()
    grants = page.partition("```sql\n")[2].partition("```")[0].replace("DATABASE proximity", "DATABASE ready")
    with psycopg.connect(ready_postgresql, autocommit=True) as connection:
        connection.execute(b"DROP OWNED BY reader" if _exists(connection) else b"SELECT 1")
        connection.execute(b"DROP ROLE IF EXISTS reader")
        for line in filter(None, (line.strip() for line in grants.splitlines())):
            connection.execute(line.encode())
    parts = urlsplit(ready_postgresql)
    return f"postgresql://reader@{parts.hostname}:{parts.port}{parts.path}", lambda: _dump(ready_postgresql)


@pytest.fixture
def a_file_that_nobody_may_write(fleet: Cli, tmp_path: Path) -> Any:
    """The same in a file and a directory that are marked read-only, with no other process at work."""
    folder = tmp_path / "kept"
    folder.mkdir()
    file = folder / "proximity.db"
    fleet.database.rename(file)
    file.chmod(0o400)
    folder.chmod(0o500)
    yield f"sqlite:///{file}", lambda: _files(folder)
    folder.chmod(0o700)


@pytest.fixture(params=["a_role_that_may_only_select", "a_file_that_nobody_may_write"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """Each of them in turn."""
    found: Kept = request.getfixturevalue(request.param)
    return found


def test_commands_answer_and_leave_no_trace(cli: Cli, kept: Kept) -> None:
    database, contents = kept
    before = contents()
    look = ("--read-only", "--database", database)
    assert [row["vmid"] for row in cli.json("list", *look)] == [101]
    assert cli.json("show", "101", *look)["live"]["seen"] is True
    assert cli.json("alerts", *look) == []
    assert cli.json("audit", *look)
    assert cli.json("audit", "verify", *look)["whole"] is True
    assert [one["status"] for one in cli.json("operations", *look)] == ["interrupted"]
    doctor = cli("doctor", *look)
    assert "the audit trail is whole" in doctor.out
    assert "Traceback" not in doctor.out + doctor.err
    assert contents() == before


def test_that_there_is_no_database_is_said_with_every_answer(cli: Cli, lab: Simulator, tmp_path: Path) -> None:
    """Else a path that is mistyped, or not mounted, would look like a fleet without records and alerts."""
    look = ("--read-only", "--database", f"sqlite:///{tmp_path}/mistyped.db")
    for words in (("list",), ("alerts",), ("audit", "verify"), ("show", "101"), ("list", "--json")):
        outcome = cli(*words, *look)
        assert outcome.code == 0
        assert f"there is no database at sqlite:///{tmp_path}/mistyped.db" in outcome.err, words
    assert "warn  database" in cli("doctor", *look).out
    assert not list(tmp_path.glob("mistyped.db*"))


async def test_that_there_is_no_database_is_on_every_screen_and_no_list_says_that_there_are_no_containers(
    cli: Cli, lab: Simulator, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/mistyped.db"
    context = open_context(config.load(cli.config, database=database, read_only=True, environ={}))
    try:
        app = ProximityApp(context)
        async with app.run_test(size=(160, 30)) as pilot:
            await until(pilot, lambda: app.controller.view.polls and app.controller.view.polls["lab"].inventory)
            await shows(pilot, "NO DATABASE", "none was found at sqlite:///", "which guests are managed")
            assert "No container is managed yet" not in screen_text(app)
            # The path is as long as the machine of the test has it, so that it may be cut off.
            told = "No database, so no records and no alerts are known: none was found at sqlite:///"
            for key in "023459":
                await pilot.press(key)
                await shows(pilot, f"[{key} ", "NO DATABASE", told)
            assert app.controller.view.store_error is None
    finally:
        context.close()
    assert not list(tmp_path.glob("mistyped.db*"))


async def test_a_screen_shows_what_is_interrupted_and_leaves_no_trace(cli: Cli, kept: Kept) -> None:
    database, contents = kept
    before = contents()
    context = open_context(config.load(cli.config, database=database, read_only=True, environ={}))
    try:
        app = ProximityApp(context)
        async with app.run_test(size=(120, 30)) as pilot:
            await until(pilot, lambda: app.controller.view.polls and app.controller.view.polls["lab"].inventory)
            await until(pilot, lambda: app.controller.services.jobs is not None)
            await until(pilot, lambda: len(app.controller.view.rows) == 1)
            assert [one.status for one in app.controller.view.operations] == [OperationStatus.INTERRUPTED]
            assert "READ-ONLY" in screen_text(app).upper()
            looks = LOOKS if database.startswith("postgresql") else [LOOKS[0], LOOKS[-1]]
            for keys, shown in looks:
                await pilot.press(*keys)
                await shows(pilot, *shown)
            assert app.controller.view.store_error is None
            assert "d dry run" in screen_text(app)
            assert "R reconcile" not in screen_text(app)
            [refused] = app.controller.services.run_now("reconciler", ["lab"])
            assert "runs no jobs" in refused
        with pytest.raises(StoreUnavailable, match="opened read-only"):
            operations.mark_interrupted_stale()
    finally:
        context.close()
    assert contents() == before


def test_where_no_database_was_made_none_is_made(cli: Cli) -> None:
    cli.database.unlink()
    assert cli.json("--read-only", "list") == []
    assert not [file.name for file in cli.database.parent.iterdir() if file.name.startswith("proximity.db")]


def _exists(connection: psycopg.Connection[Any]) -> bool:
    return bool(connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'reader'").fetchall())


def _dump(url: str) -> object:
    """Every row with the transaction that wrote it last, by table."""
    with psycopg.connect(url) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            table: sorted(map(str, connection.execute(f"SELECT xmin, t::text FROM {table} t".encode()).fetchall()))
            for table in sorted(tables)
        }


def _files(folder: Path) -> object:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
