"""The dialog for trusting a cluster again that shows another certificate, or is another cluster or only a part of it:
old and new, and its typed name.

Nothing is sent to a server with another certificate before the name was typed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import ClusterConfig
from proximity_tui.connect import certificates, rotate
from proximity_tui.connect.rotate import TrustChange
from proximity_tui.core.base.text import UNEXPECTED
from proximity_tui.core.model import Membership
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import clusters
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.runtime.cluster_access import cluster_settings
from proximity_tui.runtime.trusted_again import trusted_again
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.connect.connect_text import alone_lines, renewed_lines, replaced_lines, state_lines
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS, Dialog
from proximity_tui.widgets.line_controls import LineButton

Work = Callable[[], Awaitable[None]]


class RetrustDialog(Dialog[None]):
    """A dialog about the certificate first, and then, if it is another cluster or a part of it, about that."""

    DEFAULT_CSS = "RetrustDialog > DialogBox { width: 110; }"
    AUTO_FOCUS = "#retrust-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES_FOCUS]

    app = getters.app(ControllerApp)

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self._cluster = cluster
        self._message_lines: list[TextLine] = []
        self._busy = self._trouble = ""
        self._agreed: Work | None = None
        """What follows when the name was typed; None while there is nothing to agree to."""

    def compose_body(self) -> ComposeResult:
        """Yield old and new."""
        yield Lines(id="retrust-message")

    def compose_foot(self) -> ComposeResult:
        """Yield the field for its name."""
        yield TypedRow("retrust-name")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id="retrust-cancel")
        yield LineButton("Trust it", id="retrust-go", danger=True, agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Read what it shows, without a byte of HTTP."""
        self.show_title(f"Trust {self._cluster} again")
        self.query_one(TypedRow).ask(f"Type {self._cluster} to trust it: ", self._cluster)
        self._begin("Reading the certificate. No request is sent.", self._read_certificate)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus from the field to the button; enter there does nothing itself."""
        if not self.query_one("#retrust-go").disabled:
            self.query_one("#retrust-go").focus()

    def press(self, button: LineButton) -> None:
        """Trust what the name was typed for."""
        agreed = self._agreed
        if agreed is not None and self._is_typed():
            self._agreed = None
            self._begin(f"Reading the identity of {self._cluster}.", agreed)

    async def _read_certificate(self) -> None:
        ask = self.app.controller.ask
        # Read again: somebody else may have trusted it meanwhile.
        settings = await ask(config.load, self.app.controller.context.settings.path)
        if self._cluster not in settings.clusters:
            raise ConfigError(f"{self._cluster} is no longer in {settings.path}")
        change = await ask(rotate.read_again, settings.clusters[self._cluster])
        if change.untrusted:
            self._ask(renewed_lines(change), lambda: self._meet(change))
        else:
            await self._meet(change)

    async def _meet(self, change: TrustChange) -> None:
        ask, now = self.app.controller.ask, change.trusted()
        facts = await ask(certificates.read_facts, now)
        identity = certificates.identity_of(facts)
        known = await ask(clusters.known_identity, self._cluster)
        members = await ask(rotate.other_members, facts) if identity == known else None
        if members is not None:
            lines = alone_lines(self._cluster, members)
            self._ask(lines, lambda: self._keep(change.was, now, (known, identity), members))
        elif known is None or identity == known:
            await self._keep(change.was, now, (known, identity))
        elif identity is None:
            raise ConfigError(rotate.shows_no_identity(self._cluster))
        else:
            lines = replaced_lines(self._cluster, known, identity)
            self._ask(lines, lambda: self._keep(change.was, now, (known, identity)))

    async def _keep(
        self,
        was: ClusterConfig,
        now: ClusterConfig,
        identities: tuple[str | None, str | None],
        members: tuple[Membership, Membership] | None = None,
    ) -> None:
        controller, (known, identity) = self.app.controller, identities
        actor = controller.context.engine.settings.actor
        changed = now != was or known != identity or members is not None

        def take_over() -> None:
            read = cluster_settings(now)
            if changed:
                rotate.keep(controller.context.settings.path, was, now, identities, actor, members)
            controller.services.exchange(partial(trusted_again, cluster=now, read=read))

        await controller.write(take_over)
        controller.want(self._cluster)
        self.app.show_message(
            f"{self._cluster} " + ("is trusted again." if changed else "shows the certificate that is already trusted.")
        )
        self.dismiss(None)

    def _ask(self, lines: list[TextLine], agreed: Work) -> None:
        self._message_lines, self._busy, self._agreed = lines, "", agreed
        row = self.query_one(TypedRow)
        row.clear()
        self._show()
        row.enter()
        self.body.scroll_home(animate=False)

    def _begin(self, busy: str, work: Work) -> None:
        self._busy, self._trouble = busy, ""
        self._show()
        in_background(self, partial(self._execute, work), group="retrust")

    async def _execute(self, work: Work) -> None:
        try:
            await work()
        except (ConfigError, ProxmoxError, StoreError) as error:
            self._trouble, self._agreed = str(error), None
        except Exception:
            self._trouble, self._agreed = f"{UNEXPECTED.capitalize()}. Nothing was written.", None
            raise
        finally:
            if self._trouble:
                self._busy = ""
                self._show()

    def _is_typed(self) -> bool:
        return self.query_one(TypedRow).confirms(self._cluster)

    @unless_unmounted
    def _show(self) -> None:
        lines = [*self._message_lines, *state_lines(self._trouble, self._busy)]
        self.query_one("#retrust-message", Lines).set_text(lines)
        self.query_one(TypedRow).display = self._agreed is not None
        self.query_one("#retrust-go").disabled = self._agreed is None or not self._is_typed()
