"""The progress of a plan that is executed: who prints it ends with the work, however that ends."""

from __future__ import annotations

import threading
from argparse import Namespace
from contextlib import closing

import pytest

from proximity_tui.commands.base.run_plan import run_plan
from proximity_tui.config.load import load
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.runtime.context import open_context
from tests.commands.conftest import Cli
from tests.support.timing.waiting import until


def test_nobody_follows_work_that_failed(cli: Cli) -> None:
    def fail() -> Outcome:
        raise StoreError("the disk is full")

    before = set(threading.enumerate())
    with closing(open_context(load(cli.config))) as context:
        with pytest.raises(StoreError, match="the disk is full"):
            run_plan(Namespace(json=False), context, fail)
        until(lambda: not [one for one in threading.enumerate() if one.name == "progress" and one not in before])
