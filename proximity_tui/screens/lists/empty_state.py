"""The reasons for an empty list: loading, empty, forbidden, unreachable, stale and not checked are six sentences.

Pure. Nothing is ever called empty before a first complete answer (law 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from proximity_tui.core.base.text import number_of
from proximity_tui.core.doctrine.observation.privileges import why_hidden
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model.guests.guest_list import count_containers
from proximity_tui.core.proxmox.errors import Failure, ProxmoxError
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.background_work import in_background

NOTHING_CHECKED = "No cluster is configured and enabled. Nothing is checked."

_VERBS = {Failure.DENIED: "refuses access", Failure.UNEXPECTED: "is not polled"}


ASK_AGAIN = timedelta(minutes=1)
"""How long an answer holds while the list stays empty. After the clock was put back nobody knows how long it was."""
_NO_TIME = timedelta()


def no_containers(view: View, now: datetime, forbidden: Mapping[str, str]) -> str:
    """Return why Fleet lists nothing. Our own lack of records is known without any cluster."""
    if view.taken_at is None:
        return "Loading the records."
    if view.store_error is not None:
        return f"The database cannot be read: {view.store_error}"
    if view.missing_database is not None:
        where = f"No database was found at {view.missing_database}, so it is not known which guests are managed."
        return f"{where} Read-only mode makes none: check the path, and start again."
    if not view.polls:
        return "No cluster is configured and enabled, and there are no records. Nothing is checked."
    count = len(view.unmanaged)
    offer = f"Press {bound_key('unmanaged')} for {number_of(count, 'guest')} that can be adopted." if count else ""
    trouble = " ".join(
        _cluster(poll, now, forbidden)
        for poll in view.polls.values()
        if poll.cluster in forbidden or not _is_quiet(poll, now)
    )
    return " ".join(filter(None, ("No container is managed yet.", offer, trouble)))


def no_guests(view: View, now: datetime, forbidden: Mapping[str, str]) -> str:
    """Return why Unmanaged lists nothing, cluster by cluster. `forbidden` has the missing privileges, by cluster."""
    if view.taken_at is None:
        return "Loading the records."
    if view.store_error is not None:
        return f"The database cannot be read, so the managed guests are not known: {view.store_error}"
    sentences = [_cluster(poll, now, forbidden) for poll in view.polls.values()]
    sentences += [f"{why[0].upper()}{why[1:]}." for why in view.not_checked.values()]
    return " ".join(sentences) or NOTHING_CHECKED


def _is_quiet(poll: PollResult, now: datetime) -> bool:
    fresh = poll.inventory is not None and (since(poll.inventory.taken_at, now) or 0) <= STALE_AFTER
    return poll.healthy and fresh and poll.inventory is not None and poll.inventory.complete


def unanswered(poll: PollResult, now: datetime) -> str | None:
    """Return why nothing new is known of a cluster: it does not answer, or did not answer yet. None where it does."""
    name, inventory = poll.cluster, poll.inventory
    if poll.error is not None:
        lasts = coarse_age(since(poll.failing_since, now))
        verb = _VERBS.get(poll.failure or Failure.FAILED, "cannot be asked")
        last = "" if inventory is None else f" Its last answer is {coarse_age(since(inventory.taken_at, now))} old."
        return f"{name} {verb} (for {lasts}): {poll.error.removesuffix('.')}.{last}"
    if inventory is None:
        asking = since(poll.asking_since, now)
        lasts = f" after {coarse_age(asking)}" if asking and asking > 5 else ""
        return f"Waiting for {name}: no answer yet{lasts}."
    return None


def _cluster(poll: PollResult, now: datetime, forbidden: Mapping[str, str]) -> str:
    name, inventory = poll.cluster, poll.inventory
    silence = unanswered(poll, now)
    if silence is not None or inventory is None:
        return silence or f"Waiting for {name}."
    containers = count_containers(inventory.guests)
    if name in forbidden:
        return f"{name} shows {'only some' if containers else 'no'} guests: {forbidden[name]}."
    if not inventory.complete:
        return f"{name} gave an incomplete answer: {'; '.join(inventory.reasons)}."
    age = since(inventory.taken_at, now) or 0.0
    when = f"{coarse_age(age)} ago " if age > STALE_AFTER else ""
    if not containers:
        return f"{name} {when}has no LXC container."
    return f"{name}: {when}all {containers} containers are managed or templates."


class HiddenGuestsScreen(ListScreen):
    """A list of guests or containers; `hidden` has, by cluster, why guests are hidden from our token."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self._asked: dict[str, datetime] = {}

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether the list shows nothing of a cluster, so that its privileges matter."""
        return not any(row.cluster == cluster for row in view.unmanaged)

    def show(self, view: View) -> None:
        """Fill the list; where a cluster shows nothing, find out whether we may see everything."""
        for name, poll in view.polls.items():
            if poll.inventory is None or not self.is_blank(view, name):
                self.hidden.pop(name, None)
                self._asked.pop(name, None)
            elif name not in self._asked or not _NO_TIME <= poll.inventory.taken_at - self._asked[name] < ASK_AGAIN:
                self._asked[name] = poll.inventory.taken_at
                in_background(self, partial(self._ask_rights, name), exclusive=True, group=f"rights {name}")
        super().show(view)

    async def _ask_rights(self, cluster: str) -> None:
        client = self.controller.context.clients.get(cluster)
        if client is None:
            return
        try:
            reason = why_hidden(await self.controller.ask(client.permissions))
        except ProxmoxError:
            return
        if cluster not in self._asked:
            # It shows guests by now.
            return
        if reason is None:
            self.hidden.pop(cluster, None)
        else:
            self.hidden[cluster] = reason
        super().show(self.view)
