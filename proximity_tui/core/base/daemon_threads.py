"""Daemon threads for calls that block, so that a hung Proxmox never delays the end of the program; and what the threads
of this process wait for from outside, so that a person can be told.

It knows nothing of the calls. Neither Textual's thread workers nor `asyncio.to_thread` will do: the interpreter waits
for their threads at exit (measured: 7.6 s of a hung call of 8 s, against 0.25 s here).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonExecutor(Executor):
    """An executor of at most `threads` daemon threads, started when there is work for them."""

    def __init__(self, name: str, threads: int, at_end: Callable[[], object] = lambda: None) -> None:
        """Name the threads after `name`. Each calls `at_end` when it ends by a shutdown."""
        self._name = name
        self._threads = threads
        self._at_end = at_end
        self._changed = threading.Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._idle = 0
        self._running = 0
        self._started = 0
        self._over = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call, also after a shutdown. A call that is cancelled before it began never runs; a running one goes
        on.
        """
        future: Future[T] = Future()
        with self._changed:
            self._waiting.append(partial(_fulfil, future, partial(fn, *args, **kwargs)))
            if self._idle >= len(self._waiting) or self._running >= self._threads:
                self._changed.notify()
                return future
            self._running += 1
            self._started += 1
            name = f"{self._name}-{self._started}"
        spawn(name, self._work)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let each thread end as soon as it has nothing to do. Waits for none, whatever is asked: one may hang, and
        ends with the process, in the middle of its call if need be.
        """
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def widen(self, threads: int) -> None:
        """Allow `threads` more threads, started when there is work for them."""
        with self._changed:
            self._threads += threads

    def _work(self) -> None:
        while (call := self._next_call()) is not None:
            call()
            # Not kept until the next one: it holds its arguments and its result.
            del call
        self._at_end()

    def _next_call(self) -> Callable[[], None] | None:
        """Wait for a call and return it; None when this thread is to end."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting or self._over)
            self._idle -= 1
            if self._waiting:
                return self._waiting.popleft()
            self._running -= 1
            return None


def run_within(seconds: float, name: str, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Run `function` on a daemon thread of its own, and wait for it at most `seconds`. Return whether it has ended."""
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def run_together(
    seconds: float, calls: Mapping[str, Callable[[], object]], monotonic: Callable[[], float] = time.monotonic
) -> None:
    """Run every call on a daemon thread of its name, all at once, and wait for them together at most `seconds`."""
    threads = [threading.Thread(target=call, name=name, daemon=True) for name, call in calls.items()]
    for thread in threads:
        thread.start()
    deadline = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - monotonic()))


def spawn(name: str, function: Callable[..., Any], *args: Any) -> None:
    """Run `function` on a daemon thread of its own."""
    threading.Thread(target=function, args=args, name=name, daemon=True).start()


def call_alone(name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Begin a call on a daemon thread of its own, which ends with it; return its future."""
    future: Future[T] = Future()
    spawn(name, _fulfil, future, partial(function, *args, **kwargs))
    return future


def _fulfil(future: Future[T], call: Callable[[], T]) -> None:
    """Make the call, unless nobody waits for it any more, and hand on how it ended."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)


class Wait(NamedTuple):
    """One thread that waits for an answer."""

    subject: str
    """Who is asked, and what, as `lab: reading config of CT 105 on pve1`."""
    since: float
    """By the monotonic clock."""


_waits: dict[int, Wait] = {}


@contextmanager
def waiting_for(subject: str) -> Iterator[None]:
    """Note that the calling thread waits for an answer meanwhile."""
    thread = threading.get_ident()
    _waits[thread] = Wait(subject, time.monotonic())
    try:
        yield
    finally:
        _waits.pop(thread, None)


def longest_wait() -> Wait | None:
    """Return what is waited for the longest now; None where nobody waits."""
    return min(tuple(_waits.values()), key=lambda one: one.since, default=None)
