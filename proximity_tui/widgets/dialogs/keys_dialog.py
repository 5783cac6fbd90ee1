"""The help of a dialog: every key that it obeys, and what it does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from proximity_tui.widgets.dialogs.dialog import BODY, SCROLLS, Dialog
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
        # Beside the fields a form with a plan takes letters as commands.
        takes_letters = isinstance(dialog.focused, Input) or dialog.is_text("x")
        self._typing = bool(dialog.open_fields) and takes_letters

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
    """Return the keys of a dialog that do something now, its own first; those of one action stand together."""
    names: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    typing, active = bool(dialog.open_fields), dialog.active_bindings
    for kind in type(dialog).__mro__:
        for binding in vars(kind).get("BINDINGS", ()) if issubclass(kind, Dialog) else ():
            if not isinstance(binding, Binding) or _leads_nowhere(dialog, binding.action):
                continue
            for key in keys(binding):
                known = names.setdefault(binding.action, [])
                reaches = _reaches(dialog, active.get(key), binding.action)
                if reaches and name_of(key) not in known and obeys(dialog, binding, key, typing=typing):
                    known.append(name_of(key))
                    words.setdefault(binding.action, binding.tooltip or f"{_words(binding, dialog)}.")
    return [(" ".join(found), words[action]) for action, found in names.items() if found]


def _reaches(dialog: Dialog[Any], bound: ActiveBinding | None, action: str) -> bool:
    """Return whether a key that is `bound` gets to the dialog: what has the focus may take it for itself, as a field
    takes left and right. To scroll what cannot be scrolled is left to the dialog.
    """
    if bound is None or bound.node is dialog:
        return bound is not None and bound.binding.action == action
    if not isinstance(bound.node, Widget):
        return False
    if bound.binding.action in ("scroll_up", "scroll_down", "page_up", "page_down"):
        return not bound.node.allow_vertical_scroll
    return bound.binding.action in ("scroll_left", "scroll_right") and not bound.node.allow_horizontal_scroll


def _leads_nowhere(dialog: Dialog[Any], action: str) -> bool:
    """Return whether there is nothing to move to: nothing else that takes the focus, or no more of the body."""
    if action in ("app.focus_previous", "app.focus_next"):
        return len(dialog.focus_chain) < 2
    scrolls = action.startswith(("scroll_body", "scroll_page"))
    return scrolls and not any(body.max_scroll_y for body in dialog.query(f"#{BODY}"))


def _words(binding: Binding, dialog: Dialog[Any]) -> str:
    """Return what a key does; what leads out of a dialog is called as its first button is now, as *Close* or *Stop*."""
    if binding.action != "cancel":
        return binding.description
    buttons = dialog.query(LineButton)
    return buttons.first().label if buttons else "Close"
