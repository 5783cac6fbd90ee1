"""The one table of commands, and what people may make of it."""

from __future__ import annotations

import re

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.screens.alerts.alert_page import AlertScreen
from proximity_tui.screens.alerts.alerts_screen import AlertsScreen
from proximity_tui.screens.audit.audit_screen import AuditScreen
from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.chrome.footer import ON_TOP, KeyLine, key_pieces
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.container.guest_page import GuestScreen
from proximity_tui.screens.container.read_only import ReadOnlyScreen
from proximity_tui.screens.everything_screen import EverythingScreen
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.jobs.jobs_screen import JobsScreen
from proximity_tui.screens.keyboard import key_names, unused
from proximity_tui.screens.keyboard.keymap import NO_KEY, Keymap, check_clashes
from proximity_tui.screens.keyboard.keys import BY_ID, COMMANDS, bindings_for, commands_for, in_table
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.main_screens import MAIN
from proximity_tui.screens.ports.ports_screen import PortsScreen
from proximity_tui.screens.pulse_screen import PulseScreen
from proximity_tui.screens.stats_screen import StatsScreen
from proximity_tui.screens.templates.templates_screen import TemplatesScreen
from proximity_tui.screens.top_screen import TopScreen
from proximity_tui.screens.unmanaged_screen import UnmanagedScreen
from proximity_tui.widgets.glyphs import ASCII
from proximity_tui.widgets.table.row_table import RowTable

SCREENS: dict[ScreenId, type[BaseScreen]] = {
    ScreenId.EVERYTHING: EverythingScreen,
    ScreenId.FLEET: FleetScreen,
    ScreenId.UNMANAGED: UnmanagedScreen,
    ScreenId.ALERTS: AlertsScreen,
    ScreenId.ALERT: AlertScreen,
    ScreenId.JOBS: JobsScreen,
    ScreenId.AUDIT: AuditScreen,
    ScreenId.PULSE: PulseScreen,
    ScreenId.PORTS: PortsScreen,
    ScreenId.TOP: TopScreen,
    ScreenId.STATS: StatsScreen,
    ScreenId.TEMPLATES: TemplatesScreen,
    ScreenId.BACKUPS: BackupsScreen,
    ScreenId.CONTAINER: ContainerScreen,
    ScreenId.GUEST: GuestScreen,
    ScreenId.READ_ONLY: ReadOnlyScreen,
}


def test_read_only_refuses_what_changes_something_whether_its_key_must_stand_alone_or_not() -> None:
    restore = BY_ID["restore"]
    assert (restore.mutating, restore.keeps_apart) == (True, False)
    assert {one.id for one in COMMANDS if one.mutating and not one.keeps_apart} == {"restore"}
    assert not any(one.keeps_apart for one in COMMANDS if not one.mutating)


def test_no_two_commands_share_a_name_and_no_key_means_two_things_on_one_screen() -> None:
    assert len(BY_ID) == len(COMMANDS)
    check_clashes(Keymap())


@pytest.mark.parametrize("place", SCREENS)
def test_every_command_of_a_screen_can_be_carried_out_there(place: ScreenId) -> None:
    for command in commands_for(place):
        name = command.means.partition(" ")[0] or command.id
        done = in_table(command) or command.id in MAIN or hasattr(SCREENS[place], f"do_{name}")
        assert done, f"{place} has no do_{command.id}"


def test_the_table_widget_has_the_very_keys_that_the_help_names() -> None:
    bound = {binding.id: set(binding.key.split(",")) for binding in RowTable.BINDINGS}  # type: ignore[union-attr]
    listed = {command.id: set(command.keys) for command in COMMANDS if in_table(command)}
    del bound["table.select"]
    assert listed == bound


def test_every_help_is_one_sentence() -> None:
    for command in COMMANDS:
        assert command.help[0].isupper(), command.id
        assert command.help.endswith("."), command.id
        assert len(command.help) < 110, command.id


def test_bindings_carry_their_id_so_that_they_can_be_rebound() -> None:
    assert {binding.id for binding in bindings_for(ScreenId.FLEET)} >= {"delete", "power", "adopt", "quit"}


