"""A place where SQLite is not safe is refused before a file is made there."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db.sqlite import places
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container

pytestmark = pytest.mark.usefixtures("closed_after")


def test_a_network_file_system_is_refused(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = db_file.parent / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nfiler:/home {db_file.parent} nfs4 rw 0 0\n")
    monkeypatch.setattr(places, "MOUNTS", mounts)
    with pytest.raises(StoreUnavailable, match=r"network file system \(nfs4\).*PostgreSQL"):
        store.open_store(f"sqlite:///{db_file}")
    assert not db_file.exists()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "ext4"), ("/home/anna", "nfs4"), ("/homework", "ext4"), ("/mnt/my disk/x", "cifs"), ("/srv", "xfs")],
)
def test_the_file_system_of_a_path_is_that_of_its_longest_mount_point(path: str, kind: str) -> None:
    mounts = (
        "/dev/a / ext4 rw 0 0\nfiler:/home /home nfs4 rw 0 0\n//nas/x /mnt/my\\040disk cifs rw 0 0\n"
        "/dev/b /srv ext4 rw 0 0\n/dev/c /srv xfs rw 0 0\n"
    )
    assert places.file_system_of(Path(path), mounts) == kind


@pytest.fixture
def closed_directory(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database in a directory that its user may not write."""
    store.open_store(f"sqlite:///{db_file}")
    store.close_store()
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda place, mode: access(place, mode) and not (Path(place) == db_file.parent and mode & os.W_OK)
    )
    return db_file


def test_a_directory_that_is_closed_to_writing_is_named_with_the_way_to_read(closed_directory: Path) -> None:
    link = closed_directory.with_name("link")
    link.symlink_to(closed_directory)
    said = rf"{closed_directory.parent} is closed to .* can be read with --read-only"
    with pytest.raises(StoreUnavailable, match=said):
        store.open_store(f"sqlite:///{link}")


def test_a_directory_in_which_nothing_is_to_be_made_may_be_closed(closed_directory: Path) -> None:
    """Whoever else has the database open keeps the files there that SQLite writes."""
    with closing(sqlite3.connect(closed_directory)) as another:
        another.execute("SELECT count(*) FROM container").fetchone()
        store.open_store(f"sqlite:///{closed_directory}")
        kept = a_container()
        assert records.active() == (kept,)
