"""The help of a dialog: every key that it obeys, and what it does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from proximity_tui.widgets.dialogs.dialog import SCROLLS, Dialog
from proximity_tui.widgets.dialogs.dialog_keys import Key, keys, name_of, obeys
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.theme import STYLES

NAMES = 18
"""Cells for the keys."""

TYPING = "While there is a field to type into, letters go into it. esc closes the dialog."

EVERY: tuple[Key, ...] = (
    ("tab shift+tab", "Go to the next field, choice or button, or the one before."),
    ("enter space", "Press or choose what has the focus."),
)
"""What holds for every dialog."""


class KeysDialog(Dialog[None]):
    """The keys of another dialog, as they are now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,enter", "cancel", "Close", show=False),
        *SCROLLS,
    ]

    def __init__(self, dialog: Dialog[Any]) -> None:
        super().__init__()
        self._keys = (*all_keys(dialog), *EVERY)
        self._typing = bool(dialog.open_fields)

    def compose_body(self) -> ComposeResult:
        """Yield the keys."""
        lines = [(f"{name:<{NAMES}}", STYLES["accent"], words) for name, words in self._keys]
        parts: list[tuple[str, str]] = []
        for name, style, words in lines:
            parts += [(name, style), (f"{words}\n", "")]
        yield Static(Content.assemble(*parts, (TYPING if self._typing else "", STYLES["dim"])))

    def on_mount(self) -> None:
        """Set the title."""
        self.show_title("Keys of this dialog (esc closes)")


def all_keys(dialog: Dialog[Any]) -> list[Key]:
    """Return the keys of a dialog that do something now, its own first."""
    found: dict[str, Key] = {}
    typing = bool(dialog.open_fields)
    for kind in type(dialog).__mro__:
        for binding in vars(kind).get("BINDINGS", ()) if issubclass(kind, Dialog) else ():
            if isinstance(binding, Binding) and binding.action not in found:
                names = [name_of(key) for key in keys(binding) if obeys(dialog, binding, key, typing=typing)]
                if names:
                    found[binding.action] = (" ".join(names), binding.tooltip or f"{_words(binding, dialog)}.")
    return list(found.values())


def _words(binding: Binding, dialog: Dialog[Any]) -> str:
    """Return what a key does; what leads out of a dialog is called as its first button is now, as *Close* or *Stop*."""
    if binding.action != "cancel":
        return binding.description
    buttons = dialog.query(LineButton)
    return buttons.first().label if buttons else "Close"
