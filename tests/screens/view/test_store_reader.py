"""What the view keeps of the database: what did not change stays the same object, however much there is of it."""

from __future__ import annotations

from operator import attrgetter

from proximity_tui.screens.view.store_reader import sharing


class Thing:
    """Has an id and a text, and counts how often two of them are compared."""

    compared = 0

    def __init__(self, id: int, text: str = "") -> None:
        self.id, self.text = id, text

    def __eq__(self, other: object) -> bool:
        Thing.compared += 1
        return isinstance(other, Thing) and (self.id, self.text) == (other.id, other.text)

    __hash__ = None  # type: ignore[assignment]


def test_what_did_not_change_stays_the_same_object_wherever_it_stands_now() -> None:
    first, second, gone = Thing(1), Thing(2), Thing(3)
    new, changed = Thing(4), Thing(2, "another text")
    assert sharing((first, second, gone), (new, changed, Thing(1)), attrgetter("id")) == (new, changed, first)
    assert sharing((first,), (Thing(1),), attrgetter("id"))[0] is first
    assert sharing((second,), (changed,), attrgetter("id"))[0] is changed


def test_each_is_compared_once_however_many_there_are() -> None:
    before, now = [Thing(one) for one in range(500)], [Thing(one) for one in reversed(range(500))]
    Thing.compared = 0
    shared = sharing(before, now, attrgetter("id"))
    assert Thing.compared <= 500
    assert [one is before[one.id] for one in shared] == [True] * 500
