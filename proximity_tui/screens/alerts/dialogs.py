"""The dialogs of an alert: the note with which it is acknowledged, and the answer to a mass disappearance.

They return what was answered, and record nothing. The mass disappearance shows every name; approving it needs the
typed count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.model.job import BreakerAnswer
from proximity_tui.core.store.db.store_errors import RecordNotFound
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records
from proximity_tui.screens.presentation.alert_text import headline, times
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.dialogs.note_dialog import NoteDialog
from proximity_tui.widgets.table.cells import Cell

MOST_SHOWN = 8
"""How many alerts are shown one by one before they are acknowledged together."""


class AcknowledgeDialog(NoteDialog):
    """A dialog that shows one alert or several, and returns the note, or None."""

    def __init__(self, alerts: Sequence[Alert], actor: str, now: datetime) -> None:
        super().__init__(
            "Acknowledge" if len(alerts) == 1 else f"Acknowledge {len(alerts)} alerts",
            _shown(alerts, now),
            "Acknowledge",
            actor=actor,
            ask="Note what you found or did:",
        )


def _shown(alerts: Sequence[Alert], now: datetime) -> list[str | Cell]:
    """Return every alert in a line; of a single one also since when."""
    lines: list[str | Cell] = [headline(alert, now) for alert in alerts[:MOST_SHOWN]]
    if len(alerts) == 1:
        # A time and no age: the dialog may stand open for hours.
        lines.append(Cell(f"opened {local_time(alerts[0].opened_at)}, {times(alerts[0])}", "dim"))
    elif len(alerts) > MOST_SHOWN:
        lines.append(Cell(f"and {len(alerts) - MOST_SHOWN} more", "dim"))
    return lines


@value_object
class HeldCluster:
    """A cluster that the breaker holds: the containers that it asks about, by id, and how many there are in all."""

    cluster: str
    names: Mapping[int, str]
    total: int


def held_cluster(cluster: str) -> HeldCluster | None:
    """Return the open question of a cluster, or None. Reads the store, so it blocks; raises StoreError."""
    state = breakers.state(cluster)
    if state is None:
        return None
    known = {one.id: one.label for one in records.active(cluster)}
    return HeldCluster(cluster, {one: known.get(one) or _closed(one) for one in sorted(state.missing)}, state.total)


class BreakerDialog(Confirm[BreakerAnswer | None]):
    """A dialog that returns `approved`, `dismissed`, or None for later."""

    def __init__(self, question: HeldCluster) -> None:
        self.count = len(question.names)
        super().__init__(
            f"{self.count} of {question.total} containers of {question.cluster} are missing at once",
            [
                "No record is closed while this question is open. First check three things: the right cluster answers, "
                "its nodes and storages are online, and our API token still has its privileges.",
                f"Dismiss: they are not gone. The {self.count} records stay open until each container is seen again.",
                Cell(
                    f"Approve: they are gone. After one more check these {self.count} records are closed and their "
                    "ports are free. Each gets a red alert. Nothing changes on Proxmox.",
                    "warn",
                ),
                *(Cell(f"  {name}", "dim") for name in question.names.values()),
            ],
            [
                Button("dismiss", "Dismiss", BreakerAnswer.DISMISSED),
                Button("approve", "Approve", BreakerAnswer.APPROVED, danger=True, disabled=True),
            ],
            cancel=Button("later", "Later", None),
        )

    def compose_foot(self) -> ComposeResult:
        """Yield the field for the count."""
        yield TypedRow("breaker-count", max_length=8, shown=True)

    def on_mount(self) -> None:
        """Show what approves."""
        self.query_one(TypedRow).ask(f"Type {self.count} to approve: ", str(self.count))

    @on(Input.Changed)
    def _typed(self) -> None:
        self.button("approve").disabled = not self.query_one(TypedRow).confirms(str(self.count))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.button("approve").focus()


def _closed(container_id: int) -> str:
    try:
        return f"{records.get(container_id).label}, already closed"
    except RecordNotFound:
        return f"record {container_id}"
