"""The failures of the transport: whether anything was sent, whether the server had it, and where it broke off."""

from __future__ import annotations

from collections.abc import Iterator

import requests
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

FALSE_ALARM = 599
"""`Too many redirections`, where there was none."""


def never_connected(error: BaseException) -> bool:
    """Return whether `error` says that no connection was made, so that nothing was sent."""
    return any(isinstance(link, ConnectTimeoutError | requests.exceptions.ConnectTimeout) for link in links(error))


def timed_out(error: BaseException) -> bool:
    """Return whether the server had the request and did not answer in time, or not completely."""
    kinds = (requests.exceptions.ReadTimeout, ReadTimeoutError)
    return not never_connected(error) and any(isinstance(link, kinds) for link in links(error))


def dropped(error: BaseException) -> bool:
    """Return whether the server closed an existing connection, as pveproxy does after 5 s of idling."""
    lost = isinstance(error, requests.exceptions.ConnectionError)
    return lost and not never_connected(error) and not timed_out(error)


def is_retryable(error: BaseException, answer: requests.Response | None) -> bool:
    """Return whether a read that failed so is sent once more: the connection was dropped, or `answer` is the false
    alarm that Proxmox VE before 8.3 gives now and then (from its source, not recorded).
    """
    return dropped(error) or (answer is not None and answer.status_code == FALSE_ALARM)


def links(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and everything it was made from, as causes, reasons and arguments."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        related = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        waiting.extend(item for item in related if isinstance(item, BaseException))
