"""A dialog answers and never harms by accident, and its buttons can be reached on the smallest terminal."""

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.dialogs.dialog import Dialog
from proximity_tui.widgets.dialogs.dialog_keys import line_of
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.table.cells import Cell
from tests.support.timing.until import screen_text, until

CANCEL = Button("cancel", "Cancel", "cancelled")
LINES: list[str | Cell] = [Cell("it is [bold]running[/]", "bad"), *(f"step {number}" for number in range(1, 20))]


class AskingApp(App[None]):
    def __init__(self, question: Confirm[str]) -> None:
        super().__init__()
        self.question = question
        self.answer: str | None = None

    def on_mount(self) -> None:
        self.push_screen(self.question, self.hear)

    def hear(self, answer: str | None) -> None:
        self.answer = answer


def delete() -> Confirm[str]:
    choices = [Button("soft", "Forget it", "soft"), Button("hard", "Destroy it", "hard", danger=True)]
    return Confirm("Delete [web1]", LINES, choices, cancel=CANCEL)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("enter", "cancelled"),
        ("escape", "cancelled"),
        ("q", "cancelled"),
        ("right enter", "soft"),
        ("tab tab enter", "hard"),
        ("l l h space", "soft"),
    ],
)
async def test_the_answer_is_that_of_the_chosen_button_and_cancel_has_the_focus(keys: str, answer: str) -> None:
    app = AskingApp(delete())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await pilot.press(*keys.split())
        await until(pilot, lambda: app.answer is not None)
        assert app.answer == answer


async def test_text_is_shown_as_it_is() -> None:
    app = AskingApp(delete())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "[ Destroy it ]" in screen_text(app))
        assert "Delete [web1]" in screen_text(app)
        assert "it is [bold]running[/]" in screen_text(app)


async def test_a_small_dialog_is_no_larger_than_it_need_be() -> None:
    app = AskingApp(Confirm("Quit?", ["One operation is in flight."], [Button("quit", "Quit", "quit")], cancel=CANCEL))
    async with app.run_test(size=(40, 16)) as pilot:
        await until(pilot, lambda: "[ Quit ]" in screen_text(app))
        assert [line.strip() for line in screen_text(app).splitlines() if line.strip()] == [
            "╭──────────────────────────────────────╮",
            "│ Quit?                                │",
            "│                                      │",
            "│ One operation is in flight.          │",
            "│                                      │",
            "│                 [ Cancel ]  [ Quit ] │",
            "╰──────────────────────────────────────╯",
        ]


async def test_on_a_tiny_terminal_the_body_scrolls_and_every_button_can_be_reached() -> None:
    app = AskingApp(delete())
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: "[ Cancel ]" in screen_text(app))
        assert "step 1" in screen_text(app)
        assert "step 19" not in screen_text(app)
        await pilot.press("pagedown", "pagedown", "pagedown", "j")
        await until(pilot, lambda: "step 19" in screen_text(app))
        await pilot.press("right", "right")
        await until(pilot, lambda: "[ Destroy it ]" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.answer == "hard")


class TypedName(Confirm[str]):
    """Asks for a name before its button works, as subclasses do."""

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield Input()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.button("hard").disabled = event.value != "quebec"

    def choose(self, choice: Button[str]) -> None:
        self.dismiss(choice.answer + " " + self.query_one(Input).value)


@pytest.mark.parametrize("lines", [10, 14])
async def test_a_page_is_what_is_seen_but_one_line(lines: int) -> None:
    app = AskingApp(Confirm("Delete", [f"step {number}" for number in range(60)], [], cancel=CANCEL))
    async with app.run_test(size=(80, lines)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        page = app.question.body.size.height - 1
        await pilot.press("pagedown")
        assert app.question.body.scroll_y == page
        await pilot.press("pagedown", "pageup")
        assert app.question.body.scroll_y == page


async def test_a_subclass_asks_for_more_and_letters_go_to_its_input() -> None:
    question = TypedName("Delete", [], [Button("hard", "Destroy", "hard", danger=True, disabled=True)], cancel=CANCEL)
    app = AskingApp(question)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        await pilot.press("right")
        assert isinstance(app.focused, Input)
        await pilot.press(*"quebe")
        assert question.button("hard").disabled
        await pilot.press("c")
        await until(pilot, lambda: not question.button("hard").disabled)
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: app.answer == "hard quebec")


class Filled(Dialog[None]):
    """A dialog with something in every part, more than a small screen holds."""

    def compose_top(self) -> ComposeResult:
        yield Static("top")

    def compose_body(self) -> ComposeResult:
        yield from (Static(f"body {number}") for number in range(1, 20))

    def compose_foot(self) -> ComposeResult:
        yield Static("foot 1\nfoot 2")

    def compose_buttons(self) -> ComposeResult:
        yield LineButton("Close")

    def on_mount(self) -> None:
        self.show_title("a title that is longer than a small screen is wide")


async def test_only_the_body_gives_way_on_a_small_screen() -> None:
    app = App[None]()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.push_screen(Filled())
        await until(pilot, lambda: "foot 2" in screen_text(app))
        assert [line[1:39].rstrip(" ▁▂▃▄▅▆▇█") for line in screen_text(app).splitlines()] == [
            "a title that is longer than a small s…",
            "top",
            "body 1",
            "body 2",
            "body 3",
            "body 4",
            "body 5",
            "foot 1",
            "foot 2",
            "                             [ Close ]",
        ]
        await pilot.resize_terminal(80, 30)
        await until(pilot, lambda: "body 19" in screen_text(app))
        assert "a title that is longer than a small screen is wide" in screen_text(app)


