"""The config of a guest exactly as Proxmox has it now, and how it differs from our clinical record."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.model import GuestDetail
from proximity_tui.core.store.records import records
from proximity_tui.screens.container.sections import time_or_never
from proximity_tui.screens.container.text_reader import ConfigReader
from proximity_tui.screens.presentation.config_text import difference_lines, hidden_hint, settings_lines
from proximity_tui.screens.text.lines import TextLine


class RawScreen(ConfigReader):
    """The raw config, also of guests without a record: `container_id` is None then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "cancel", "Close", show=False),
    ]

    def __init__(self, cluster: str, vmid: int, container_id: int | None = None) -> None:
        super().__init__()
        self._cluster = cluster
        self._vmid = vmid
        self._container_id = container_id

    def heading(self) -> str:
        """Return the name of the guest."""
        return f"Config of CT {self._vmid} on cluster {self._cluster}, as Proxmox has it"

    def keys(self) -> str:
        """Return its keys, in words."""
        return "esc closes, r reads again, v shows or hides secrets"

    async def read(self) -> list[TextLine]:
        """Return a fresh inspection, compared with the newest clinical record."""
        controller = self.app.controller
        client = controller.context.clients.get(self._cluster)
        if client is None:
            why = controller.context.settings.why_not_contacted(self._cluster)
            return [[(f"{why}. Nothing can be read.", "warn")]]
        seen = await controller.ask(inspection.inspect_guest, client, self._vmid)
        if not isinstance(seen, GuestDetail):
            return [[(f"{seen.presence}: {seen.reason}", "warn")], *self._row_set_aside()]
        lines: list[TextLine] = [
            [(f"on {seen.node}, {seen.status}, read {time_or_never(seen.taken_at)}", "normal")],
            [],
        ]
        if self._container_id is not None:
            record = await controller.ask(records.get, self._container_id)
            remember, rules = controller.read_only is None, controller.context.settings.drift
            found = await controller.ask(compare_with_record, record, seen, remember=remember, rules=rules)
            if found.not_ours is not None:
                lines += [[(f"Not compared with the clinical record: {found.not_ours}.", "warn")], []]
            else:
                lines += [*difference_lines(found.changes, reveal=self.reveal), []]
        if seen.config is None:
            return [*lines, [(f"The config cannot be read: {'; '.join(str(gap) for gap in seen.gaps)}", "warn")]]
        return [*lines, *settings_lines(seen.config, reveal=self.reveal), [], hidden_hint(reveal=self.reveal, key="v")]

    def _row_set_aside(self) -> list[TextLine]:
        """Return the guest's row of the list, where that could not be understood."""
        poll = self.app.controller.view.polls.get(self._cluster)
        row = poll.inventory.row_set_aside(self._vmid) if poll is not None and poll.inventory is not None else None
        return [] if row is None else [[], [("Its row in the list, as Proxmox sent it:", "dim")], [(row.raw, "normal")]]
