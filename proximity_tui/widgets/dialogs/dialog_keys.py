"""The keys that a dialog obeys: beside its buttons, and each with its sentence in the help. It obeys none itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Protocol

from rich.cells import cell_len
from textual import events
from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

Key = tuple[str, str]
"""A key as a person reads it, and what it does."""


PREVIOUS = "Go to the choice or button before."
NEXT = "Go to the next choice or button."

MOVES_BETWEEN_BUTTONS: tuple[BindingType, ...] = (
    Binding("left,h", "app.focus_previous", "Previous", show=False, tooltip=PREVIOUS, id="dialog.previous"),
    Binding("right,l", "app.focus_next", "Next", show=False, tooltip=NEXT, id="dialog.next"),
)
"""Keys of a dialog that asks nothing but which button."""

NARROW = 60
"""On a narrower screen the buttons need the room."""


class HasDialogKeys(Protocol):
    """A dialog, as far as its keys are concerned."""

    BINDINGS: ClassVar[list[BindingType]]

    @property
    def open_fields(self) -> list[Input]:
        """The fields that can be typed into now."""
        ...

    def is_text(self, character: str) -> bool:
        """Return whether a character belongs into such a field."""
        ...

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action can be done now."""
        ...


class DialogKeys(Static):
    """The line with the keys. The same again paints nothing."""

    DEFAULT_CSS = """
    DialogKeys { width: 1fr; height: 1; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[Key] = ()
        self._line = ""

    def show(self, keys: Sequence[Key]) -> None:
        """Show these keys, if the buttons leave room for them."""
        keys = keys if self.app.size.width >= NARROW else ()
        if keys != self._shown:
            self._shown = keys
            self.display = bool(keys)
            self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many as the buttons leave room for now."""
        self._lay_out()

    def _lay_out(self) -> None:
        # Before it has a place of its own it takes the one that the style cuts it to.
        fitting = line_of(self._shown, self.size.width or self.app.size.width)
        if fitting != self._line:
            self._line = fitting
            self.update(Content(fitting))


def line_of(keys: Sequence[Key], room: int) -> str:
    """Return the first of these keys that fit whole; the help of the dialog has all."""
    line = ""
    for key, words in keys:
        longer = f"{line}  {key} {words}" if line else f"{key} {words}"
        if cell_len(longer) > room:
            break
        line = longer
    return line


def keys_of(dialog: HasDialogKeys) -> list[Key]:
    """Return the keys that this dialog has beside those of every dialog, and that do something now, its own first; of
    several keys of one action the first that is obeyed.
    """
    found: dict[str, Key] = {}
    typing = bool(dialog.open_fields)
    for binding in bindings_of(dialog):
        if binding.show and binding.action not in found:
            key = next((one for one in keys(binding) if obeys(dialog, binding, one, typing=typing)), None)
            if key is not None:
                found[binding.action] = (name_of(key), binding.description.lower())
    return list(found.values())


def bindings_of(dialog: HasDialogKeys) -> Iterator[Binding]:
    """Yield the bindings of this kind of dialog, then those of the kinds that it is one of."""
    for kind in type(dialog).__mro__:
        yield from (one for one in vars(kind).get("BINDINGS", ()) if isinstance(one, Binding))


def keys(binding: Binding) -> list[str]:
    """Return the keys of a binding, in Textual's names."""
    return [key.strip() for key in binding.key.split(",")]


def obeys(dialog: HasDialogKeys, binding: Binding, key: str, *, typing: bool) -> bool:
    """Return whether the dialog would do now what the key stands for; a letter is text while there is an open field
    (`typing`).
    """
    _, action, parameters = parse(binding.action)
    if typing and len(key) == 1 and dialog.is_text(key):
        return False
    return bool(dialog.check_action(action, parameters))


def name_of(key: str) -> str:
    """Return a key as a person reads it."""
    return {"question_mark": "?", "escape": "esc", "pageup": "pgup", "pagedown": "pgdn"}.get(key, key)
