"""The inspection of the items of a batch: each by itself, a few at a time, and again where something changed."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Generic, TypeVar

from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.text import unexpected
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile, FollowingDialog
from proximity_tui.screens.batch.item import BatchItem
from proximity_tui.widgets.background_work import in_background

T = TypeVar("T", bound=BatchItem)


class InspectsItems(FollowingDialog[None], Generic[T]):
    """A dialog that inspects items. A subclass shows them."""

    items: dict[str, T]

    @property
    @abstractmethod
    def asking(self) -> bool:
        """True before the work has begun."""

    @abstractmethod
    def unread(self) -> int:
        """Return the number of items that are still being read for what is chosen."""

    @abstractmethod
    async def inspect_item(self, item: T) -> None:
        """Inspect one item and `put` the result."""

    @abstractmethod
    def put(self, item: T) -> None:
        """Take over an item as it is now, and show it soon."""

    @abstractmethod
    def withdraw(self) -> None:
        """Withdraw what was chosen and typed: it was for other plans."""

    @property
    def followed(self) -> Sequence[int]:
        return [item.record_id for item in self.items.values() if item.record_id is not None]

    @property
    def may_be_stale(self) -> bool:
        return self.asking and not self.unread()

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Inspect those again that changed; all of them where a freeze or an arming did."""
        self.withdraw()
        self.take_message(changed.sentence, bad=True, about_dialog=True)
        every, ids = changed.concerns_all, frozenset(changed.ids)
        stale = [one for one in self.items.values() if every or one.record_id in ids]
        for item in stale:
            self.put(item.not_read())
        self.inspect(item.key for item in stale)

    def inspect(self, keys: Iterable[str]) -> None:
        """Start to inspect these items, and follow what changes from now on."""
        self.remember()
        in_background(self, partial(self._inspect_all, tuple(keys)), group="inspection")

    async def _inspect_all(self, keys: Sequence[str]) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def inspect_item(item: T) -> None:
            async with room:
                try:
                    await self.inspect_item(item)
                except Exception as error:
                    self.app._handle_exception(error)
                    self.put(self.items[item.key].unreadable(unexpected(error)))

        await asyncio.gather(*(inspect_item(self.items[key]) for key in keys))
        self.follow()
