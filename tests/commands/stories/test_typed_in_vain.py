"""What a person typed is used, or refused with exit code 2: nothing of it is ignored, and a blank text is none."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT


@pytest.mark.parametrize(
    "words",
    [
        ("ports", "--note", "x"),
        ("ports", "release", "8100", "--note", "x", "--yes"),
        ("ports", "release", "8100", "--leads-to", "0", "--yes"),
        ("ports", "reserve", "--note", "x", "--to", "8200", "--yes"),
        ("ports", "probe", "web-1", "--note", "x", "--yes"),
        ("ports", "accept", "web-1", "80", "--for", "web-1", "--yes"),
        ("drift", "--note", "x"),
        ("drift", "revert", "web-1", "--note", "x", "--yes"),
        ("alerts", "--note", "x"),
        ("lint", "--note", "x"),
        ("lint", "--subject", "alert:7"),
        ("lint", "unwaive", "web-1", "onboot_off", "--note", "x"),
        ("delete", "web-1", "--soft", "--purge", "--yes"),
        ("templates", "download", "pve1", "local", "debian", "--node", "pve2", "--yes"),
        ("audit", "verify", "--last", "5"),
        ("audit", "verify", "--reveal"),
        ("operations", "--plan"),
        ("operations", "--confirm", "web-1"),
        ("operations", "resume", "1", "--confirm", "web-1", "--yes"),
        ("restore", "web-1", "--list", "--vmid", "900"),
        ("restore", "web-1", "--list", "--yes"),
        ("connect", "--retrust", "lab", "--url", "https://pve9:8006", "--confirm", "lab"),
        ("connect", "--retrust", "lab", "--ca-file", "ca.pem", "--confirm", "lab"),
        ("alerts", "--yes"),
        ("alerts", "--reveal"),
        ("alerts", "ack", "1", "--note", "x", "--all"),
        ("alerts", "approve", "1", "--reveal", "--yes"),
        ("alerts", "dismiss", "1", "--last", "3", "--yes"),
        ("audit", "--reveal"),
        ("db", "stats", "--yes"),
        ("delete", "web-1", "--soft", "--confirm-vmid", "101", "--yes"),
        ("demo", "--list", "--keep", "kept"),
        ("drift", "revert", "web-1", "--reveal", "--yes"),
        ("lint", "waive", "web-1", "onboot_off", "--note", "x", "--all"),
        ("ports", "--yes"),
        ("ports", "--plan"),
        ("ports", "reserve", "--for", "web-1", "--leads-to", "80", "--note", "x", "--yes"),
        ("snapshot", "list", "web-1", "--yes"),
        ("snapshot", "list", "web-1", "--start"),
        ("snapshot", "take", "web-1", "--name", "ab", "--confirm", "ab", "--yes"),
        ("connect", "--name", "x", "--confirm", "x", "--yes"),
    ],
    ids=" ".join,
)
def test_an_option_that_a_command_has_no_use_for_is_refused(cli: Cli, lab: Simulator, words: tuple[str, ...]) -> None:
    refused = cli(*words)
    assert refused.code == 2
    assert any(word in refused.err for word in words if word.startswith("--")), "the option is named"
    assert lab.journal.entries() == []


@pytest.mark.parametrize(
    "words",
    [
        ("freeze", "--reason", " "),
        ("arm", "--reason", "\t"),
        ("alerts", "ack", "1", "--note", ""),
        ("alerts", "ack", "1", "--note", " "),
        ("drift", "accept", "web-1", "--note", " ", "--yes"),
        ("lint", "waive", "web-1", "onboot_off", "--note", " "),
        ("list", "--database", ""),
        ("list", "--config", ""),
        ("export", ""),
        ("demo", "--keep", ""),
        ("connect", "--ca-file", ""),
        ("create", "--template", "local:vztmpl/x.tar", "--hostname", "x", "--ssh-key", "", "--yes"),
        ("create", "--template", "local:vztmpl/x.tar", "--hostname", "x", "--password-file", "", "--yes"),
    ],
    ids=" ".join,
)
def test_a_blank_text_is_a_missing_one(cli: Cli, words: tuple[str, ...]) -> None:
    """Such as that of a variable that is not set."""
    refused = cli(*words)
    assert refused.code == 2
    assert "cannot be read" not in refused.err, "no path is the working directory"


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--cluster", ""),
        ("backup", "web-1", "--storage", "", "--yes"),
        ("delete", "web-1", "--hard", "--backup-first", "--backup-storage", "", "--confirm", "web-1", "--yes"),
        ("migrate", "web-1", "--node", "", "--yes"),
        ("templates", "--node", " "),
        ("templates", "download", "pve1", "", "debian", "--yes"),
        ("resize", "web-1", "--cores", "", "--yes"),
        ("resize", "web-1", "--cores", "2", "--memory", "", "--yes"),
        ("drift", "revert", "web-1", "--key", "", "--yes"),
        ("lint", "waive", "--subject", "", "no_backup", "--note", "x"),
        ("cluster", "rename", "", "x", "--yes"),
        ("notify", "test", ""),
        ("ports", "reserve", "--for", "web-1", "--yes", "--leads-to", ""),
        ("adopt", "102", "--yes", "--port", ""),
        ("delete", "web-1", "--hard", "--confirm", "web-1", "--yes", "--confirm-vmid", ""),
    ],
    ids=" ".join,
)
def test_the_value_of_a_variable_that_is_not_set_is_no_default(
    cli: Cli, lab: Simulator, adopted: Any, words: tuple[str, ...]
) -> None:
    """Such as another storage, no limit of cores, or a port that was chosen."""
    refused = cli(*words)
    assert (refused.code, "is a variable not set?" in refused.err) == (2, True), refused.err
    assert not lab.journal.writes()


@pytest.mark.parametrize("number", ["+101", "1_01", "１０１", " 101", "1e2", "0x65"])
@pytest.mark.parametrize(
    "words",
    [
        ("ports", "reserve", "--for", "web-1", "--yes", "--leads-to"),
        ("adopt", "102", "--yes", "--port"),
        ("delete", "web-1", "--hard", "--confirm", "web-1", "--yes", "--confirm-vmid"),
    ],
    ids=" ".join,
)
def test_a_number_is_digits_and_nothing_else(
    cli: Cli, lab: Simulator, adopted: Any, words: tuple[str, ...], number: str
) -> None:
    refused = cli(*words, number)
    assert (refused.code, "is not a valid number" in refused.err) == (2, True), refused.err
    assert not lab.journal.writes()


@pytest.mark.parametrize(
    "settings", [("memory=1G", "memory=2G"), ("name=a", "hostname=b"), ("net0.tag=5", "net0.tag=")]
)
def test_a_setting_is_given_once(cli: Cli, lab: Simulator, adopted: Any, settings: tuple[str, ...]) -> None:
    refused = cli("set", "web-1", *settings, "--yes")
    assert (refused.code, "is given twice" in refused.err) == (2, True), refused.err
    assert not lab.journal.writes()


@pytest.mark.parametrize(
    ("words", "has_plan"),
    [(("adopt", "102"), True), (("cluster", "rename", "lab", "x"), False), (("db", "init"), False)],
)
def test_who_cannot_be_asked_is_told_only_of_options_that_there_are(
    cli: Cli, adopted: Any, words: tuple[str, ...], has_plan: bool
) -> None:
    refused = cli(*words)
    assert (refused.code, "--plan" in refused.err) == (3, has_plan)
    assert (cli(*words, "--plan").code == 2) is not has_plan


@pytest.mark.parametrize(
    "words", [("show",), ("delete", "--soft", "--yes"), ("start", "--yes"), ("audit",), ("why",)], ids=" ".join
)
def test_a_name_in_another_cluster_than_the_named_one_is_refused(
    cli: Cli, lab: Simulator, adopted: Any, words: tuple[str, ...]
) -> None:
    cli.connect("far", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    refused = cli(*words, "lab/101", "--cluster", "far")
    assert (refused.code, "lab/101 is of lab, but --cluster says far" in refused.err) == (2, True)
    assert [row["vmid"] for row in cli.json("list")] == [101]


def test_what_is_adopted_in_another_cluster_than_the_named_one_is_refused(cli: Cli, lab: Simulator) -> None:
    cli.connect("far", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    refused = cli("adopt", "lab/102", "--cluster", "far", "--yes")
    assert (refused.code, "lab/102 is of lab" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lint", "waive"), "`lint waive CONTAINER RULE`"),
        (("lint", "waive", "web-1", "--note", "x"), "`lint waive CONTAINER RULE`"),
        (
            ("lint", "waive", "web-1", "onbot_off", "--note", "x"),
            "there is no rule onbot_off; did you mean onboot_off?",
        ),
        (("adopt", "9" * 5000, "--yes"), "they go from"),
        (("simulate", "--listen", f"127.0.0.1:{'9' * 5000}"), "is not HOST:PORT"),
    ],
    ids=["nothing", "no rule", "a slip", "a number without end", "a port without end"],
)
def test_what_is_missing_or_wrong_is_said(cli: Cli, words: tuple[str, ...], said: str) -> None:
    refused = cli(*words)
    assert (refused.code, said in refused.err) == (2, True), refused.err[-400:]


LONG = "x" * 3000


@pytest.mark.parametrize(
    "words",
    [
        (LONG,),
        ("show", LONG),
        ("list", "--cluster", LONG),
        ("list", "--kind", LONG),
        ("list", "--filter", f"{LONG}:{LONG}"),
        ("list", f"--database={LONG}"),
        ("set", "web-1", f"{LONG}=1", "--yes"),
        ("set", "web-1", f"memory={LONG}", "--yes"),
        ("snapshot", "take", "web-1", "--name", LONG, "--yes"),
        ("backup", "web-1", "--storage", LONG, "--yes"),
        ("migrate", "web-1", "--node", LONG, "--yes"),
        ("clone", "web-1", "--hostname", LONG, "--yes"),
        ("db", "copy", "--to", LONG),
        ("operations", "resume", LONG),
    ],
    ids=lambda words: " ".join(words)[:30],
)
@pytest.mark.parametrize("json_wanted", [(), ("--json",)])
def test_a_word_of_thousands_of_characters_is_not_repeated_whole(
    cli: Cli, adopted: Any, words: tuple[str, ...], json_wanted: tuple[str, ...]
) -> None:
    refused = cli(*words, *json_wanted)
    assert refused.code not in (0, 1)
    assert len(refused.out) + len(refused.err) < 2000


@pytest.mark.parametrize(
    "words",
    [
        "freeze --reason",
        "arm --reason",
        "alerts ack 1 --note",
        "drift accept web-1 --yes --note",
        "lint waive web-1 onboot_off --note",
        "ports reserve 8105 --yes --note",
    ],
)
def test_a_note_that_nobody_would_read_is_refused(cli: Cli, words: str) -> None:
    refused = cli(*words.split(), LONG)
    assert (refused.code, "at most 500 characters, not 3000" in refused.err) == (2, True), refused.err


def test_a_blank_note_of_a_snapshot_is_none(cli: Cli, native: Any) -> None:
    assert cli("snapshot", "take", "web1", "--name", "before", "--note", " ", "--yes").code == 0
    assert cli.json("snapshot", "list", "web1")["snapshots"][0]["note"] in (None, "")
