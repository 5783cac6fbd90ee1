"""What is said of a transaction: once, and only where it was committed, or may have been."""

from __future__ import annotations

import pytest

from proximity_tui.core import store
from proximity_tui.core.store.db.after_commit import after_commit
from proximity_tui.core.store.db.store_errors import CommitUnknown, StoreUnavailable
from tests.core.store.making import a_container

pytestmark = pytest.mark.usefixtures("opened")


class Undone(Exception):
    """A reason to roll back."""


def test_outside_of_a_transaction_it_is_said_at_once() -> None:
    said: list[str] = []
    after_commit(lambda: said.append("so"))
    assert said == ["so"]


def test_inside_it_is_said_when_the_outermost_one_is_committed() -> None:
    said: list[str] = []
    with store.transaction():
        with store.transaction():
            a_container()
            after_commit(lambda: said.append("inner"))
        after_commit(lambda: said.append("outer"))
        assert said == []
    assert said == ["inner", "outer"]


def test_of_what_was_rolled_back_nothing_is_said() -> None:
    said: list[str] = []

    def undone(word: str) -> None:
        with store.transaction():
            after_commit(lambda: said.append(word))
            raise Undone

    with pytest.raises(Undone):
        undone("all of it")
    with store.transaction():
        after_commit(lambda: said.append("the rest"))
        with pytest.raises(Undone):
            undone("a savepoint")
    assert said == ["the rest"]


def test_what_may_have_been_committed_is_said_all_the_same() -> None:
    said: list[str] = []

    def lost() -> None:
        with store.transaction():
            after_commit(lambda: said.append("so"))
            raise CommitUnknown(StoreUnavailable("the database server cannot be reached"))

    with pytest.raises(CommitUnknown):
        lost()
    assert said == ["so"]
