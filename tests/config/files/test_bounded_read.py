"""A file that a person named is read to its end, or given up: a pipe that nobody writes into holds nobody up."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.files import bounded_read
from proximity_tui.config.files.edit import current_text
from proximity_tui.config.files.private_file import read_small
from proximity_tui.config.files.tables import LARGEST, read_toml

READERS: tuple[Callable[[Path], object], ...] = (read_toml, current_text, read_small)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    place = tmp_path / "pipe"
    os.mkfifo(place, 0o600)
    return place


@pytest.mark.parametrize("read", READERS)
def test_a_pipe_that_nobody_writes_into_is_given_up(
    pipe: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(bounded_read, "PATIENCE", 0.05)
    with pytest.raises((ConfigError, ValueError), match=r"pipe cannot be read: it did not end within 0\.05s"):
        read(pipe)


def test_a_writer_who_never_closes_the_pipe_holds_nobody_up(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_read, "PATIENCE", 0.05)
    writer = os.open(pipe, os.O_RDWR)
    try:
        os.write(writer, b"read_only = true\n")
        with pytest.raises(ConfigError, match="it did not end within"):
            read_toml(pipe)
    finally:
        os.close(writer)


def test_a_pipe_is_read_in_all_its_pieces(pipe: Path) -> None:
    def write() -> None:
        with open(pipe, "wb", buffering=0) as stream:
            stream.write(b"read_only =")
            stream.write(b" true\n")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    assert read_toml(pipe) == {"read_only": True}
    writer.join()


def test_a_giant_is_neither_read_nor_rewritten(tmp_path: Path) -> None:
    giant = tmp_path / "giant.toml"
    giant.write_text(" " * (LARGEST + 1))
    for read in (read_toml, current_text):
        with pytest.raises(ConfigError, match="so it is no configuration"):
            read(giant)
