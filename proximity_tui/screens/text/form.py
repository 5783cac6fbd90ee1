"""A form: a row a field with its label, its input, and beside that a hint or a problem.

It knows neither the meaning of the fields nor the use of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.text.lines import Line, Lines
from proximity_tui.widgets.dialogs.dialog import Dialog
from proximity_tui.widgets.line_controls import LineInput

ROOM_FOR_HINTS = 60
"""How wide a screen must be for hints beside the fields; what is wrong is said on any."""

LABEL = 13
"""Cells for a label, with the space behind the longest one."""

LONGEST = 500
"""Characters that fit into a field."""


@value_object
class Field:
    """One field: its name, its limits, and the hint beside it."""

    id: str
    label: str
    value: str = ""
    """What stands in it at first."""
    number: bool = False
    """It holds a whole number."""
    optional: bool = False
    """It may stay empty."""
    secret: bool = False
    """What is typed is not shown."""
    offered: bool = False
    """Up and down go through what there is to choose from."""
    hint: str = ""


def read_fields(
    fields: Iterable[Field], typed: Mapping[str, str], read: Callable[[Field, Any], Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the value of each valid field, and the problem of each of the others.

    `read` makes a value of a text, or of an int for a number; it raises Invalid with the problem.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        text = typed.get(field.id, "").strip()
        if text:
            try:
                values[field.id] = read(field, _whole_number(text) if field.number else text)
            except Invalid as error:
                problems[field.id] = str(error)
        elif not field.optional:
            problems[field.id] = "is required"
    return values, problems


def _whole_number(text: str) -> int:
    # How large it may be says who reads it: what is too large or below zero is a whole number all the same.
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise Invalid(f"{text!r} is not a whole number")
    return int(text)


class Form(Vertical):
    """A form. The field `x` of the form called `create` is the Input `#create-x`. Enter leads from field to field, and
    after the last one that is shown it says `FilledIn`.
    """

    class FilledIn(Message):
        """The message that enter was pressed in the last field."""

    DEFAULT_CSS = """
    Form {
        height: auto;
        & Horizontal { height: auto; }
        & .label { width: LABEL; }
        & .beside { width: 2fr; margin-left: 1; }
        & Input { width: 3fr; }
    }
    """.replace("LABEL", str(LABEL))

    def __init__(self, name: str, fields: Iterable[Field], more: Iterable[Field] = ()) -> None:
        """Build the form; the fields in `more` stand below the others and are hidden at first."""
        super().__init__(id=f"{name}-form")
        self._rows = {field.id: _FieldRow(name, field) for field in fields}
        self._more = {field.id: _FieldRow(name, field) for field in more}
        self._rows |= self._more
        self._problems: Mapping[str, str] = {}
        self.shows_more = False

    def compose(self) -> ComposeResult:
        """Yield a row for each field."""
        yield from self._rows.values()

    def on_mount(self) -> None:
        """Show the hints."""
        self.show_more(False)
        self.show_problems({})

    def on_resize(self) -> None:
        """Show or hide the hints by the room for them."""
        self.show_problems(self._problems)

    def show_more(self, shown: bool) -> None:
        """Show or hide the fields that few need; the focus goes where they begin, or back to the first field."""
        had_focus = any(row.input.has_focus for row in self._more.values())
        self.shows_more = shown
        for row in self._more.values():
            row.display = shown
        if shown:
            self.lead(self._more)
        elif had_focus:
            self.lead()

    def typed(self) -> dict[str, str]:
        """Return the text of each field."""
        return {name: row.input.value for name, row in self._rows.items()}

    def hint_of(self, name: str) -> str:
        """Return the hint of the offer that stands in a field, empty for one without or for other text."""
        row = self._rows[name]
        return row.hints.get(row.input.value, "")

    def forget_hint(self, name: str, offer: str) -> None:
        """Show the hint of the field beside an offer from now on: its own is not true any more."""
        row = self._rows[name]
        row.hints = {text: hint for text, hint in row.hints.items() if text != offer}

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show beside each field its problem, or else its hint."""
        self._problems = problems
        room = self.app.size.width >= ROOM_FOR_HINTS
        for name, row in self._rows.items():
            row.set_text(problems.get(name, ""), room)

    def lead(self, among: Collection[str] = ()) -> None:
        """Focus the first field, or the first of those `among`."""
        first = next((name for name in self._rows if name in among or not among), None)
        if first in self._more and not self.shows_more:
            self.show_more(True)
        if first is not None:
            typed = self._rows[first].input
            typed.focus()
            # One that was hidden has no place to scroll to before the next layout.
            if isinstance(self.screen, Dialog):
                self.screen.bring_into_sight(typed)

    def offer(self, name: str, offers: Sequence[str] | Mapping[str, str]) -> None:
        """Let up and down cycle through `offers` in a field of that kind; of a mapping the values are the hints that
        stand beside them, empty for the hint of the field.
        """
        row = self._rows[name]
        assert isinstance(row.input, OfferInput)
        row.input.offers = tuple(offers)
        row.hints = offers if isinstance(offers, Mapping) else {}

    def suggest(self, name: str, text: str) -> None:
        """Fill a field in, unless it has a text already. What is typed next replaces it, as after every tab."""
        typed = self._rows[name].input
        if not typed.value:
            typed.value = text
            if typed.has_focus:
                typed.select_all()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        shown = [row.input for row in self._rows.values() if row.display]
        if event.input is shown[-1]:
            self.post_message(self.FilledIn())
        else:
            self.screen.focus_next()


class OfferInput(LineInput):
    """A field whose offers are filled in by up and down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "offer(-1)", "Previous", show=False),
        Binding("down", "offer(1)", "Next", show=False),
    ]

    offers: Sequence[str] = ()

    def action_offer(self, step: int) -> None:
        """Fill in the next offer, or the one before."""
        if self.offers:
            known = self.value in self.offers
            place = (self.offers.index(self.value) + step) % len(self.offers) if known else 0
            self.value = self.offers[place]
            self.cursor_position = len(self.value)


class _FieldRow(Horizontal):
    def __init__(self, form: str, field: Field) -> None:
        super().__init__()
        self._field = field
        self.hints: Mapping[str, str] = {}
        self._label = Line(classes="label")
        self._beside = Lines(id=f"{form}-{field.id}-problem", classes="beside")
        kind = OfferInput if field.offered else LineInput
        name = f"{form}-{field.id}"
        self.input = kind(field.value, id=name, max_length=LONGEST, password=field.secret)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.input
        yield self._beside

    def on_mount(self) -> None:
        self._label.set_text([(self._field.label, "normal")])

    def set_text(self, problem: str, room: bool) -> None:
        hint = (self.hints.get(self.input.value) or self._field.hint) if room else ""
        self._beside.set_text([[(problem, "bad")]] if problem else [[(hint, "dim")]] if hint else [])
        # All fields end at one column.
        self._beside.display = room or bool(problem)
