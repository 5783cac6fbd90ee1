"""The status line: the visibility of each cluster right now, and the frame of this run.

A healthy cluster is one short piece; a problem comes first and keeps its words when room is scarce.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from textual import events

from proximity_tui.config.schema import Unverified
from proximity_tui.core.base.text import number_of
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.model import Inventory, Quorum
from proximity_tui.core.model.alert import Alert, Severity
from proximity_tui.screens.app.controller import Controller
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.job_text import header_parts
from proximity_tui.screens.text.lines import Line, Piece, width_of
from proximity_tui.screens.view.failure_words import failure_words
from proximity_tui.widgets.glyphs import Glyphs, glyphs
from proximity_tui.widgets.table.cells import fit

SLOW = 5.0
"""Seconds after which an answer that has not come is mentioned."""

HeaderPart = tuple[int, tuple[Piece, ...]]
"""How urgent it is (lower first), and what it says. From `OPTIONAL` on it may go without being counted."""

HEALTHY, OPTIONAL = 2, 3


class StatusLine(Line):
    """The first line of every screen."""

    DEFAULT_CSS = """
    StatusLine { background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__(id="status-line")
        self._controller: Controller | None = None

    def show(self, controller: Controller) -> None:
        """Update the line. Cheap, and paints nothing when nothing looks different."""
        self._controller = controller
        now, signs = controller.clock.now(), glyphs()
        clusters = controller.context.settings.clusters
        counts = controller.view.counts.clusters if len(controller.view.polls) > 1 else {}
        parts = [
            cluster_part(
                poll,
                now,
                signs,
                insecure=name in clusters and isinstance(clusters[name].trust, Unverified),
                guests=counts.get(name),
            )
            for name, poll in controller.view.polls.items()
        ]
        if only := controller.narrowing.cluster:
            # Of the other clusters only trouble is told.
            names = list(controller.view.polls)
            parts = [part for name, part in zip(names, parts, strict=True) if name == only or part[0] < HEALTHY]
        if controller.view.store_error is not None:
            parts.insert(0, (0, (("DATABASE UNREADABLE", "bad"),)))
        if controller.view.missing_database is not None:
            parts.insert(0, (0, (("NO DATABASE", "bad"),)))
        if controller.view.safe_mode_headline is not None:
            parts.insert(0, (0, ((controller.view.safe_mode_headline, "warn"),)))
        if not controller.view.polls:
            parts.append((1, (("loading", "dim"),) if controller.clusters else (("no cluster", "warn"),)))
        if controller.services.error is not None:
            parts.insert(0, (0, (("JOBS NOT STARTED", "bad"),)))
        parts.extend(header_parts(controller.shown_view.jobs, now, signs))
        frame = tuple(
            _frame(
                controller.shown_view.alerts,
                only=only,
                read_only=controller.read_only is not None,
                simulated=controller.context.simulated,
            )
        )
        self.set_text(laid_out(parts, frame, self.size.width))

    def on_resize(self, event: events.Resize) -> None:
        if self._controller is not None:
            self.show(self._controller)


def cluster_part(
    poll: PollResult, now: datetime, signs: Glyphs, *, insecure: bool = False, guests: int | None = None
) -> HeaderPart:
    """Return the part of the status line about one cluster; `guests` are counted where there are several clusters."""
    asking = since(poll.asking_since, now)
    slow = asking is not None and asking >= SLOW
    pieces: list[Piece] = [(poll.cluster if guests is None else f"{poll.cluster} {guests}", "normal")]
    urgency = 2
    if poll.error is not None:
        urgency = 0
        words = failure_words(poll.failure)
        pieces.append((f" {signs.off} {words} {coarse_age(since(poll.failing_since, now))}", "bad"))
    elif poll.inventory is None:
        pieces.append((" asking" if not slow else f" asking {coarse_age(asking)}", "dim"))
        slow = False
    else:
        urgency, found = _list_pieces(poll.inventory, signs)
        pieces += found
    if poll.inventory is not None:
        age = since(poll.inventory.taken_at, now) or 0.0
        pieces.append((f"  age {coarse_age(age)}", "warn" if age > STALE_AFTER else "dim"))
    if slow:
        pieces.append((f"  asking {coarse_age(asking)}", "warn"))
    if poll.store_error is not None:
        urgency = 0
        pieces.append((f" {signs.warning} not saved", "bad"))
    if poll.listener_error is not None:
        urgency = 0
        pieces.append((f" {signs.warning} unexpected error, see the log", "bad"))
    if insecure:
        pieces.append((" NOT VERIFIED", "bad"))
    return urgency, tuple(pieces)


def laid_out(parts: Sequence[HeaderPart], frame: Sequence[Piece], width: int) -> list[Piece]:
    """Return as many parts as fit left of the frame, which always stays; the rest is counted, the
    healthy ones first.
    """
    room = max(0, width - width_of(frame) - 1)
    order = sorted(range(len(parts)), key=lambda index: (parts[index][0], index))
    kept = list(order)
    while len(kept) > 1 and width_of(_joined(parts, kept)) > room:
        kept.pop()
    left = _joined(parts, sorted(kept, key=order.index if len(kept) < len(parts) else None))
    space = width - width_of(left) - width_of(frame)
    if space < 1:
        left = _cut(left, room)
        space = width - width_of(left) - width_of(frame)
    return [*left, (" " * max(0, space), "normal"), *frame]


def _joined(parts: Sequence[HeaderPart], kept: Sequence[int]) -> list[Piece]:
    line: list[Piece] = []
    for index in kept:
        line.append((f" {glyphs().bar} " if line else " ", "dim"))
        line.extend(parts[index][1])
    if missing := sum(part[0] < OPTIONAL for index, part in enumerate(parts) if index not in kept):
        line.append((f" {glyphs().bar} +{missing} more", "dim"))
    return line


def _cut(pieces: Iterable[Piece], room: int) -> list[Piece]:
    line: list[Piece] = []
    for text, tone in pieces:
        left = room - width_of(line)
        if left <= 0:
            break
        line.append((text if width_of([(text, tone)]) <= left else fit(text, left, more=glyphs().more), tone))
    return line


def _list_pieces(inventory: Inventory, signs: Glyphs) -> tuple[int, list[Piece]]:
    """Return how urgent the last list is, and what it says of quorum and of rows that are not in it."""
    urgency, quorum = _quorum(inventory.quorum, signs)
    if not inventory.complete:
        return 0, [quorum, (f" {signs.warning} incomplete", "warn")]
    if inventory.set_aside:
        unreadable = f" {signs.warning} {number_of(len(inventory.set_aside), 'row')} unreadable"
        return min(urgency, 1), [quorum, (unreadable, "warn")]
    return urgency, [quorum]


def _quorum(quorum: Quorum, signs: Glyphs) -> tuple[int, Piece]:
    if quorum.standalone:
        return 2, (f" {signs.on} standalone", "good")
    known = quorum.nodes_online is not None and quorum.nodes_total is not None
    nodes = f" {quorum.nodes_online}/{quorum.nodes_total}" if known else ""
    if quorum.quorate is None:
        return 1, (f" {signs.unknown} quorum unknown", "warn")
    if not quorum.quorate:
        return 0, (f" {signs.failed} NO QUORUM{nodes}", "bad")
    missing = known and quorum.nodes_online != quorum.nodes_total
    return (1 if missing else 2), (f" {signs.on} quorate{nodes}", "warn" if missing else "good")


def _frame(alerts: Sequence[Alert], *, only: str | None, read_only: bool, simulated: bool) -> Iterable[Piece]:
    if only is not None:
        yield f"ONLY {only} ", "warn"
    if alerts:
        red = any(alert.severity is Severity.RED for alert in alerts)
        yield f"ALERTS {len(alerts)} ", "bad" if red else "warn"
    if read_only:
        yield "[READ-ONLY] ", "warn"
    if simulated:
        yield "[SIMULATED] ", "accent"
