"""A message reaches the same handlers in the same order as Textual would find, and they are looked up only once."""

from __future__ import annotations

import pytest
from textual import on
from textual._on import OnNoWidget
from textual.app import App, ComposeResult
from textual.dom import DOMNode
from textual.message import Message
from textual.widget import Widget

from proximity_tui.widgets.dispatch import TEXTUALS_OWN, dispatch_methods, handlers
from tests.support.timing.until import until


class Told(Message):
    """A message of a widget."""

    def __init__(self, sender: DOMNode | None = None) -> None:
        super().__init__()
        self.sender = sender

    @property
    def control(self) -> DOMNode | None:
        return self.sender


class ToldMore(Told):
    """A message of a narrower kind."""


class Base(Widget):
    """A widget that hears of messages in every way there is."""

    def on_told(self, message: Told) -> None: ...

    @on(Told)
    def _decorated(self) -> None: ...

    @on(Told, "#here")
    def _of_one(self) -> None: ...


class Derived(Base):
    def _on_told(self, message: Told) -> None: ...

    @on(ToldMore)
    def _narrower(self) -> None: ...

    @on(ToldMore, ".there")
    @on(Told, "#here")
    def _of_some(self) -> None: ...


class Preventing(Derived):
    def on_told(self, message: Told) -> None:
        message.prevent_default()


class Hearing(App[None]):
    def compose(self) -> ComposeResult:
        yield Derived(id="here")
        yield Preventing(classes="there")


async def test_each_message_has_the_handlers_that_textual_finds_for_it_in_the_same_order() -> None:
    app = Hearing()
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(app.query(Derived)) == 2)
        here, there = app.query_one("#here", Derived), app.query_one(".there", Preventing)
        told = [kind(sender) for kind in (Told, ToldMore) for sender in (None, here, there)]
        for message in told:
            message._sender = here
        found = [[*dispatch_methods(pump, one.handler_name, one)] for pump in (here, there) for one in told]
        assert found == [[*TEXTUALS_OWN(pump, one.handler_name, one)] for pump in (here, there) for one in told]
        assert {len(methods) for methods in found} == {2, 3, 4, 5, 6}


async def test_a_handler_keeps_the_classes_behind_its_own_from_a_message() -> None:
    app = Hearing()
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(app.query(Derived)) == 2)
        message, ran = Told(), []
        for owner, method in dispatch_methods(app.query_one(Preventing), "on_told", message):
            ran.append(owner)
            method(message)
        assert ran == [Preventing]


async def test_a_sender_that_is_no_widget_is_an_error() -> None:
    app = Hearing()
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(app.query(Derived)) == 2)
        message = Told(app)
        message._sender = app
        with pytest.raises(OnNoWidget):
            list(dispatch_methods(app.query_one("#here"), "on_told", message))


def test_what_a_kind_of_widget_handles_is_looked_up_once() -> None:
    assert handlers(Base, "on_told", Told) is handlers(Base, "on_told", Told)
    assert [one.owner for one in handlers(Derived, "on_told", Told)] == [Derived, Base]
