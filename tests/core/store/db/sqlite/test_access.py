"""Who may open an SQLite database: its owner alone, or in a directory 2770 the people of its group. Real modes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db.sqlite import access as sqlite_access
from proximity_tui.core.store.db.sqlite import files as sqlite_files
from proximity_tui.core.store.db.store_errors import StoreUnavailable

OTHER_GROUP = next((gid for gid in os.getgroups() if gid != os.getegid()), 4242 if os.geteuid() == 0 else None)
"""A group of ours that is not our first one; any for root, and None where there is none."""


@pytest.fixture(params=[0o022, 0o077, 0o007], ids="umask {:04o}".format, autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Path]:
    """The place of a database in a directory that a group shares."""
    folder = tmp_path / "shared"
    folder.mkdir()
    if OTHER_GROUP is not None:
        os.chown(folder, -1, OTHER_GROUP)
    folder.chmod(0o2770)
    yield folder / "proximity.db"
    store.close_store()


def opened(path: Path) -> None:
    """Open the database, and write into it, so that every file of it is there."""
    store.open_store(f"sqlite:///{path}")


def modes(path: Path) -> set[int]:
    files = [file for file in sqlite_files.files_of(path) if file.exists()]
    assert {file.name.removeprefix(path.name) for file in files} >= {"", ".lock", "-wal", "-shm"}
    return {stat.S_IMODE(file.stat().st_mode) for file in files}


def groups(path: Path) -> set[int]:
    return {file.stat().st_gid for file in sqlite_files.files_of(path) if file.exists()}


def test_in_a_shared_directory_the_group_may_open_every_file_whatever_the_umask(shared: Path) -> None:
    opened(shared)
    assert modes(shared) == {0o660}
    assert groups(shared) == {shared.parent.stat().st_gid}


def test_in_any_other_directory_it_stays_its_owners_alone(tmp_path: Path) -> None:
    for mode in (0o755, 0o775, 0o2775, 0o2750):
        folder = tmp_path / f"{mode:o}"
        folder.mkdir()
        folder.chmod(mode)
        opened(folder / "proximity.db")
        assert modes(folder / "proximity.db") == {0o600}
        store.close_store()


@pytest.mark.parametrize(
    ("mode", "said"), [(0o600, "locked colleagues out"), (0o666, "could be read or changed by others")]
)
def test_wrong_modes_are_put_right_and_told(
    shared: Path, mode: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    opened(shared)
    store.close_store()
    shared.chmod(mode)
    opened(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o660
    assert f"{shared} {said} (mode {mode:04o}); it is 0660 now" in caplog.text


@pytest.mark.skipif(OTHER_GROUP is None, reason="it takes a second group")
def test_a_file_of_another_group_is_given_to_the_shared_one(shared: Path) -> None:
    opened(shared)
    store.close_store()
    os.chown(shared, -1, os.getegid())
    opened(shared)
    assert groups(shared) == {OTHER_GROUP}


def test_a_file_that_only_its_owner_can_open_to_colleagues_is_refused(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(shared)
    store.close_store()
    shared.chmod(0o600)

    def refuse(file: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(StoreUnavailable) as refused:
        opened(shared)
    assert "locks colleagues out (mode 0600), and only its owner can change that" in refused.value.message
    assert f"As its owner: chmod 660 {shared}" in refused.value.message


@pytest.mark.skipif(OTHER_GROUP is None, reason="it takes a second group")
def test_no_database_is_made_where_colleagues_would_be_locked_out_of_it(shared: Path) -> None:
    shared.parent.chmod(0o770)
    with pytest.raises(StoreUnavailable, match=r"no setgid bit.*Nothing was made.*chmod 2770"):
        opened(shared)
    assert not shared.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
@pytest.mark.parametrize("select_only", [False, True])
def test_a_colleague_who_is_locked_out_is_told_by_whom(shared: Path, select_only: bool) -> None:
    opened(shared)
    store.close_store()
    for place, mode in ((shared, 0), (shared.parent, 0o2000)):
        before = stat.S_IMODE(place.stat().st_mode)
        place.chmod(mode)
        with pytest.raises(StoreUnavailable, match=rf"{place} is closed to \w+: it belongs to \w+, group \w+, mode"):
            store.open_store(f"sqlite:///{shared}", select_only=select_only)
        place.chmod(before)


def test_what_a_file_says_of_itself_is_what_its_owner_can_type(shared: Path) -> None:
    opened(shared)
    store.close_store()
    shared.chmod(0o640)
    (wrong,) = sqlite_access.wrong_modes(shared)
    assert (wrong.file, wrong.mode, wrong.is_open_to_others) == (shared, 0o640, False)
    assert wrong.commands == f"chmod 660 {shared}"
