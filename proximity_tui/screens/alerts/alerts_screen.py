"""The list of alerts, red first. The details of one are on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.alert import Alert, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.alerts.alert_commands import AlertCommands, for_one
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_entry import FewFields, gone_is_audited
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.presentation.alert_text import (
    age_cell,
    alert_sentence,
    became,
    headline,
    kind_words,
    look_age,
    severity_cell,
)
from proximity_tui.widgets.background_work import in_turn
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

COLUMNS = (
    Column("severity", "LEVEL", 5),
    Column("kind", "KIND", 12, max=24),
    Column("cluster", "CLUSTER", 7, flex=1, max=14, priority=5),
    Column("name", "NAME", 8, flex=1, max=24, priority=4),
    Column("message", "MESSAGE", 31, flex=8, priority=2, live=True),
    Column("count", "SEEN", 4, align="right", priority=6),
    Column("age", "AGE", 5, align="right", priority=3),
    Column("state", "STATE", 6, flex=2, max=36, priority=3),
)


NEWEST = 500
"""How many alerts are read when somebody asks for all; every one is `proximity-tui alerts --all`."""


class AlertsScreen(ListScreen, AlertCommands):
    """The open alerts, or all alerts so far."""

    SCREEN_ID = ScreenId.ALERTS
    when_gone = staticmethod(gone_is_audited)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.ALERTS)]
    FILTER_KEYS = frozenset({"level", "kind", "cluster", "vmid", "name", "message", "state", "count", "age"})

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Alert, ...] | None = None
        """The newest alerts and the open ones, once somebody asked for all; None shows the open ones."""
        self._wants_all = False
        self._older = False
        """True when there may be older alerts."""

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns: the kind is as wide as it must be, the name stands there where any alert has one."""
        listed = self.items(view)
        if not listed:
            return COLUMNS
        kind = max(len(kind_words(alert)) for alert in listed)
        named = any(alert.name for alert in listed)
        return [
            replace(column, width=kind) if column.id == "kind" else column
            for column in COLUMNS
            if column.id != "name" or named
        ]

    def items(self, view: View) -> Sequence[Alert]:
        """Return the open alerts, or all."""
        return view.alerts if self._all is None else self._all

    def entry(self, item: Alert) -> Listed:
        """Return the entry of an alert."""
        return AlertEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable or no alerts."""
        if view.taken_at is None:
            return "Loading the alerts."
        if view.store_error is not None:
            return f"The database cannot be read: {view.store_error}"
        if self._all is not None:
            return "There are no alerts."
        return f"No alert is open. {bound_key('all_alerts')} shows acknowledged and resolved alerts."

    def show(self, view: View) -> None:
        """List the known alerts; where all are shown, read them again."""
        super().show(view)
        if self._all is not None:
            self._read_all()

    def do_all_alerts(self) -> None:
        """Toggle between all alerts and the open ones."""
        self._wants_all = not self._wants_all
        if self._wants_all:
            self._read_all()
        else:
            self._all = None
            super().show(self.view)

    def do_open(self) -> None:
        """Open the alert under the cursor."""
        alert = self.current_alert()
        if alert is not None:
            self.app.routes.open_alert(alert.id)
        else:
            self.show_empty_state()

    def what_is_counted(self) -> str:
        """Return which alerts are listed: the open ones, or all."""
        if self._all is None:
            return "open"
        return f"(the newest {NEWEST} and the open ones)" if self._older else "in all"

    def current_alert(self) -> Alert | None:
        """Return the alert under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.alert if isinstance(entry, AlertEntry) else None

    @for_one
    def do_undo(self) -> None:
        """Ask whether an acknowledgement is to be taken back, also that of the row that is gone because of it."""
        gone = self.table.cursor_key if self.table.cursor_gone and not self.table.marks else None
        if gone is not None and gone.isdecimal():
            self.app.routes.open_undo(alert=int(gone))
        else:
            super().do_undo()

    def meant_alert(self) -> Alert | None:
        """Return the only marked alert, which `space` has left since; else the one under the cursor."""
        return next(iter(self.target_alerts()), None) if len(self.table.marks) == 1 else self.current_alert()

    def are_several(self) -> bool:
        """Return whether several are marked, and say that this is too many."""
        return self.are_several_marked("This is done about one alert at a time.")

    def target_alerts(self) -> Sequence[Alert]:
        """Return the marked alerts, or the one under the cursor."""
        wanted = set(self.targets())
        return [alert for alert in self.items(self.view) if str(alert.id) in wanted]

    def was_acknowledged(self, alert: Alert) -> None:
        """Take its mark away; one that could not be acknowledged keeps it."""
        self.table.unmark({str(alert.id)})

    def _read_all(self) -> None:
        in_turn(self, self._gather_all, group="all alerts")

    async def _gather_all(self) -> None:
        try:
            newest = await self.controller.ask(alerts.all_alerts, NEWEST)
        except StoreError as error:
            self._wants_all = self._all is not None
            self.app.show_message(str(error), bad=True)
            return
        if not self._wants_all:
            return
        self._older = len(newest) == NEWEST
        # Those that wait for a person stay on top, and are there however old they are.
        found = {alert.id: alert for alert in (*self.view.alerts, *newest)}.values()
        ordered = tuple(
            sorted(found, key=lambda alert: (not alert.is_open, alert.severity is not Severity.RED, -alert.id))
        )
        if ordered != self._all:
            self._all = ordered
            super().show(self.view)


@value_object
class AlertEntry(FewFields):
    """An alert in the list."""

    alert: Alert

    @property
    def key(self) -> str:
        """Its id."""
        return str(self.alert.id)

    @property
    def urgent(self) -> bool:
        """True while it waits for a person."""
        return self.alert.is_open

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when its cause was last seen."""
        return self.alert.last_seen_at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        alert = self.alert
        match column:
            case "severity":
                return severity_cell(alert)
            case "kind":
                return kind_words(alert).lower()
            case "message":
                return alert_sentence(alert, at.now)
            case "count":
                return Cell(f"{alert.count}x", order=alert.count)
            case "age":
                return age_cell(alert, at.now)
            case "state":
                return Cell(became(alert), "normal" if alert.is_open else "dim")
            case _:
                return str(getattr(alert, column) or "")

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        alert = self.alert
        return {
            "level": alert.severity.value,
            "kind": alert.kind,
            "cluster": alert.cluster or "",
            "vmid": str(alert.vmid or ""),
            "name": alert.name or "",
            "message": alert.message,
            "state": became(alert),
            "count": Amount(alert.count),
            "age": Amount((at.now - alert.opened_at).total_seconds()),
        }

    def detail(self, at: Moment) -> str:
        """Return kind and sentence, how a closed alert ended, and how old its reading is where it may be old."""
        told = look_age(self.alert, at.now) if self.alert.is_open else became(self.alert)
        return headline(self.alert, at.now) + (f" ({told})" if told else "")
