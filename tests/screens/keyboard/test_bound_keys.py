"""Sentences name the keys that are bound now."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from proximity_tui.core.alerting.step_facts import DEFAULT_KEYS
from proximity_tui.screens.keyboard.bound_keys import bound_key, use_keymap
from proximity_tui.screens.keyboard.key_names import shown
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import BY_ID
from proximity_tui.screens.lists.list_entry import gone_may_be_undone
from proximity_tui.screens.presentation.config_text import hidden_hint
from tests.test_docs import sentences

KEY = r"(?:[a-zA-Z0-9\\]|enter|esc|space|ctrl\+[a-z])"
VERBS = "shows|lists|adopts|makes|reads|checks|opens|goes|resumes|repeats|hides|lifts|undoes|downloads|leads|ends"
NAMES_A_KEY = re.compile(
    rf"(?:^|[.;:,] ){KEY} (?:on Fleet |on Jobs )?(?:{VERBS})\b|\b[Pp]ress {KEY}\b|[a-z] \({KEY}(?: on \w+)?(?:, \w+)?\)"
)
OWN_KEYS = (
    "screens/container/raw.py",
    "screens/container/text_reader.py",
    "screens/container/explain.py",
    "screens/drift/compare_screen.py",
    "screens/first_run_screen.py",
    "screens/delete/",
    "screens/connect/",
    "screens/command_line/",
    "widgets/",
    "commands/",
)
"""Dialogs and what stands before the screens have keys of their own, which no configuration changes."""


@pytest.fixture
def rebound() -> Iterator[None]:
    use_keymap(Keymap({"undo": "f9, f10", "unmanaged": "z"}))
    yield
    use_keymap(Keymap())


@pytest.mark.usefixtures("rebound")
def test_a_sentence_names_the_key_that_is_bound_now() -> None:
    assert gone_may_be_undone().endswith("leaves it. f9 undoes what was done, where that is possible.")
    assert (bound_key("unmanaged"), bound_key("delete"), bound_key("lint")) == ("z", "ctrl+d", ":lint")
    assert hidden_hint(reveal=True, key=bound_key("reveal"))[0][0] == "Secrets are shown; v hides them."


def test_no_sentence_of_the_screens_has_the_key_of_a_command_in_it() -> None:
    found = {
        f"{where}: {text}"
        for where, text in sentences()
        if not any(one in where for one in OWN_KEYS) and NAMES_A_KEY.search(text)
    }
    assert not found


def test_the_keys_of_the_next_steps_are_those_without_a_configuration() -> None:
    assert {command: shown(BY_ID[command].keys[0]) for command in DEFAULT_KEYS} == dict(DEFAULT_KEYS)
