"""The sender: a thread that delivers alerts to one target, each once, and tries again later what was not taken.

Each target has a sender of its own, so one that hangs or fails never holds up another one. Where the disk is full no
claim can be written: then an alert is sent without one, once by each process, and recorded when there is room again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from proximity_tui.core.alerting.attempt import NotTaken
from proximity_tui.core.alerting.target import CannotConnect, Claim, Target, occasion_of
from proximity_tui.core.base.secret import redact
from proximity_tui.core.model.alert import Alert, Occasion
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.db.store_errors import StoreFull

_LONGEST_RETRY = timedelta(hours=1)

_log = logging.getLogger(__name__)


@dataclass
class _Unrecorded:
    """What is known of one message and could not be written down, because the disk was full or the database gone."""

    attempts: int = 0
    arrived: bool = False
    may_have_arrived: bool = False
    due: float = 0.0
    """When the next one is due, in seconds of the monotonic clock."""


class Sender:
    """The thread of one target. `may_send` returns whether this process may send an alert; even without it no alert is
    sent twice, because it is claimed first.
    """

    def __init__(self, target: Target, *, may_send: Callable[[Alert], bool], poll: float, retry: timedelta) -> None:
        """`poll` are the seconds between two looks at the outbox, `retry` is the pause after a first failure."""
        self.target = target
        self.problem: str | None = None
        """The reason why the last attempt failed, for a person; None while all is well."""
        self._may_send = may_send
        self._poll = poll
        self._retry = retry
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._unrecorded: dict[tuple[int, Occasion], _Unrecorded] = {}
        self._thread = threading.Thread(target=self._run, name=f"sender to {target.label}", daemon=True)

    def start(self) -> None:
        """Start to deliver, beginning with what earlier processes left in the outbox."""
        self._thread.start()

    def want(self) -> None:
        """Look at the outbox as soon as possible. Returns at once, from any thread."""
        self._wanted.set()

    def stop(self) -> None:
        """End after the message that is being sent. Returns at once."""
        self._stopping.set()
        self._wanted.set()

    def join(self, timeout: float) -> None:
        """Wait for the end at most `timeout` seconds."""
        self._thread.join(timeout)

    def _run(self) -> None:
        if not self._connect():
            return
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                self._empty()
            except Exception as error:
                # Not only `StoreError`: a program that ends closes the store under this thread in mid-flight.
                if not self._stopping.is_set():
                    _log.warning("the outbox of alerts could not be read: %s", redact(f"{error}"))
            self._wanted.wait(self._poll)
        self.target.close()

    def _connect(self) -> bool:
        try:
            self.target.connect()
        except CannotConnect as error:
            self.problem = str(error)
        except Exception as error:
            # A proxy of the environment that is no URL, for one. Its words may repeat a part of the address.
            self.problem = f"{self.target.label} cannot be used: {type(error).__name__}"
        else:
            return True
        _log.error("alerts are not sent to %s: %s", self.target.label, self.problem)
        return False

    def _empty(self) -> None:
        """Deliver what is due, and look again at what that is where it takes long: something worse may be due by now,
        or quiet hours have begun.
        """
        began = time.monotonic()
        for alert in self.target.pending():
            if self._stopping.is_set():
                return
            if not self._may_send(alert) or (claim := self._claim(alert)) is None:
                continue
            self._deliver(claim)
            if self._wanted.is_set() or time.monotonic() - began >= self._poll:
                self._wanted.set()
                return

    def _claim(self, alert: Alert) -> Claim | None:
        """Return the claim of a message that may be sent now, None where there is none. One that arrived already is
        only recorded.
        """
        key = (alert.id, occasion_of(alert))
        known = self._unrecorded.get(key)
        try:
            claim = self.target.claim(alert)
        except StoreFull as error:
            known = self._unrecorded.setdefault(key, _Unrecorded())
            if known.arrived or time.monotonic() < known.due:
                return None
            known.attempts += 1
            _log.warning("alert %d is sent to %s without a record of it: %s", alert.id, self.target.label, error)
            return Claim(alert, known.attempts, known.may_have_arrived, key[1], is_recorded=False)
        if claim is None or known is None:
            return claim
        if known.arrived:
            self._delivered(claim)
            return None
        return replace(claim, again=claim.again or known.may_have_arrived)

    def _deliver(self, claim: Claim) -> None:
        why = self._attempt(claim)
        if why is None:
            self.problem = None
            self._delivered(claim)
            return
        self.problem = f"{self.target.label} did not take alert {claim.alert.id}: {why.reason}"
        wait = min(self._retry * 2 ** min(claim.attempts - 1, 10), _LONGEST_RETRY)
        if claim.is_recorded:
            self.target.failed(claim, why, shared_time() + wait)
        else:
            known = self._unrecorded[claim.alert.id, claim.occasion]
            known.may_have_arrived |= why.may_have_arrived
            known.due = time.monotonic() + wait.total_seconds()
        _log.warning("%s; trying again in %d s", self.problem, wait.total_seconds())

    def _delivered(self, claim: Claim) -> None:
        """Record that it arrived. Where that fails this process knows it all the same, and does not send it again."""
        key = (claim.alert.id, claim.occasion)
        # First: what fails below, such as a store that is closed under this thread, must not make it forgotten.
        self._unrecorded.setdefault(key, _Unrecorded()).arrived = True
        if claim.is_recorded:
            self.target.delivered(claim)
            del self._unrecorded[key]

    def _attempt(self, claim: Claim) -> NotTaken | None:
        try:
            return self.target.send(claim)
        except Exception as error:
            # Whatever is wrong with this alert, it must not end the only thread that delivers the others.
            return NotTaken(redact(f"{type(error).__name__}: {error}"))
