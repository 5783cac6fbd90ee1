"""The same work on many items, on a few threads at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def for_each(
    items: Iterable[T],
    do: Callable[[T], object],
    *,
    threads: int,
    go_on: Callable[[], bool],
    at_end: Callable[[], object],
) -> None:
    """Call `do` with every item, on at most `threads` daemon threads that take one after the other. Each calls `at_end`
    when it ends, to close what belongs to a thread. Return when all have ended.

    No item is begun once `go_on` returns False, or after `do` raised something; the first error is raised here.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while go_on() and not errors:
                do(waiting.get_nowait())
        except queue.Empty:
            return
        except BaseException as error:
            errors.append(error)
        finally:
            at_end()

    workers = [
        threading.Thread(target=work, name=f"command-{number}", daemon=True)
        for number in range(1, min(threads, waiting.qsize()) + 1)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
