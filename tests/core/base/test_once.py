"""What is made once: for all threads the same object, and after a failure the next caller tries again."""

from __future__ import annotations

import pytest

from proximity_tui.core.base.once import once
from tests.support.timing.at_once import at_once


def test_threads_that_need_it_at_the_same_moment_get_the_same_object() -> None:
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    get = once(make)
    assert made == []
    assert set(at_once(*[get] * 8)) == {made[0]}
    assert len(made) == 1


def test_a_failure_is_raised_and_not_kept() -> None:
    results = iter((ValueError("not yet"), "there"))

    def make() -> str:
        result = next(results)
        if isinstance(result, ValueError):
            raise result
        return str(result)

    get = once(make)
    with pytest.raises(ValueError, match="not yet"):
        get()
    assert (get(), get()) == ("there", "there")
