"""The base of the texts that are read, and shown over a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.text.lines import Line, TextLine
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import BODY, Dialog


class TextReader(Dialog[None]):
    """A reader that shows the result of `read` over the whole screen. A subclass defines its `heading` and `read`."""

    DEFAULT_CSS = """
    TextReader {
        & > DialogBox { width: 100%; height: 100%; padding: 0; }
        & > DialogBox > ScrollText { height: 1fr; scrollbar-gutter: stable; }
        & #dialog-title, & #reader-keys { padding: 0 1; }
    }
    """
    AUTO_FOCUS = "ScrollText"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "read_again", "Read again"),
    ]

    VERBATIM: ClassVar[bool] = True
    """Whether the text is not ours, such as a config or a log."""

    app = getters.app(ControllerApp)

    def heading(self) -> str:
        """Return the title, in one line."""
        raise NotImplementedError

    async def read(self) -> list[TextLine]:
        """Return the text. An error of Proxmox or the database is shown instead."""
        raise NotImplementedError

    def compose_scroll(self) -> ComposeResult:
        """Yield the text, which scrolls by itself."""
        yield ScrollText(4, id=BODY, verbatim=self.VERBATIM)

    def compose_foot(self) -> ComposeResult:
        """Yield the keys."""
        yield Line(id="reader-keys")

    def on_mount(self) -> None:
        """Start to read."""
        self.show_title(self.heading())
        self.query_one("#reader-keys", Line).set_text([(self.keys(), "dim")])
        self.query_one(ScrollText).set_text([[("Reading.", "dim")]])
        self.action_read_again()

    def keys(self) -> str:
        """Return its keys, in words."""
        return "esc closes, r reads again"

    def action_read_again(self) -> None:
        """Read again; the shown text stays until then."""
        in_background(self, self._read, exclusive=True, group="reader")

    async def _read(self) -> None:
        try:
            lines = await self.read()
        except (ProxmoxError, StoreError) as error:
            lines = [[(f"This cannot be read: {error}", "warn")]]
        self._show(lines)

    @unless_unmounted
    def _show(self, lines: list[TextLine]) -> None:
        text = self.query_one(ScrollText)
        at_end = text.max_scroll_y > 0 and text.scroll_y >= text.max_scroll_y
        text.set_text(lines)
        if at_end:
            # Whoever reads the last line wants to read the next one too.
            self.call_after_refresh(text.action_last)


class ConfigReader(TextReader):
    """A reader of a config, whose possible secrets are masked until somebody wants to see them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "reveal", "Show secrets")]

    reveal = False
    """Whether they are shown."""

    def action_reveal(self) -> None:
        """Show secrets, or hide them again."""
        self.reveal = not self.reveal
        self.action_read_again()


class FactsReader(TextReader):
    """A reader of facts that are known already, a line each. Nothing is asked for them."""

    def __init__(self, heading: str, facts: Mapping[str, str], keys: str = "esc closes") -> None:
        super().__init__()
        self._heading = heading
        self._facts = facts
        self._keys = keys

    def heading(self) -> str:
        """Return what the facts are about."""
        return self._heading

    def keys(self) -> str:
        """Return its keys, in words."""
        return self._keys

    async def read(self) -> list[TextLine]:
        """Return a line for each fact, their names in one column."""
        width = max(map(len, self._facts)) + 1
        return [[(f"{name:<{width}}", "dim"), (text, "normal")] for name, text in self._facts.items()]
