"""Styles name what they are for: a selector of a class that nobody has styles nothing, and nobody is told."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import textual.widgets
from textual.app import App
from textual.css.model import SelectorType
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

import proximity_tui.screens
import proximity_tui.widgets


def own_widgets() -> list[type[Widget]]:
    """Return every widget class of ours, after importing each module of screens and widgets."""
    for package in (proximity_tui.screens, proximity_tui.widgets):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found: set[type[Widget]] = set()
    waiting = list(Widget.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("proximity_tui.") and "DEFAULT_CSS" in vars(kind):
            found.add(kind)
    return sorted(found, key=lambda kind: kind.__name__)


def known_names() -> set[str]:
    """Return the names that a selector may have: of all classes that are loaded, ours and Textual's."""
    names, waiting = {*textual.widgets.__all__}, [DOMNode]  # type: ignore[attr-defined]
    while waiting:
        kind = waiting.pop()
        names.add(kind.__name__)
        waiting += kind.__subclasses__()
    return names


@pytest.mark.parametrize("kind", own_widgets(), ids=lambda kind: kind.__name__)
def test_every_selector_names_a_class_that_exists(kind: type[Widget]) -> None:
    styles = Stylesheet(variables=App[None]().get_css_variables())
    styles.add_source(kind.DEFAULT_CSS, (kind.__name__, "DEFAULT_CSS"))
    named = {
        selector.name
        for rule in styles.rules
        for group in rule.selector_set
        for selector in group.selectors
        if selector.type is SelectorType.TYPE
    }
    assert styles.rules
    assert named <= known_names()
