"""What one run looks at is drawn by lot: nothing waits for ever."""

from __future__ import annotations

from proximity_tui.core.engine.reconcile.random_sample import draw


def test_what_is_drawn_is_in_order_and_no_more_than_asked_for() -> None:
    assert draw({3, 1, 2}, 5) == [1, 2, 3]
    assert draw((), 5) == []
    assert draw([9, 7], 0) == []


def test_each_has_its_turn() -> None:
    seen: set[int] = set()
    for _ in range(1000):
        drawn = draw(range(9), 2)
        assert len(drawn) == 2
        assert drawn == sorted(drawn)
        seen |= set(drawn)
    assert seen == set(range(9))
