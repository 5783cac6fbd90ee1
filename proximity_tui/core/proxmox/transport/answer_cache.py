"""The answers about the surroundings of a guest, kept while a plan is made: nodes, storages, what is on them, and our
rights. Several steps of a plan ask for the same, and the plans of several containers do.

Nothing that is sent rests on them: a write inspects again, and who executes keeps nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.proxmox.errors import ProxmoxError

FRESH = 30.0
"""Seconds for which an answer serves: the plans of many containers take longer than that."""


@value_object
class _CachedAnswer:
    """An answer, or the error instead of one, and when it was complete."""

    at: float
    data: Any = None
    error: ProxmoxError | None = None


class AnswerCache:
    """Answers by what was asked for. Safe to share between threads: one asks, and those that want the same wait."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._gate = threading.Lock()
        self._asking: dict[Hashable, threading.Lock] = {}
        self._answers: dict[Hashable, _CachedAnswer] = {}

    def read(self, what: Hashable, ask: Callable[[], Any]) -> Any:
        """Return the answer, asked for once while it is fresh. Raises ProxmoxError; one is kept only for those that
        were waiting for it.
        """
        came = self._monotonic()
        with self._gate:
            asking = self._asking.setdefault(what, threading.Lock())
        with asking:
            known = self._answers.get(what)
            if known is None or not self._serves(known, came):
                known = self._answers[what] = self._asked(ask)
        if known.error is not None:
            raise known.error
        return known.data

    def put(self, what: Hashable, data: Any) -> Any:
        """Keep an answer that came otherwise, and return it."""
        self._answers[what] = _CachedAnswer(self._monotonic(), data)
        return data

    def forget(self) -> None:
        """Keep nothing of what was answered so far."""
        self._answers.clear()

    def _serves(self, known: _CachedAnswer, came: float) -> bool:
        return known.at >= came if known.error is not None else came - known.at < FRESH

    def _asked(self, ask: Callable[[], Any]) -> _CachedAnswer:
        try:
            data = ask()
        except ProxmoxError as error:
            return _CachedAnswer(self._monotonic(), error=error)
        return _CachedAnswer(self._monotonic(), data)


class ThreadCache:
    """The answers that each thread keeps now, if it keeps any."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._local = threading.local()

    @contextmanager
    def keeping(self, answers: AnswerCache | None = None) -> Iterator[None]:
        """Keep what this thread asks for in here, in `answers` if several threads share them. It nests: the outermost
        answers count.
        """
        before = self._kept
        self._local.kept = before or answers or AnswerCache(self._monotonic)
        try:
            yield
        finally:
            self._local.kept = before

    def read(self, what: Hashable, ask: Callable[[], Any]) -> Any:
        """Return the answer that is kept, else ask. Raises ProxmoxError."""
        return ask() if self._kept is None else self._kept.read(what, ask)

    def put(self, what: Hashable, data: Any) -> Any:
        """Keep an answer if this thread keeps any, and return it."""
        return data if self._kept is None else self._kept.put(what, data)

    def forget(self) -> None:
        """Keep nothing of what this thread, and those that share its answers, were answered so far."""
        if self._kept is not None:
            self._kept.forget()

    @property
    def _kept(self) -> AnswerCache | None:
        kept: AnswerCache | None = getattr(self._local, "kept", None)
        return kept
