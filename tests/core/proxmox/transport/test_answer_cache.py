"""Answers that are kept while a plan is made: asked for once by whichever thread, and no longer than they are fresh."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable
from proximity_tui.core.proxmox.transport.answer_cache import FRESH, AnswerCache, ThreadCache
from tests.support.timing.at_once import at_once


class Asked:
    """A server that counts how often it was asked, and the clock of those who ask."""

    def __init__(self) -> None:
        self.times, self.now, self.silent = 0, 0.0, False

    def monotonic(self) -> float:
        return self.now

    def __call__(self) -> int:
        self.times += 1
        if self.silent:
            raise Unreachable("lab does not answer")
        return self.times


def test_all_threads_are_given_one_answer_until_it_is_old() -> None:
    server = Asked()
    kept = AnswerCache(server.monotonic)
    assert at_once(*[lambda: kept.read("nodes", server)] * 4) == [1, 1, 1, 1]
    assert kept.read("storages", server) == 2
    server.now = FRESH
    assert kept.read("nodes", server) == 3


def test_who_asks_after_a_failure_asks_again() -> None:
    server = Asked()
    kept = AnswerCache(server.monotonic)
    server.silent = True
    with pytest.raises(ProxmoxError):
        kept.read("nodes", server)
    server.silent, server.now = False, 1.0
    assert kept.read("nodes", server) == 2


def test_nothing_is_kept_outside_of_a_plan_and_an_inner_plan_shares_the_outer_one() -> None:
    server = Asked()
    cache = ThreadCache(server.monotonic)
    assert [cache.read("nodes", server) for _ in range(2)] == [1, 2]
    with cache.keeping():
        with cache.keeping():
            assert cache.read("nodes", server) == 3
        assert cache.read("nodes", server) == 3
        assert cache.put("rights", 7) == cache.read("rights", server) == 7
    assert cache.read("nodes", server) == 4
