"""The connections to the URLs of one cluster: for each thread its own, one for reads and one for writes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from requests import Response

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.channel import Channel


class Channels:
    """The connections with these settings. A URL is named by its position in them."""

    def __init__(self, settings: ClusterSettings, monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._local = threading.local()

    def to(self, position: int, method: str) -> Channel:
        """Return the calling thread's connection to a URL. Raises `Unreachable` where the CA file cannot be used."""
        settings, key, mine = self._settings, (position, method == "GET"), self._mine()
        if key not in mine:
            timeout = settings.read_timeout if method == "GET" else settings.write_timeout
            try:
                mine[key] = Channel(settings, settings.addresses[position], timeout, self._monotonic)
            except OSError as error:
                detail = (error.strerror or "no certificate in it").lower()
                raise errors.Unreachable(
                    f"{settings.name}: the CA file {settings.trust.ca_file} cannot be used ({detail})"
                ) from None
        return mine[key]

    def last_answer(self, position: int, method: str) -> Response | None:
        """Return the last answer of a URL to the calling thread, if there was one."""
        channel = self._mine().get((position, method == "GET"))
        return None if channel is None else channel.answer

    def hang_up(self) -> None:
        """Close the connections of the calling thread."""
        for channel in self._mine().values():
            channel.adapter.hang_up()

    def _mine(self) -> dict[tuple[int, bool], Channel]:
        channels: dict[tuple[int, bool], Channel] | None = getattr(self._local, "channels", None)
        if channels is None:
            channels = self._local.channels = {}
        return channels
