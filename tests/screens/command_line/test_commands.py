"""The `:` line: understood or told why not; completed with what there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.commands import COMMANDS
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.fleet import FleetRow, find_rows, managed_rows
from proximity_tui.screens.command_line.commands import TypedCommand, names_of, understand
from proximity_tui.screens.command_line.line_completion import MOST, complete, complete_filter, sorted_words, words
from proximity_tui.screens.keyboard.aliases import ON_COMMAND_LINE, OURS, VERBS, Aliases
from proximity_tui.screens.keyboard.keys import BY_ID
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from tests.support.records.make import container

MINE = Aliases({"prod": "fleet tag:prod", "lab": "cl lab"})


def rows() -> list[FleetRow]:
    found = (
        container(id=1, vmid=101, name="web1", cluster="prod"),
        container(id=2, vmid=101, name="web1", cluster="lab"),
        container(id=3, vmid=105, name="db1", cluster="prod"),
        container(id=105, vmid=106, name="db2", cluster="prod"),
    )
    return managed_rows(found, {}, (), {})


@pytest.mark.parametrize(
    ("typed", "command", "argument"),
    [
        ("cluster prod", "cluster", "prod"),
        (":fleet", "fleet", ""),
        ("fleet tag:prod node:pve2", "fleet", "tag:prod node:pve2"),
        ("ct 105", "container", "105"),
        ("q", "quit", ""),
        ("un name:web*", "unmanaged", "name:web*"),
        ("prod", "fleet", "tag:prod"),
        ("prod node:pve2", "fleet", "tag:prod node:pve2"),
        ("lab", "cluster", "lab"),
        ("why web1", "why", "web1"),
        ("list tag:prod", "fleet", "tag:prod"),
        ("show 105", "container", "105"),
        ("stop", "power", ""),
        ("handover", "pulse", ""),
    ],
)
def test_a_command_and_its_argument(typed: str, command: str, argument: str) -> None:
    call = understand(typed, ScreenId.FLEET, MINE)
    assert isinstance(call, TypedCommand), call
    assert (call.command.id, call.argument) == (command, argument)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("flet", "did you mean :fleet?"),
        ("container", ":container needs an argument"),
        ("quit now", ":quit takes no argument"),
        ("power", ":power is not a command of this screen. It is power on Everything, Fleet, the page of a container."),
        ("stop", ":stop is not a command of this screen. It is power on "),
        ("restore web1", ":restore is not a command of this screen. It is restore on Alerts, "),
        ("show", ":show needs an argument: :show CONTAINER"),
        ("doctor", ":doctor is not done on the screens. On a command line: proximity-tui doctor"),
    ],
)
def test_what_is_not_understood_is_told(typed: str, words: str) -> None:
    assert words in str(understand(typed, ScreenId.AUDIT, MINE))


def test_each_command_of_the_command_line_is_one_here_or_told_where_it_is() -> None:
    named = {*BY_ID, *VERBS, *ON_COMMAND_LINE}
    assert set(COMMANDS) <= named
    assert not {*VERBS, *ON_COMMAND_LINE} & {*BY_ID, *OURS}, "none of them hides another"
    assert {*VERBS, *ON_COMMAND_LINE} <= set(COMMANDS)


def test_a_name_of_the_settings_comes_before_a_later_command() -> None:
    mine = Aliases({"why": "fleet note:x", "stop": "jobs"})
    assert understand("why", ScreenId.FLEET, mine) == understand("fleet note:x", ScreenId.FLEET, mine)
    assert understand("stop", ScreenId.FLEET, mine) == understand("jobs", ScreenId.FLEET, mine)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st", ["start", "stats", "stop", "storage", "storages"]),
        ("un", ["undo", "unmanaged"]),
        ("clus", ["cluster "]),
        ("pro", ["probe", "prod"]),
        ("cluster p", ["cluster prod"]),
        ("cl p", ["cl prod"]),
        ("container d", ["container db1", "container db2"]),
        ("fleet no", ["fleet node:"]),
        ("prod no", ["prod node:"]),
        ("quit x", []),
    ],
)
def test_commands_and_their_arguments_are_completed(typed: str, found: list[str]) -> None:
    arguments = {
        "cluster": words(("lab", "prod")),
        "container": words(names_of(rows())),
        "fleet": lambda text: complete_filter(text, ("name", "node"), lambda key: ()),
    }
    complete_now = [one for one in complete(typed, ScreenId.FLEET, arguments, MINE) if one != "node "]
    assert [one for one in complete_now if one not in ("name:",)] == found


@given(st.sets(st.text("abz", max_size=4)), st.text("abz", max_size=3))
def test_words_in_order_are_completed_as_others_are(known: set[str], typed: str) -> None:
    assert sorted_words(sorted(known))(typed) == list(words(sorted(known))(typed))[:MOST]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("no", ["node:", "note:"]),
        ("web !no", ["web !node:", "web !note:"]),
        ("node:", ['node:"pve 3"', "node:pve1", "node:pve2"]),
        ("node:pve1,pv", ['node:pve1,"pve 3"', "node:pve1,pve1", "node:pve1,pve2"]),
        ("NODE:pv", []),
        ('node:"pve 3" node:pve2', []),
        ("mem:", ["mem:>1G", "mem:<512M", "mem:1G-2G", "mem:>90%"]),
        ("mem:>9", ["mem:>90%"]),
        ("", []),
        ("colour:", []),
    ],
)
def test_a_filter_is_completed_by_its_keys_and_their_values(typed: str, found: list[str]) -> None:
    values = {"node": ["pve1", "pve2", "pve 3", ""]}
    assert complete_filter(typed, ("node", "note", "mem"), lambda key: values.get(key, ())) == found


def test_a_name_that_two_clusters_have_is_completed_by_cluster_and_vmid() -> None:
    assert "lab/101" in names_of(rows())


@pytest.mark.parametrize(
    ("text", "ids"),
    [("db1", [3]), ("web1", [1, 2]), ("lab/web1", [2]), ("prod/101", [1]), ("105", [3]), ("2", [2]), ("nobody", [])],
)
def test_a_container_is_found_by_name_vmid_or_record(text: str, ids: list[int]) -> None:
    assert [row.id for row in find_rows(rows(), text)] == ids


def test_our_short_names_mean_commands() -> None:
    for name, command in OURS.items():
        assert Aliases({"mine": name}).expand("mine") == command


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"fleet": "alerts"}, "aliases.fleet: fleet is a command of its own"),
        ({"q": "fleet"}, "aliases.q: q is a command of its own"),
        ({"Prod!": "fleet"}, "is written with a-z"),
        ({"prod": "flet tag:prod"}, "flet is not a command; did you mean fleet?"),
        ({"prod": ""}, "nothing is not a command"),
        ({"up": "table.up"}, "table.up is not a command"),
    ],
)
def test_a_wrong_alias_is_refused_with_the_remedy(own: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace("?", r"\?")):
        Aliases(own)