class WithKeys(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "soft", "Soft", tooltip="Choose the soft way."),
        Binding("alt+p", "purge", "Purge"),
        Binding("w", "watch", "Watch"),
    ]
    chosen = 0

    def compose_body(self) -> ComposeResult:
        yield Input(id="name")

    def compose_buttons(self) -> ComposeResult:
        yield LineButton("Close")

    def action_soft(self) -> None:
        self.chosen += 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return False if action == "watch" else super().check_action(action, parameters)


async def test_a_dialog_shows_the_keys_that_it_obeys_now() -> None:
    app = BaseApp()
    async with app.run_test(size=(80, 20)) as pilot:
        dialog = WithKeys()
        await app.push_screen(dialog)
        field = dialog.query_one(Input)
        field.display = False
        dialog.query_one(LineButton).focus()
        await until(pilot, lambda: "s soft  alt+p purge" in screen_text(app))
        await pilot.press("s")
        assert dialog.chosen == 1
        field.display = True
        await pilot.press("s", "h", "o", "p")
        assert (dialog.chosen, field.value) == (1, "shop")
        await until(pilot, lambda: "s soft" not in screen_text(app) and "alt+p purge" in screen_text(app))


async def test_help_on_a_dialog_is_about_the_dialog() -> None:
    app = BaseApp()
    async with app.run_test(size=(80, 20)) as pilot:
        dialog = WithKeys()
        await app.push_screen(dialog)
        dialog.query_one(Input).display = False
        dialog.query_one(LineButton).focus()
        await pilot.press("question_mark")
        await until(pilot, lambda: "Choose the soft way." in screen_text(app))
        assert "Watch" not in screen_text(app)
        await pilot.press("q")
        await until(pilot, lambda: app.screen is dialog)
        dialog.query_one(Input).display = True
        await pilot.press("f1")
        await until(pilot, lambda: "letters go into it" in screen_text(app))
        assert "soft way" not in screen_text(app)


def test_a_key_that_does_not_fit_is_left_out_whole() -> None:
    keys = [("s", "soft"), ("alt+u", "back up first"), ("alt+p", "purge")]
    assert line_of(keys, 40) == "s soft  alt+u back up first  alt+p purge"
    assert line_of(keys, 39) == "s soft  alt+u back up first"
    assert line_of(keys, 5) == ""


class Below(Dialog[None]):
    """A dialog whose field is below more lines than a small screen has."""

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("alt+p", "cancel", "Purge")]

    def compose_body(self) -> ComposeResult:
        yield from (Static(f"body {number}") for number in range(1, 12))
        yield Input("typed here", id="name", compact=True)

    def compose_buttons(self) -> ComposeResult:
        yield LineButton("Close")


async def test_what_has_the_focus_stays_in_sight_and_the_keys_come_back_when_the_size_changes() -> None:
    app = BaseApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Below())
        await until(pilot, lambda: "typed here" in screen_text(app) and "alt+p purge" in screen_text(app))
        await pilot.resize_terminal(40, 8)
        await until(pilot, lambda: "body 1 " not in screen_text(app) and "typed here" in screen_text(app))
        assert "alt+p purge" not in screen_text(app), "the buttons need the room"
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "body 1 " in screen_text(app) and "alt+p purge" in screen_text(app))


async def test_nothing_of_the_screen_below_is_mixed_with_a_dialog_on_a_small_screen() -> None:
    class Full(BaseApp):
        def compose(self) -> ComposeResult:
            yield Static("below " * 400)

    app = Full()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.push_screen(Confirm("Quit?", ["It is recorded."], [], cancel=CANCEL))
        await until(pilot, lambda: "[ Cancel ]" in screen_text(app))
        assert "below" not in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "below" in screen_text(app))


class Working(Dialog[None]):
    """A dialog that stays open when it is agreed to, and keeps what it is told to say."""

    def __init__(self, first: str = "Cancel") -> None:
        super().__init__()
        self.first, self.told, self.worked = first, list[str](), 0

    def compose_buttons(self) -> ComposeResult:
        yield LineButton(self.first, id="first")
        yield LineButton("More", id="more")
        yield LineButton("Probe", id="go", agrees=True)

    def press(self, button: LineButton) -> None:
        self.worked += button.id == "go"

    def take_message(self, text: str, *, bad: bool, about_dialog: bool = False) -> bool:
        self.told.append(text)
        return True


@pytest.mark.parametrize(
    ("first", "pressed", "told"),
    [
        ("Cancel", ["first"], ["Cancelled: nothing was done."]),
        ("Cancel", ["more", "first"], ["Cancelled: nothing was done."]),
        ("Cancel", ["go", "first"], []),
        ("Close", ["first"], []),
    ],
)
async def test_nothing_was_done_is_said_only_by_cancel_and_before_anything_was_agreed_to(
    first: str, pressed: list[str], told: list[str]
) -> None:
    app, dialog = App[None](), Working(first)
    async with app.run_test() as pilot:
        await app.push_screen(dialog)
        for id in pressed:
            button = dialog.query_one(f"#{id}")
            button.focus()
            await until(pilot, lambda button=button: app.focused is button)
            await pilot.press("enter")
        await until(pilot, lambda: app.screen is not dialog)
        assert (dialog.told, dialog.worked) == (told, pressed.count("go"))


async def test_left_and_right_lead_from_button_to_button_in_every_dialog() -> None:
    app, dialog = App[None](), Working()
    async with app.run_test() as pilot:
        await app.push_screen(dialog)
        dialog.query_one("#first").focus()
        for key, id in (("right", "more"), ("right", "go"), ("left", "more")):
            await pilot.press(key)
            await until(pilot, lambda id=id: app.focused is dialog.query_one(f"#{id}"))
