"""One line to type into, above the key line: for filters, commands and file names. It interprets none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.app.prompt_history import History, HistoryCursor
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.line_controls import LineInput

Complaint = str | None
"""What is wrong with what was typed, in a sentence; None: nothing."""


def _no_complaint(text: str) -> Complaint:
    return None


def _no_completions(text: str) -> Sequence[str]:
    return ()


@value_object
class PromptQuestion:
    """One question of the prompt. `done` ends it unless it complains; `changed` gets every keystroke."""

    sign: str
    done: Callable[[str], Complaint]
    text: str = ""
    changed: Callable[[str], Complaint] = _no_complaint
    cancelled: Callable[[], None] = lambda: None
    completions: Callable[[str], Sequence[str]] = _no_completions
    """Whole texts that what was typed may become, the best first."""
    history: History | None = None
    """Where what was typed behind this sign is remembered."""


class Prompt(Vertical):
    """The prompt, hidden until `open`. Enter submits, escape cancels, tab completes, up and down recall."""

    DEFAULT_CSS = """
    Prompt {
        height: auto; dock: bottom; display: none; background: $panel; margin-bottom: 1;
        &.-open { display: block; }
        & > Horizontal { height: 1; }
        & #prompt-sign { width: auto; padding: 0 1; }
        & Input { width: 1fr; }
        & Input:focus { text-style: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        # Also with shift: the focus must not leave what is typed.
        Binding("tab,shift+tab", "complete", "Complete", show=False),
        Binding("up,ctrl+p", "recall('older')", "Older", show=False),
        Binding("down,ctrl+n", "recall('newer')", "Newer", show=False),
    ]

    class Closed(Message):
        """The message that the prompt was closed."""

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self._ask: PromptQuestion | None = None
        self._before: Widget | None = None
        self._recall = HistoryCursor(())

    def compose(self) -> ComposeResult:
        """Yield the complaint or completion, and below it sign and input."""
        yield Line(id="prompt-message")
        with Horizontal():
            yield Line(id="prompt-sign")
            yield LineInput(id="prompt-input", suggester=_Completer(self), select_on_focus=False)

    @property
    def is_open(self) -> bool:
        """True while a question is open."""
        return self._ask is not None

    def open(self, ask: PromptQuestion, complaint: Complaint = None) -> None:
        """Open a question, with what was wrong with its text where it was asked before; the focus comes here and
        returns afterwards.
        """
        if self._ask is None:
            self._before = self.screen.focused
        self._ask = ask
        self._recall = HistoryCursor(ask.history.of(ask.sign) if ask.history is not None else ())
        sign = self.query_one("#prompt-sign", Line)
        sign.styles.width = len(ask.sign) + 2
        sign.set_text([(ask.sign, "accent")])
        typed = self._input
        with self.prevent(Input.Changed):
            typed.value = ask.text
        typed.cursor_position = len(ask.text)
        self.add_class("-open")
        # Not `focus()`, which lets the keys through to the list that are there by now.
        self.screen.set_focus(typed)
        self._explain(complaint)

    def complete(self, text: str) -> Sequence[str]:
        """Return the completions of `text` as whole texts."""
        return self._ask.completions(text) if self._ask is not None else ()

    def action_cancel(self) -> None:
        """Cancel the question."""
        if self._ask is not None:
            ask = self._ask
            self._close()
            ask.cancelled()

    def action_complete(self) -> None:
        """Insert the best completion, with a blank where an argument follows."""
        found = self.complete(self._input.value)
        if found:
            self._fill_in(found[0])

    def action_recall(self, way: Literal["older", "newer"]) -> None:
        """Show what was typed before or after this line."""
        move = self._recall.older if way == "older" else self._recall.newer
        self._fill_in(move(self._input.value))

    def _fill_in(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._ask is not None:
            self._explain(self._ask.changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._ask is None:
            return
        ask = self._ask
        complaint = ask.done(event.value)
        if complaint is not None:
            self._explain(complaint)
            return
        if ask.history is not None:
            ask.history.add(ask.sign, event.value)
        if self._ask is ask:
            self._close()

    @property
    def _input(self) -> Input:
        return self.query_one("#prompt-input", Input)

    def _close(self) -> None:
        self._ask = None
        self.remove_class("-open")
        if self._before is not None and self._before.is_attached and self._input.has_focus:
            self._before.focus()
        self._before = None
        self.post_message(self.Closed())

    def _explain(self, complaint: Complaint) -> None:
        line = self.query_one("#prompt-message", Line)
        candidates = self.complete(self._input.value)
        if complaint is not None:
            line.set_text([(f" {complaint}", "warn")])
        else:
            line.set_text([(" " + "  ".join(one.rpartition(" ")[2] or one for one in candidates[:12]), "dim")])
        line.display = complaint is not None or bool(candidates)


class _Completer(Suggester):
    """The display of the best completion behind the typed text."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._prompt = prompt

    async def get_suggestion(self, value: str) -> str | None:
        found = [one for one in self._prompt.complete(value) if one.startswith(value)]
        return found[0] if found and value else None
