"""A configuration file takes its new text at once, with the mode that it had, or stays as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files import edit


def test_a_new_text_takes_the_place_of_the_old_one_with_its_mode_or_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("old")
    path.chmod(0o640)
    with edit.draft(path, "given up", "old"):
        assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["c.toml"]
    with edit.draft(path, "new", "old") as draft:
        draft.commit()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert [one.name for one in tmp_path.iterdir()] == ["c.toml"]


def test_a_first_configuration_is_private(tmp_path: Path) -> None:
    path = tmp_path / "made" / "c.toml"
    with edit.draft(path, "new", "") as draft:
        draft.commit()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_who_owns_it_still_does_although_root_changes_it(tmp_path: Path) -> None:
    """A service reads a configuration of mode 0640 by its group."""
    path = tmp_path / "c.toml"
    path.write_text("old")
    path.chmod(0o640)
    os.chown(path, 4711, 4712)
    with edit.draft(path, "new", "old") as draft:
        draft.commit()
    found = path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (4711, 4712, 0o640)


def test_an_owner_who_has_no_number_here_does_not_keep_it_from_being_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an unprivileged container the kernel knows no number for some owners outside."""
    path = tmp_path / "c.toml"
    path.write_text("old")
    path.chmod(0o640)

    def refuse(file: int, owner: int, group: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fchown", refuse)
    with edit.draft(path, "new", "old") as draft:
        draft.commit()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_link_to_the_configuration_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "c.toml"
    real.write_text("old")
    link.symlink_to(real)
    with edit.draft(link, "new", "old") as draft:
        draft.commit()
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("old")
    with edit.draft(path, "new", "old") as draft:
        path.write_text("theirs")
        with pytest.raises(ConfigError, match="changed by somebody else"):
            draft.commit()
    assert path.read_text() == "theirs"
