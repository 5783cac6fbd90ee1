"""The base of a list that may be empty for lack of privileges: it finds out whether our token may see every guest.

Proxmox answers an empty list to a token that may see nothing; only its privileges tell the difference.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.doctrine.observation.privileges import why_hidden
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.base.list_screen import ListScreen

ASK_AGAIN = timedelta(minutes=1)
"""How long an answer holds while the list stays empty."""


class HiddenGuestsScreen(ListScreen):
    """A list of guests or containers; `hidden` has, by cluster, why guests are hidden from our token."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self._asked: dict[str, datetime] = {}

    def is_blank(self, view: View, cluster: str) -> bool:
        """Return whether the list shows nothing of a cluster, so that its privileges matter."""
        return not any(row.cluster == cluster for row in view.unmanaged)

    def show(self, view: View) -> None:
        """Fill the list; where a cluster shows nothing, find out whether we may see everything."""
        super().show(view)
        for name, look in view.looks.items():
            if look.inventory is None or not self.is_blank(view, name):
                self.hidden.pop(name, None)
                self._asked.pop(name, None)
            elif name not in self._asked or look.inventory.taken_at - self._asked[name] >= ASK_AGAIN:
                self._asked[name] = look.inventory.taken_at
                self.run_worker(self._ask_rights(name), exclusive=True, group=f"rights {name}")

    async def _ask_rights(self, cluster: str) -> None:
        client = self.controller.session.clients.get(cluster)
        if client is None:
            return
        try:
            reason = why_hidden(await self.controller.ask(client.permissions))
        except ProxmoxError:
            return
        if reason is None:
            self.hidden.pop(cluster, None)
        else:
            self.hidden[cluster] = reason
        if self.is_mounted:
            super().show(self.view)
