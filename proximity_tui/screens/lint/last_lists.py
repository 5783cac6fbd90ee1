"""The last list of each cluster, for a check, as far as a view has them."""

from __future__ import annotations

from proximity_tui.insight.lint_answer import LastLists
from proximity_tui.screens.view.view import View


def was_asked(view: View) -> bool:
    """Return whether every cluster gave a list, or the reason why not."""
    return all(poll.inventory is not None or poll.error is not None for poll in view.polls.values())


def last_lists(view: View) -> LastLists:
    """Return the last list of each cluster that answers, and why there is none of the others."""
    polls = view.polls.items()
    silent = {name: poll.error for name, poll in polls if poll.error is not None}
    lists = {name: poll.inventory for name, poll in polls if poll.inventory is not None and name not in silent}
    return LastLists(lists, {**silent, **view.not_checked})
