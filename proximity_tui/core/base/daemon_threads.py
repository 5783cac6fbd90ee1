"""Daemon threads for calls that block, so that a hung Proxmox never delays the end of the program.

It knows nothing of the calls. Neither Textual's thread workers nor `asyncio.to_thread` will do: the interpreter waits
for their threads at exit (measured: 7.6 s of a hung call of 8 s, against 0.25 s here).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonExecutor(Executor):
    """An executor of at most `threads` daemon threads, started when there is work for them."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._threads = threads
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0
        self._lock = threading.Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call. A call that is cancelled before it began never runs; a running one goes on."""
        future: Future[T] = Future()
        self._waiting.put(partial(_fulfil, future, partial(fn, *args, **kwargs)))
        self._hire()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Do nothing: the threads end with the process, in the middle of a call if need be."""

    def widen(self, threads: int) -> None:
        """Allow `threads` more threads, started when there is work for them."""
        with self._lock:
            self._threads += threads

    def _hire(self) -> None:
        with self._lock:
            if self._idle.acquire(blocking=False) or self._started >= self._threads:
                return
            self._started += 1
        spawn(f"{self._name}-{self._started}", self._work)

    def _work(self) -> None:
        while True:
            self._waiting.get()()
            self._idle.release()


def run_within(seconds: float, name: str, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Run `function` on a daemon thread of its own, and wait for it at most `seconds`. Return whether it has ended."""
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


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
