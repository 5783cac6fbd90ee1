"""The palette: commands by some letters of their names, or a word of their help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.fuzzy import Matcher
from textual.markup import escape
from textual.style import Style
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.keyboard.aliases import VERBS
from proximity_tui.screens.keyboard.keys import ScreenCommand, commands_for, in_table, shown_all
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.widgets.dialogs.dialog import BODY, Dialog
from proximity_tui.widgets.line_controls import LineInput
from proximity_tui.widgets.theme import STYLES

NAME = 16
"""Cells for the name of a command and the blanks behind it."""

HIT = Style(underline=True)
"""How the letters that were typed look where they are found."""


class _Commands(OptionList):
    """A list whose current line is seen without colours, too: Textual drops `reverse` from the styles of a line."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        style = super().get_visual_style(*component_classes, partial=partial)
        current = "option-list--option-highlighted" in component_classes
        return style + Style(reverse=True) if current and "ansi" in self.pseudo_classes else style


class Palette(Dialog[str | None]):
    """The palette. It is dismissed with the id of a command, or None."""

    DEFAULT_CSS = """
    Palette {
        align: center top;
        & > DialogBox { width: 90; padding: 0; }
        & OptionList { height: auto; border: none; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "cancel", "Close"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    app = getters.app(ControllerApp)

    def __init__(self, screen_id: ScreenId) -> None:
        super().__init__()
        self._commands = [one for one in commands_for(screen_id) if not in_table(one) and one.id != "palette"]

    def compose_top(self) -> ComposeResult:
        """Yield the input."""
        yield LineInput(placeholder="Search commands")

    def compose_scroll(self) -> ComposeResult:
        """Yield the commands that match."""
        yield _Commands(*self._options(""), markup=False, compact=True, id=BODY)

    def on_mount(self) -> None:
        """Preselect the first command for enter."""
        self.query_one(Input).focus()
        self.query_one(OptionList).highlighted = 0

    def action_move(self, lines: int) -> None:
        """Move the choice while the input keeps the focus."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + lines) % options.option_count

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options(event.value))
        options.highlighted = 0 if options.option_count else None

    @on(Input.Submitted)
    def _taken(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def _options(self, typed: str) -> list[Option]:
        words = [Matcher(word, match_style=HIT) for word in typed.split()]
        found = [(score, one) for one in self._commands if (score := _score(words, one)) is not None]
        # The sort is stable: what matches equally well stays in the order of the help.
        found.sort(key=lambda pair: -pair[0])
        return [Option(self._line(one, words), id=one.id) for _, one in found]

    def _line(self, command: ScreenCommand, words: Sequence[Matcher]) -> Content:
        name = command.words + (f" {command.argument}" if command.argument else "")
        keys = shown_all(self.app.keymap.keys_of(command))
        return Content.assemble(
            _highlighted(name, words).stylize("bold"),
            " " * max(1, NAME - len(name)),
            (f"{keys:<14} ", STYLES["accent"]),
            _highlighted(command.help, [word for word in words if _is_in(word, command.help)]),
        )


def _score(words: Sequence[Matcher], command: ScreenCommand) -> float | None:
    """Return how well all of the words match a command, or None where one does not.

    A name may have its letters anywhere, as `rcl` in `reconcile`. A sentence has almost any letters somewhere, and many
    ways to choose them, so a help text has to have the whole word.
    """
    scores = [
        max(
            word.match(command.words),
            word.match(command.id),
            *(word.match(verb) for verb, one in VERBS.items() if one == command.id),
            word.match(command.help) / 2 if _is_in(word, command.help) else 0.0,
        )
        for word in words
    ]
    return sum(scores) if all(scores) else None


def _is_in(word: Matcher, text: str) -> bool:
    return word.query.casefold() in text.casefold()


def _highlighted(text: str, words: Sequence[Matcher]) -> Content:
    content = Content(text)
    for word in words:
        content = content.add_spans(word.highlight(escape(text)).spans)
    return content
