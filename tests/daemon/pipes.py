"""Pipes that take nothing more, because nobody reads them."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from typing import BinaryIO

from tests.support.timing.waiting import LONGEST


def fill(pipe: int) -> None:
    """Write into a pipe until it takes no more."""
    os.set_blocking(pipe, False)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 512)
    os.set_blocking(pipe, True)


def read_until(pipe: BinaryIO, words: str) -> str:
    """Read a pipe until these words came, and return all that came."""
    told = b""
    while words.encode() not in told:
        assert select.select([pipe], [], [], LONGEST)[0], f"nothing more came after {told!r}"
        told += os.read(pipe.fileno(), 65536)
    return told.decode()
