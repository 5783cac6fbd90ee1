"""Time that passes while a screen is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from proximity_tui.core.base.clock import SystemClock


@contextmanager
def later(passed: timedelta) -> Iterator[None]:
    """Have it be so much later from now on, or earlier; the clock then stands still."""
    moment = SystemClock().now() + passed
    with patch.object(SystemClock, "now", lambda clock: moment):
        yield
