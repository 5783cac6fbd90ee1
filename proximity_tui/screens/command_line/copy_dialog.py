"""The menu of what can be copied of a guest. It is dismissed with the text, or None."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.advised_commands import with_own_options
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import GuestRow
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS, Dialog
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton


@value_object
class CopyChoice:
    """One thing to copy: its key, its name, its text; without a text the reason why there is none."""

    key: str
    name: str
    text: str
    reason: str = ""


def copied_of(row: GuestRow, addresses: Sequence[str], config: Path | None) -> list[CopyChoice]:
    """Return what can be copied of a guest; `config` is named in the command where it is not the usual file."""
    guest = f"{row.cluster}/{row.vmid}"
    own = {} if config is None else {"--config": str(config)}
    command = with_own_options(shlex.join(("proximity-tui", "show", guest)), own)
    unknown = "" if addresses else "not known; its page reads it"
    return [
        CopyChoice("v", "VMID", str(row.vmid or ""), "" if row.vmid else "none"),
        CopyChoice("n", "name", row.name),
        CopyChoice("a", "address", addresses[0] if addresses else "", unknown),
        CopyChoice("c", "command", command if row.vmid else "", "" if row.vmid else "it has no VMID"),
    ]


class CopyDialog(Dialog[str | None]):
    """The menu: one key copies."""

    DEFAULT_CSS = "CopyDialog > DialogBox { width: 76; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"copy('{key}')", f"Copy the {name}", show=False)
            for key, name in (("v", "VMID"), ("n", "name"), ("a", "address"), ("c", "command"))
        ),
        Binding("Y", "cancel", "Close", show=False),
        *MOVES_FOCUS,
    ]

    def __init__(self, title: str, things: Sequence[CopyChoice]) -> None:
        super().__init__()
        self._question = title
        self._things = {one.key: one for one in things}

    def compose_body(self) -> ComposeResult:
        """Yield a line for each thing."""
        for one in self._things.values():
            yield ChoiceLine(one.key, f"{one.key} {one.name:<8}", id=f"copy-{one.key}")

    def compose_buttons(self) -> ComposeResult:
        """Yield Close."""
        yield LineButton("Close", id="copy-close")

    def on_mount(self) -> None:
        """Show the texts."""
        self.show_title(self._question)
        for one in self._things.values():
            line = self.query_one(f"#copy-{one.key}", ChoiceLine)
            line.show(one.text or one.reason, chosen=False, disabled=not one.text)

    def action_copy(self, key: str) -> None:
        """Close with the text behind this key, if there is one."""
        if text := self._things[key].text:
            self.dismiss(text)

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        self.action_copy(event.line.name or "")
