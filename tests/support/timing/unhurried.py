"""The times of a lease in a test. By itself, so that the processes of the tests that hold one load neither pytest nor a
driver for it: half of their start.
"""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.jobs.lease import LeaseTimes

UNHURRIED = LeaseTimes(timedelta(minutes=5), renewal=timedelta(seconds=0.5), poll=timedelta(seconds=0.2))
"""Longer than any test waits, and soon noticed when it was lost or is to be had."""
