"""The page of a node: how it is, what is on it, and what would be unknown if it failed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.text import first_of, human_age, number_of, percent
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.fleet import FleetRow, NodeRow, node_rows, storage_rows
from proximity_tui.core.model import NodeStatus, Status
from proximity_tui.core.model.guests_by_node import count_in_ha
from proximity_tui.core.proxmox.node_details import Certificate, HaRow, NodeDetail, UsedSpace
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.cluster.detail_page import DetailPage, PageAnswer, of_offline, unknown_line
from proximity_tui.screens.container.sections import pair
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.cluster_cells import (
    amount,
    node_notes,
    node_status_cell,
    share_cell,
    storage_status_cell,
)
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.glyphs import bar
from proximity_tui.widgets.table.cells import Cell

FEW = 12
"""How many of our containers are named; the guests have a list of their own."""


class NodeScreen(DetailPage):
    """The page of one node."""

    SCREEN_ID = ScreenId.NODE
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.NODE)]

    def __init__(self, cluster: str, name: str) -> None:
        super().__init__(cluster)
        self.node = name
        self._detail: PageAnswer[NodeDetail] = PageAnswer()
        self._ha: PageAnswer[tuple[HaRow, ...]] = PageAnswer()
        self._certificates: PageAnswer[tuple[Certificate, ...]] = PageAnswer()

    def counts(self) -> str:
        """Return the name of the node."""
        return f"Node {self.node}"

    def do_guests(self) -> None:
        """Show the guests of the node."""
        self.app.routes.open_guests_of(self.cluster, self.node)

    async def ask_all(self) -> None:
        """Ask the node for its details and certificates unless it is offline, and the cluster for HA."""
        node, inventory = self.node, self.inventory
        questions = [self.take(self.answer(lambda client: client.details.ha()), self._keep_ha)]
        if inventory is not None and inventory.node_status(node) is NodeStatus.OFFLINE:
            self._detail, self._certificates = of_offline(node), of_offline(node)
        else:
            questions += [
                self.take(self.answer(lambda client: client.details.node(node)), self._keep_detail),
                self.take(self.answer(lambda client: client.details.certificates(node)), self._keep_certificates),
            ]
        await asyncio.gather(*questions)

    def lines(self, view: View) -> Iterator[TextLine]:
        """Yield the lines of the page."""
        row = self._row(view)
        yield [(self.node, "accent"), (f", node of {self.cluster}", "normal")]
        yield from self.silent_lines()
        if row is None:
            yield [("The last list does not name this node.", "warn")]
            return
        status, notes = node_status_cell(row), node_notes(row)
        yield pair("status", (status.shown, status.tone), (f"  {notes.text}" if notes.text else "", notes.tone))
        yield pair("seen", (self._age(), "normal"))
        yield from self._health(row)
        yield from self._ha_lines(row)
        yield from self._certificate_lines(self.controller.clock.now())
        yield []
        yield from self._storages()
        yield []
        yield from self._guests(view, row)

    def _row(self, view: View) -> NodeRow | None:
        inventory = self.inventory
        if inventory is None:
            return None
        silent = {} if self.silent is None else {self.cluster: self.silent}
        rows = node_rows({self.cluster: inventory}, silent, view.counts.managed_on)
        return next((row for row in rows if row.name == self.node), None)

    def _age(self) -> str:
        taken_at = self.inventory.taken_at if self.inventory is not None else None
        return f"{coarse_age(since(taken_at, self.controller.clock.now()))} ago"

    def _health(self, row: NodeRow) -> Iterator[TextLine]:
        detail = self._detail.value
        if detail is None:
            yield unknown_line("details", self._detail)
            return
        if row.status is NodeStatus.OFFLINE:
            yield pair("details", (f"not known: {self.node} is offline since they were read", "warn"))
            return
        yield pair(
            "details", (f"read {coarse_age(since(self._detail.read_at, self.controller.clock.now()))} ago", "dim")
        )
        cores = f" of {detail.cores} cores" if detail.cores else ""
        load = " ".join(f"{one:.2f}" for one in detail.load) or "?"
        yield pair("version", (detail.version or "?", "normal"))
        yield pair("kernel", (detail.kernel or "?", "normal"))
        yield pair("uptime", (human_age(detail.uptime) if detail.uptime is not None else "?", "normal"))
        yield pair("load", (f"{load}{cores}", "normal"))
        yield pair("processor", (detail.cpu_model or "?", "normal"))
        if detail.cpu is not None:
            wait = f", waiting for disks {percent(detail.wait)}" if detail.wait is not None else ""
            yield pair("CPU", (f"{bar(detail.cpu)} {percent(detail.cpu)}{wait}", "normal"))
        for label, space in (("memory", detail.memory), ("swap", detail.swap), ("root disk", detail.rootfs)):
            yield _space(label, space)

    def _ha_lines(self, row: NodeRow) -> Iterator[TextLine]:
        rows = self._ha.value
        if rows is None:
            yield unknown_line("HA", self._ha)
            return
        told = [] if row.hastate is None else [row.hastate]
        told += [one.status for kind in ("lrm", "service") for one in rows if (one.node, one.type) == (self.node, kind)]
        yield pair("HA", ("; ".join(told) or self._ha_by_guests(), "normal"), self.age(self._ha))

    def _ha_by_guests(self) -> str:
        """Return what HA does on the node as far as the list of all guests says it."""
        managed = 0 if self.inventory is None else count_in_ha(self.inventory.guests, self.node)
        return f"manages {number_of(managed, 'guest')} on this node" if managed else "not used on this node"

    def _certificate_lines(self, now: datetime) -> Iterator[TextLine]:
        found = self._certificates.value
        if found is None:
            yield unknown_line("certificates", self._certificates)
            return
        for place, one in enumerate(found):
            left = None if one.expires_at is None else one.expires_at - now
            soon = left is not None and left < self.controller.context.settings.alerts.certificate
            words = "no expiry date" if left is None else f"valid for {human_age(left.total_seconds())}"
            if left is not None and left.total_seconds() <= 0:
                words = f"expired {human_age(-left.total_seconds())} ago"
            told: Piece = (f"{one.filename}: {words}", "warn" if soon else "normal")
            yield pair("" if place else "certificates", told, self.age(self._certificates))

    def _storages(self) -> Iterator[TextLine]:
        inventory = self.inventory
        if inventory is None:
            return
        threshold = self.controller.context.settings.alerts.storage_used
        rows = [one for one in storage_rows({self.cluster: inventory}, {}, threshold) if self.node in one.nodes]
        if not rows:
            yield pair("storages", ("none that our token may see (Datastore.Audit on /storage)", "dim"))
        for place, one in enumerate(rows):
            reading, status = inventory.storages.get(f"{self.node}/{one.storage}"), storage_status_cell(one)
            if inventory.node_status(self.node) is NodeStatus.OFFLINE:
                # The status of a shared storage is what other nodes say; from here it cannot be reached.
                reading, status = None, Cell("not reachable from this node", "dim")
            used = share_cell(reading.used if reading else None, "warn" if one.full else "normal")
            label = "" if place else "storages"
            yield pair(
                label, (f"{one.storage:<16} ", "normal"), (f"{used.shown} ", used.tone), (status.text, status.tone)
            )

    def _guests(self, view: View, row: NodeRow) -> Iterator[TextLine]:
        ours = [one for one in view.rows if (one.cluster, one.node) == (self.cluster, self.node)]
        yield pair("guests", (f"{row.guests} listed, {row.running} running, {row.managed} managed by us", "normal"))
        offline = row.status is NodeStatus.OFFLINE
        if not ours:
            yield pair("if it fails", ("no container of ours is on it", "dim"))
            return
        # HA starts its services elsewhere; of the others nothing is known until the node is back.
        moved = [one for one in ours if self._by_ha(one)]
        left = [one for one in ours if one not in moved]
        label = "unknown now" if offline else "if it fails"
        yield _named(label, left, "unknown until it is back", "bad" if offline else "normal")
        if moved:
            yield _named("", moved, "under HA, to be started elsewhere", "normal")

    def _by_ha(self, row: FleetRow) -> bool:
        guest = self.inventory.guests.get(row.vmid or 0) if self.inventory is not None else None
        return guest is not None and guest.hastate is not None

    def _keep_detail(self, answer: PageAnswer[NodeDetail]) -> None:
        self._detail = answer

    def _keep_ha(self, answer: PageAnswer[tuple[HaRow, ...]]) -> None:
        self._ha = answer

    def _keep_certificates(self, answer: PageAnswer[tuple[Certificate, ...]]) -> None:
        self._certificates = answer


def _space(label: str, space: UsedSpace) -> TextLine:
    share = space.used / space.total if space.used is not None and space.total else None
    shown = "" if share is None else f"{bar(share)} {percent(share)} "
    return pair(label, (f"{shown}{amount(space.used, space.total)}", "normal"))


def _named(label: str, rows: list[FleetRow], fate: str, tone: Tone) -> TextLine:
    names = [f"{one.name}{'' if one.status is not Status.STOPPED else ' (stopped)'}" for one in rows]
    count = number_of(len(rows), "container")
    return pair(label, (f"{count} {fate}: {first_of(names, FEW)}" if rows else f"none {fate}", tone))