def test_a_key_can_be_rebound_to_several() -> None:
    keymap = Keymap({"delete": "f7, f8"})
    assert keymap.keys_of(BY_ID["delete"]) == ("f7", "f8")
    assert keymap.for_textual() == {"delete": "f7,f8"}


def test_a_key_that_came_later_gives_way_to_an_older_configuration() -> None:
    keymap = Keymap({"delete": "x", "power": "U", "raw": "e"})
    assert keymap.keys_of(BY_ID["delete"]) == ("x",)
    assert [keymap.keys_of(BY_ID[one]) for one in ("explain", "edit")] == [(), ()]
    assert keymap.for_textual() == {"delete": "x", "power": "U", "raw": "e", "explain": NO_KEY, "edit": NO_KEY}
    assert Keymap({"delete": "x", "explain": "f9"}).keys_of(BY_ID["explain"]) == ("f9",)


@pytest.mark.parametrize(
    ("rebound", "words"),
    [
        ({"delet": "x"}, "did you mean keys.delete"),
        ({"delete": "enter"}, "enter and space alone never change anything"),
        ({"adopt": "/"}, "/ would be both adopt and filter"),
        ({"adopt": "O"}, "only in the case of o"),
        ({"adopt": "ctrl+i"}, "cannot tell ctrl+i from tab"),
        ({"adopt": "ctrl+["}, "cannot tell"),
        ({"adopt": "ctrl+c"}, "belongs to the terminal"),
        ({"adopt": "hello"}, "is not a key"),
        ({"adopt": ""}, "is empty"),
        ({"cluster": "x"}, "type :cluster"),
    ],
)
def test_nonsense_is_refused_with_what_to_do(rebound: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        Keymap(rebound)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("w", "w does nothing here. It is watch on the page of a container."),
        ("slash", "/ does nothing here. It is filter on other screens."),
        ("M", "M does nothing here. ? shows the keys."),
        ("percent_sign", "% does nothing here. ? shows the keys."),
        ("alt+j", "alt+j does nothing here. ? shows the keys."),
        ("f7", None),
        ("ctrl+f", None),
    ],
)
def test_a_key_without_use_is_answered_with_what_it_does_elsewhere(key: str, words: str | None) -> None:
    assert unused.answer(key, Keymap()) == words


@pytest.mark.parametrize(
    ("key", "is_answered"),
    [("z", True), ("colon", True), ("alt+j", True), ("f7", False), ("up", False), ("space", False)],
)
def test_a_key_without_use_in_a_dialog_is_answered_once_for_all(key: str, is_answered: bool) -> None:
    answer = unused.answer_in_dialog(key, typing=False)
    assert answer == ("This key does nothing here now. ? shows the keys." if is_answered else None)
    assert answer is None or unused.answer_in_dialog(key, typing=True) == answer.replace("?", "f1")


def test_a_narrow_key_line_keeps_help_and_what_is_done_first() -> None:
    said = "".join(text for text, _ in key_pieces(commands_for(ScreenId.FLEET), Keymap(), 30, "Fleet 3 "))
    assert "enter open" in said
    assert "? help" in said
    assert said.endswith("Fleet 3 ")


def test_the_key_line_offers_what_can_be_done_here_before_all_else() -> None:
    said = "".join(text for text, _ in key_pieces(commands_for(ScreenId.FLEET), Keymap(), 52, "Fleet 3 "))
    assert said.split() == ["enter", "open", "ctrl+d", "delete", "p", "power", "?", "help", "Fleet", "3"]


def test_the_key_line_names_the_rebound_key() -> None:
    commands = [one for one in commands_for(ScreenId.FLEET) if one.rank]
    said = "".join(text for text, _ in key_pieces(commands, Keymap({"power": "z"}), 200, ""))
    assert "z power" in said


@pytest.mark.parametrize("place", sorted(ON_TOP))
def test_a_screen_that_lies_on_another_names_the_way_back(place: ScreenId) -> None:
    line = KeyLine(place)
    ranks = {one.id: one.rank for one in line.commands}
    assert 0 < ranks["back"] < ranks["quit"]


def test_where_no_arrow_can_be_shown_the_key_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_names.shown("ctrl+up") == "ctrl+↑"
    monkeypatch.setattr(key_names, "glyphs", lambda: ASCII)
    assert key_names.shown_all(["up", "down", "slash"]) == "up down /"
