"""The file of a last list is private, about one database, and ignored when in doubt."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from proximity_tui.last_list import file
from proximity_tui.last_list.content import FORMAT, LastList, Timestamp
from tests.last_list.test_content import last_list


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "proximity.db").write_text("a database")
    return f"sqlite:///{tmp_path / 'proximity.db'}"


def keep(url: str) -> tuple[LastList, Path]:
    """A last list of the database at `url` that was written, and its file."""
    place, taken = file.place_of(url), last_list("web", database=str(file.identity_of(url)))
    file.write(url, taken)
    assert place is not None
    return taken, place


def test_what_was_kept_is_read_again_and_only_we_can_read_it(url: str) -> None:
    taken, place = keep(url)
    assert file.read(url) == taken
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert list(place.parent.iterdir()) == [place], "nothing is left beside it"


def test_a_later_one_replaces_it(url: str) -> None:
    keep(url)
    later = last_list("web", "db", database=str(file.identity_of(url)))
    file.write(url, later)
    assert file.read(url) == later


def test_one_of_another_database_at_the_same_path_is_ignored(url: str, tmp_path: Path) -> None:
    keep(url)
    (tmp_path / "other.db").write_text("another database")
    (tmp_path / "other.db").replace(tmp_path / "proximity.db")
    assert file.read(url) is None
    (tmp_path / "proximity.db").unlink()
    assert file.read(url) is None


def test_each_database_has_its_own(url: str) -> None:
    assert file.place_of(url) != file.place_of(url + "2")
    assert file.place_of("postgresql://ann@db1/fleet") != file.place_of("postgresql://ann@db2/fleet")


def test_a_password_in_the_address_is_in_neither_name_nor_content() -> None:
    open_, secret = "postgresql://ann@db1/fleet", "postgresql://ann:wordpass@db1/fleet"
    assert file.place_of(open_) == file.place_of(secret)
    assert "wordpass" not in str(file.identity_of(secret))


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602], ids=oct)
def test_one_that_others_may_read_or_write_is_ignored(url: str, mode: int) -> None:
    place = keep(url)[1]
    place.chmod(mode)
    assert file.read(url) is None


def test_one_of_another_user_is_ignored(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(url)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert file.read(url) is None


def test_a_link_a_pipe_a_directory_and_a_giant_are_ignored(url: str, tmp_path: Path) -> None:
    place = keep(url)[1]
    elsewhere = tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert file.read(url) is None
    place.unlink()
    os.mkfifo(place, 0o600)
    assert file.read(url) is None, "and it is not waited for a writer"
    place.unlink()
    place.mkdir(0o700)
    assert file.read(url) is None
    place.rmdir()
    elsewhere.rename(place)
    place.write_text(place.read_text() + " " * file.LARGEST)
    assert file.read(url) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"format":1}'])
def test_a_damaged_one_is_ignored(url: str, content: bytes) -> None:
    place = keep(url)[1]
    place.write_bytes(content)
    assert file.read(url) is None


def test_one_of_another_version_is_ignored(url: str) -> None:
    place = keep(url)[1]
    place.write_text(place.read_text().replace(f'"format":{FORMAT}', f'"format":{FORMAT + 1}'))
    assert file.read(url) is None


def test_without_a_home_nothing_is_kept_and_nothing_fails(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setattr("proximity_tui.last_list.file.place_of", lambda url: None)
    file.write(url, last_list("web"))
    file.forget(url)
    assert file.read(url) is None


DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Timestamp(1000.0 + 90, "boot", 590.0), 90.0),
        (Timestamp(1000.0, "boot", 500.0), 0.0),
        (Timestamp(1000.0 + 20, "boot", 540.0), 40.0),
        (Timestamp(1000.0 + 7200, "boot", 590.0), None),
        (Timestamp(1000.0 - 3600, "boot", 590.0), None),
        (Timestamp(1000.0 + 90, "after a restart", 30.0), 90.0),
        (Timestamp(1000.0 - 1, "after a restart", 30.0), None),
        (Timestamp(1000.0 + DAY + 1, "after a restart", 30.0), None),
        (Timestamp(1000.0 + DAY - 1, "after a restart", 30.0), DAY - 1),
    ],
    ids=["lived", "now", "lived, not told", "clock set forward", "clock set back", "restart", "future", "old", "a day"],
)
def test_its_age_is_lived_time_and_none_where_in_doubt(now: Timestamp, expected: float | None) -> None:
    assert file.age(last_list("web", taken_at=Timestamp(1000.0, "boot", 500.0)), now) == expected
