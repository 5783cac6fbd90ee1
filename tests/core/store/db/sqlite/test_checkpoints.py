"""How far a checkpoint came is read from the index of the very file that is watched."""

from __future__ import annotations

from pathlib import Path

from proximity_tui.core.store.db.sqlite.checkpoints import WrittenFile


def test_law_6_what_another_file_says_is_not_taken_for_the_index_that_was_removed(tmp_path: Path) -> None:
    """The handle of a removed index was closed while it was still in use, and its number given to the next file."""
    file, index, stranger = (tmp_path / name for name in ("fleet.db", "fleet.db-shm", "stranger"))
    file.write_bytes(b"ours")
    index.write_bytes(bytes(200))
    stranger.write_bytes(b"x" * 200)
    watched = WrittenFile(file, index)
    index.unlink()
    WrittenFile(file, index)
    with stranger.open("rb"):
        file.write_bytes(b"theirs")
        assert watched.was_overwritten()
