"""One cluster as it is connected: its settings, its session, its clock, and what was read of it last. Every reader of
this folder stands on it.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime

from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model import Inventory, Quorum
from proximity_tui.core.proxmox.job_logs import JobLogs
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.answer_cache import AnswerCache
from proximity_tui.core.proxmox.transport.cluster_memory import ClusterMemory
from proximity_tui.core.proxmox.transport.http import HttpSession

LIST_AGE = 30.0
"""How old, in seconds, the last list may be from which is known where backups lie."""


@dataclass(slots=True)
class LastRead:
    """The last list, with the moment of its request, and the last quorum, both by the monotonic clock. The quorum and
    the nodes that were online are only touched under `lock`.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    inventory: Inventory | None = None
    listed_at: float = 0.0
    quorum: tuple[float, str, Quorum] | None = None
    """When it was read, from which URL, and what it said."""
    online: frozenset[str] | None = None


class ClusterConnection:
    """One cluster, to be read. Safe to share between threads. `read_only` refuses every write before anything is sent;
    with `recall`, every call raises `WrongCluster` when another cluster answers than the one we know by this name."""

    def __init__(
        self,
        settings: ClusterSettings,
        clock: Clock | None = None,
        *,
        read_only: bool = False,
        recall: ClusterMemory | None = None,
    ) -> None:
        self.cluster = settings.name
        self.token_id = settings.token_id
        self.settings = settings
        self._clock = clock or SystemClock()
        self._session = HttpSession(settings, self._clock, read_only=read_only, recall=recall)
        self._last = LastRead()
        self._job_logs = JobLogs()

    @property
    def read_only(self) -> bool:
        """Whether every write is refused before anything is sent."""
        return self._session.read_only

    def allow_writes(self) -> None:
        """Let changes be sent from now on."""
        self._session.read_only = False

    def __repr__(self) -> str:
        return f"<client of {self.cluster} at {self.url}>"

    @property
    def url(self) -> str:
        """The URL that answered last."""
        return self._session.url

    @property
    def answered_by(self) -> str:
        """The URL that the last read of the calling thread was sent to."""
        return self._session.answered_by

    @property
    def fresh_list(self) -> Inventory | None:
        """The last list, from which is known where storages are, if it is whole and not older than `LIST_AGE`."""
        last, age = self._last.inventory, self._clock.monotonic() - self._last.listed_at
        whole = last is not None and last.complete and not last.set_aside
        return last if whole and age <= LIST_AGE else None

    def now(self) -> datetime:
        """Return the wall clock time that readings are stamped with."""
        return self._clock.now()

    def close(self) -> None:
        """Close the connections of the calling thread."""
        self._session.close()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit everything that this thread reads in the context to end `seconds` from now at the latest (law 10)."""
        return self._session.within(seconds)

    def keeping(self, answers: AnswerCache | None = None) -> AbstractContextManager[None]:
        """Ask only once in the context for the surroundings of guests, for the plan that this thread makes; `answers`
        are those that several threads share.
        """
        return self._session.kept.keeping(answers)

    def trust_again(self, read: ClusterSettings) -> None:
        """Trust the certificates of these settings from the next call on, on every thread: a person confirmed them, or
        the configuration could not be used before. The token counts, too: who installs a cluster again makes its token
        again, or another one.
        """
        self.token_id = read.token_id
        known = replace(self.settings, trust=read.trust, unusable=read.unusable)
        self.settings = replace(known, token_id=read.token_id, token_secret=read.token_secret)
        self._session.trust_again(self.settings)

    def use_secret(self, secret: Secret) -> bool:
        """Use another secret of the same token from the next call on, on every thread; return False where it is the one
        that is used. Raises ValueError for one that no token has.
        """
        if secret.reveal() == self.settings.token_secret.reveal():
            return False
        self.settings = replace(self.settings, token_secret=secret)
        self._session.use(self.settings)
        return True

    @property
    def requests_sent(self) -> int:
        """The number of reads that the calling thread has sent. While it stays the same, the last answer is the last
        (law 3).
        """
        return self._session.requests_sent
