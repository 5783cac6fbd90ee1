"""The order of answers: a late answer to an older question takes no newer one away."""

from __future__ import annotations

from itertools import count


class AnswerOrder:
    """The questions about clusters, each with a number, and the newest of each cluster that was answered. Used on the
    event loop.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._answered: dict[str, int] = {}

    def ask(self) -> int:
        """Return the number of a question that is asked now."""
        return next(self._numbers)

    def take(self, cluster: str, number: int) -> bool:
        """Return whether the answer to a question is to be shown, and remember it; False where one that was asked later
        is answered already.
        """
        if number < self._answered.get(cluster, 0):
            return False
        self._answered[cluster] = number
        return True
