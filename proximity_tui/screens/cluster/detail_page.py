"""The base of the pages of a node and a storage: what the last list says at once, and what they answer when asked.

Each question has its own answer: one that is forbidden or not answered hides no other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from textual.widget import Widget

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model import Inventory
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Denied, ProxmoxError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.container.sections import pair
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.background_work import in_background

T = TypeVar("T")

IDLE_TICKS = 5
"""Ages are told in steps, and looked at as often as on a list."""


@value_object
class PageAnswer(Generic[T]):
    """The answer to a question: a value, or the sentence that says why there is none; neither while it is asked."""

    value: T | None = None
    trouble: str | None = None
    forbidden: bool = False
    read_at: datetime | None = None
    """When the value was read."""


def of_offline(node: str) -> PageAnswer[T]:
    """Return the answer of a node that is offline. It is not asked: Proxmox would only wait for it."""
    return PageAnswer(trouble=f"{node} is offline, so it was not asked")


class DetailPage(BaseScreen):
    """A page of text. A subclass makes its lines, and asks what they show."""

    AUTO_FOCUS = "ScrollText"
    NARROWED = False
    TICKS: ClassVar[int] = IDLE_TICKS

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self.cluster = cluster
        self._ticks = 0
        self._asked = False

    def lines(self, view: View) -> Iterable[TextLine]:
        """Yield the lines of the page."""
        raise NotImplementedError

    async def ask_all(self) -> None:
        """Ask everything that the page shows beside the last list."""
        raise NotImplementedError

    def content(self) -> Iterable[Widget]:
        """Yield a text that scrolls."""
        yield ScrollText()

    def show(self, view: View) -> None:
        """Show the view; the first time, ask for the details too."""
        self.redraw()
        if not self._asked:
            self._asked = True
            in_background(self, self.ask_all, exclusive=True, group="details")

    def tick(self) -> None:
        """Update the ages, seldom."""
        self._ticks += 1
        if self._ticks % self.TICKS == 0:
            self.redraw()

    def do_refresh(self) -> None:
        """Poll the cluster, and ask for the details again."""
        self.controller.want(self.cluster)
        in_background(self, self.ask_all, exclusive=True, group="details")

    @property
    def inventory(self) -> Inventory | None:
        """The last list of the cluster."""
        poll = self.view.polls.get(self.cluster)
        return None if poll is None else poll.inventory

    @property
    def silent(self) -> str | None:
        """The reason why the cluster does not answer now; None while it does."""
        poll = self.view.polls.get(self.cluster)
        return self._why_not_contacted() if poll is None else poll.error

    def silent_lines(self) -> list[TextLine]:
        """Return the line that says why the cluster does not answer; none while it does."""
        return [] if self.silent is None else [[(f"{self.cluster} does not answer: {self.silent}", "bad")]]

    async def answer(self, ask: Callable[[PveClient], T]) -> PageAnswer[T]:
        """Return the answer of the cluster."""
        client = self.controller.context.clients.get(self.cluster)
        if client is None:
            return PageAnswer(trouble=self._why_not_contacted())
        now = self.controller.clock.now()
        try:
            return PageAnswer(await self.controller.ask(ask, client), read_at=now)
        except Denied as error:
            return PageAnswer(trouble=error.sentence, forbidden=True)
        except ProxmoxError as error:
            return PageAnswer(trouble=str(error))

    def _why_not_contacted(self) -> str:
        return self.controller.context.settings.why_not_contacted(self.cluster)

    async def take(self, question: Awaitable[T], keep: Callable[[T], None]) -> None:
        """Keep an answer as soon as it is there, and show it."""
        keep(await question)
        self.redraw()

    def age(self, answer: PageAnswer[T]) -> Piece:
        """Return how old an answer is, to stand behind it: nothing, if it was read just now."""
        seconds = since(answer.read_at, self.controller.clock.now())
        is_old = seconds is not None and seconds > STALE_AFTER
        return (f"  read {coarse_age(seconds)} ago" if is_old else "", "dim")

    @unless_unmounted
    def redraw(self) -> None:
        """Draw the page again; only changes are painted."""
        if self.is_mounted:
            self.query_one(ScrollText).set_text(self.lines(self.view))


def unknown_line(label: str, answer: PageAnswer[T]) -> TextLine:
    """Return the line for a value that is not there: asked for, forbidden, or not answered."""
    if answer.trouble is None:
        return pair(label, ("asking", "dim"))
    if answer.forbidden:
        return pair(label, (f"forbidden: {answer.trouble}", "warn"))
    return pair(label, (f"not known: {answer.trouble}", "warn"))
