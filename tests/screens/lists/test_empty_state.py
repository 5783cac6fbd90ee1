"""Why a list is empty: what is said of a cluster that does not answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.screens.lists.empty_state import unanswered
from tests.support.records.make import NOON


@pytest.mark.parametrize("error", ["no route to pve1", "no route to pve1."])
def test_the_sentence_of_an_error_has_one_full_stop(error: str) -> None:
    poll = PollResult("lab", None, error, Failure.UNREACHABLE, failing_since=NOON)
    told = unanswered(poll, NOON + timedelta(seconds=40)) or ""
    assert told.endswith(": no route to pve1."), told
