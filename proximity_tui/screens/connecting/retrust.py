"""Trust a cluster anew that shows another certificate, or is another cluster: old and new, and its name to be typed.

Nothing is sent to a server with another certificate before the name was typed; how it is kept is not known here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from proximity_tui import config
from proximity_tui.config import ClusterConfig
from proximity_tui.connecting import meeting, renewal
from proximity_tui.connecting.renewal import Change
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import clusters
from proximity_tui.core.store.errors import StoreError
from proximity_tui.screens.connecting.words import renewed_lines, replaced_lines
from proximity_tui.screens.desk.host import DeskApp
from proximity_tui.screens.desk.late import unless_too_late
from proximity_tui.screens.text.line import Line
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.session import cluster_settings
from proximity_tui.settings.errors import ConfigError
from proximity_tui.widgets.line_button import LineButton

Work = Callable[[], Awaitable[None]]


class RetrustDialog(ModalScreen[None]):
    """Asks about the certificate first, and then, if it is another cluster, about that."""

    DEFAULT_CSS = """
    RetrustDialog {
        align: center middle;
        & > Vertical {
            width: 110; max-width: 100%; height: auto; max-height: 100%;
            border: round $border; background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        & .row { height: 1; display: none; }
        & .row Lines { width: auto; max-width: 60%; height: 1; }
        & Input { height: 1; width: 1fr; border: none; padding: 0; }
        & Input:focus { border: none; }
        & #retrust-buttons { height: 1; align-horizontal: right; }
        & LineButton { margin-left: 2; }
    }
    """
    AUTO_FOCUS = "#retrust-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel"),
        Binding("up,k", "app.focus_previous", "Previous", show=False),
        Binding("down,j", "app.focus_next", "Next", show=False),
        Binding("pageup", "scroll_body(-4)", "Page up", show=False),
        Binding("pagedown", "scroll_body(4)", "Page down", show=False),
    ]

    app = getters.app(DeskApp)

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self._cluster = cluster
        self._said: list[TextLine] = []
        self._busy = self._trouble = ""
        self._agreed: Work | None = None
        """What follows when the name was typed; None while there is nothing to agree to."""

    def compose(self) -> ComposeResult:
        """Old and new, the name, buttons."""
        with Vertical():
            yield Line(id="retrust-title")
            with VerticalScroll(can_focus=False):
                yield Lines(id="retrust-said")
            with Horizontal(classes="row"):
                yield Lines(id="retrust-label")
                typed = Input(id="retrust-name", compact=True, max_length=300)
                typed.cursor_blink = False
                yield typed
            with Horizontal(id="retrust-buttons"):
                yield LineButton("Cancel", id="retrust-cancel")
                yield LineButton("Trust it", id="retrust-go", danger=True, disabled=True)

    def on_mount(self) -> None:
        """Look at what it shows, without a byte of HTTP."""
        self.query_one("#retrust-title", Line).say([(f"Trust {self._cluster} anew", "accent")])
        self.query_one("#retrust-label", Lines).say([[(f"Type {self._cluster} to trust it: ", "warn")]])
        self._begin("Reading its certificate; nothing is sent.", self._look)

    def on_resize(self) -> None:
        """Leave the body what title, field and buttons do not need."""
        self.query_one(VerticalScroll).styles.max_height = max(1, self.app.size.height - 5)

    def action_cancel(self) -> None:
        """Close; what was not kept by now is not trusted."""
        self.dismiss(None)

    def action_scroll_body(self, lines: int) -> None:
        """Move what is too long for the screen."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Enter in the field leads to the button, and does nothing itself."""
        if not self.query_one("#retrust-go").disabled:
            self.query_one("#retrust-go").focus()

    @on(LineButton.Pressed, "#retrust-cancel")
    def _cancel_pressed(self) -> None:
        self.action_cancel()

    @on(LineButton.Pressed, "#retrust-go")
    def _go_pressed(self) -> None:
        agreed = self._agreed
        if agreed is not None and self._is_typed():
            self._agreed = None
            self._begin(f"Asking {self._cluster} who it is.", agreed)

    async def _look(self) -> None:
        ask = self.app.desk.ask
        # Read anew: somebody else may have trusted it meanwhile.
        settings = await ask(config.load, self.app.desk.session.settings.path)
        if self._cluster not in settings.clusters:
            raise ConfigError(f"{self._cluster} is not in {settings.path} any more")
        change = await ask(renewal.look_again, settings.clusters[self._cluster])
        if change.strangers:
            self._ask(renewed_lines(change), lambda: self._meet(change))
        else:
            await self._meet(change)

    async def _meet(self, change: Change) -> None:
        ask, now = self.app.desk.ask, change.trusted()
        identity = meeting.identity_of(await ask(meeting.greet, now))
        known = await ask(clusters.known_identity, self._cluster)
        if known is None or identity == known:
            await self._keep(change.was, now, (known, identity))
        elif identity is None:
            raise ConfigError(f"{self._cluster} does not say which cluster it is: nothing was changed")
        else:
            lines = replaced_lines(self._cluster, known, identity)
            self._ask(lines, lambda: self._keep(change.was, now, (known, identity)))

    async def _keep(self, was: ClusterConfig, now: ClusterConfig, identities: tuple[str | None, str | None]) -> None:
        desk, (known, identity) = self.app.desk, identities
        gateway, actor = desk.session.gateways[self._cluster], desk.session.engine.settings.actor
        changed = now != was or known != identity

        def take_over() -> None:
            trust = cluster_settings(now).trust
            if changed:
                renewal.keep(desk.session.settings.path, was, now, identities, actor)
            gateway.trust_anew(trust)

        await desk.write(take_over)
        desk.want(self._cluster)
        self.app.say(
            f"{self._cluster} " + ("is trusted as it is now." if changed else "shows what is trusted already.")
        )
        self.dismiss(None)

    def _ask(self, lines: list[TextLine], agreed: Work) -> None:
        self._said, self._busy, self._agreed = lines, "", agreed
        self.query_one(Input).value = ""
        self._show()
        self.query_one(Input).focus()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _begin(self, busy: str, work: Work) -> None:
        self._busy, self._trouble = busy, ""
        self._show()
        self.run_worker(self._carry(work), group="retrust")

    async def _carry(self, work: Work) -> None:
        try:
            await work()
        except (ConfigError, ProxmoxError, StoreError) as error:
            self._busy, self._trouble, self._agreed = "", str(error), None
            self._show()

    def _is_typed(self) -> bool:
        return self.query_one(Input).value.strip() == self._cluster

    @unless_too_late
    def _show(self) -> None:
        lines = list(self._said)
        if self._trouble:
            lines.append([(self._trouble, "bad")])
        if self._busy:
            lines.append([(self._busy, "dim")])
        self.query_one("#retrust-said", Lines).say(lines)
        self.query_one(".row").display = self._agreed is not None
        self.query_one("#retrust-go").disabled = self._agreed is None or not self._is_typed()
