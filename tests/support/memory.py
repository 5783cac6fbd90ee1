"""Where the tests keep their files: in memory where the machine has enough of it, else where pytest keeps them.

The product has every commit on the disk before it goes on. That is right, and nothing a test here can see: none cuts
the power. In memory it costs nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
ENOUGH = 2 * 2**30
"""Bytes that must be free; a run needs a tenth of it."""


def folder() -> Path:
    """Return a folder for temporary files that is as quick as the machine has one."""
    if not os.access(SHARED_MEMORY, os.W_OK) or shutil.disk_usage(SHARED_MEMORY).free < ENOUGH:
        return Path(tempfile.gettempdir())
    return SHARED_MEMORY
