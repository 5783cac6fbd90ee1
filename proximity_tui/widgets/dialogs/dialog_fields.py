"""What is typed beside the fields of a dialog goes into them."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input


def insert(field: Input, text: str) -> None:
    """Focus the field and append a text that was typed elsewhere: more follows, and must not replace it."""
    selects, field.select_on_focus = field.select_on_focus, False
    field.screen.set_focus(field)
    field.insert_text_at_cursor(text)
    # Not before the field has heard of its focus.
    field.call_later(setattr, field, "select_on_focus", selects)


def erase(field: Input) -> None:
    """Focus the field and take away its last character, as `insert` appends one."""
    insert(field, "")
    field.action_delete_left()


def is_displayed(widget: Widget) -> bool:
    """Return whether a widget is displayed, and everything that it is in."""
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
