"""`connect`: no server hears anything before it is trusted, nothing is overwritten, who trusted whom is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.store import clusters, events
from proximity_tui.simulator import Simulator
from tests.commands.conftest import OTHER, Cli, Outcome
from tests.commands.person import at_terminal


@pytest.fixture
def prod() -> Iterator[Simulator]:
    with Simulator("demo") as simulator:
        yield simulator


@pytest.fixture
def ours(bare: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A command line without a configuration, and with a database of the test's own."""
    monkeypatch.setenv("PROXIMITY_TUI_DATABASE", f"sqlite:///{bare.database}")
    return bare


def secret_of(cli: Cli, simulator: Simulator) -> str:
    file = cli.config.with_name("given.token")
    file.write_text(simulator.token_secret)
    file.chmod(0o600)
    return str(file)


def connect(cli: Cli, simulator: Simulator, *more: str, name: str = "prod", url: str = "") -> Outcome:
    """Connect without a terminal, with whatever more is said."""
    return cli(
        "connect", "--name", name, "--url", url or simulator.url, "--token-id", simulator.token_id,
        "--token-secret-file", secret_of(cli, simulator), *more, "--yes", "--json",
    )  # fmt: skip


def on_record(cli: Cli) -> tuple[str | None, list[Any]]:
    """The identity of prod, and the events about it."""
    store.open_store(f"sqlite:///{cli.database}")
    try:
        return clusters.known_identity("prod"), list(events.list_events(cluster="prod"))
    finally:
        store.close_store()


def test_a_cluster_is_connected_by_its_fingerprint_and_works_at_once(ours: Cli, prod: Simulator) -> None:
    outcome = connect(ours, prod, "--fingerprint", prod.fingerprint.replace(":", "").lower())
    assert outcome.code == 0, outcome
    assert outcome.json["identity"] == prod.ca_fingerprint
    assert ours.configured == {
        "prod": {
            "url": prod.url,
            "token_id": prod.token_id,
            "token_secret": {"file": "given.token"},
            "fingerprint": prod.fingerprint,
        }
    }
    assert ours.config.stat().st_mode & 0o777 == 0o600
    assert ours.json("list", "--kind", "all")
    identity, [event] = on_record(ours)
    assert identity == prod.ca_fingerprint
    assert event.action == "cluster-trusted"
    assert event.evidence["fingerprints"] == [prod.fingerprint]
    assert prod.journal.writes() == []


def test_a_certificate_that_was_not_expected_gets_not_a_byte(ours: Cli, prod: Simulator) -> None:
    outcome = connect(ours, prod, "--fingerprint", OTHER)
    assert outcome.code == 4
    assert (outcome.json["expected"], outcome.json["seen"]) == ([OTHER], prod.fingerprint)
    assert prod.journal.entries() == []
    assert not ours.config.exists()


def test_yes_alone_trusts_nobody(ours: Cli, prod: Simulator) -> None:
    outcome = connect(ours, prod)
    assert (outcome.code, outcome.json["refused"]["code"]) == (3, "confirmation")
    assert prod.journal.entries() == []


def test_the_ca_of_the_cluster_may_be_trusted_instead(ours: Cli, prod: Simulator, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text(prod.ca_pem)
    assert connect(ours, prod, "--ca-file", "root.pem").code == 0
    assert ours.configured["prod"]["ca_file"] == str(tmp_path / "root.pem")
    prod.renew_certificate()
    assert ours.json("list", "--kind", "all")


def test_a_certificate_of_another_ca_gets_not_a_byte(ours: Cli, prod: Simulator, tmp_path: Path) -> None:
    with Simulator("empty") as other:
        (tmp_path / "root.pem").write_text(other.ca_pem)
    assert connect(ours, prod, "--ca-file", "root.pem").code == 4
    assert prod.journal.entries() == []


def test_what_cannot_be_used_is_an_error_of_usage_and_not_of_the_cluster(
    ours: Cli, prod: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_text("no certificate")
    outcome = connect(ours, prod, "--ca-file", "root.pem")
    assert (outcome.code, "which holds no certificate" in outcome.json["error"]) == (2, True)
    lost = ("connect", "--name", "prod", "--url", prod.url, "--token-id", prod.token_id, "--token-secret-file", "gone")
    outcome = ours(*lost, "--fingerprint", prod.fingerprint, "--yes", "--json")
    assert (outcome.code, "cannot be read" in outcome.json["error"]) == (2, True)
    assert prod.journal.entries() == []


def test_a_cluster_that_has_another_name_with_us_already_is_refused(ours: Cli, prod: Simulator) -> None:
    assert connect(ours, prod, "--fingerprint", prod.fingerprint).code == 0
    again = connect(ours, prod, "--fingerprint", prod.fingerprint, name="twin")
    assert (again.code, again.json["known_as"]) == (6, "prod")
    assert "twin and prod are one and the same cluster" in again.json["error"]
    assert "twin was not written into the configuration" in again.json["error"]
    assert set(ours.configured) == {"prod"}


def test_a_token_that_is_not_accepted_is_not_written_down(ours: Cli, prod: Simulator) -> None:
    prod.remove_token(prod.token_id)
    assert connect(ours, prod, "--fingerprint", prod.fingerprint).code == 4
    assert not ours.config.exists()


def test_a_configuration_keeps_its_comments_and_its_clusters(cli: Cli, lab: Simulator, prod: Simulator) -> None:
    cli.config.write_text(f"# by hand\n{cli.config.read_text()}\n")
    before = cli.config.read_text()
    assert connect(cli, prod, "--fingerprint", prod.fingerprint).code == 0
    assert cli.config.read_text().startswith(before)
    assert set(cli.configured) == {"lab", "prod"}
    assert [one.name for one in cli.config.parent.glob(".*.new")] == []
    again = connect(cli, prod, "--fingerprint", prod.fingerprint, name="lab")
    assert (again.code, "connect --retrust lab" in again.json["error"]) == (6, True)


def test_a_name_that_our_records_know_as_another_cluster_is_not_reused(ours: Cli, prod: Simulator) -> None:
    assert connect(ours, prod, "--fingerprint", prod.fingerprint).code == 0
    ours.config.unlink()
    with Simulator("demo", seed=2) as other:
        outcome = connect(ours, other, "--fingerprint", other.fingerprint)
    assert outcome.code == 6
    assert not ours.config.exists()


def test_several_nodes_are_pinned_each_by_its_own_certificate(ours: Cli, prod: Simulator) -> None:
    twin = prod.url.replace("127.0.0.1", "localhost")
    assert connect(ours, prod, "--url", twin, "--fingerprint", prod.fingerprint).code == 0
    assert ours.configured["prod"]["urls"] == [prod.url, twin]


def test_urls_of_two_clusters_are_not_one_cluster(ours: Cli, prod: Simulator) -> None:
    with Simulator("demo", seed=2) as other:
        other.add_token(prod.token_id, {"/": ["VM.Audit"]})
        with other.world.entered() as cluster:
            cluster.access.tokens[prod.token_id].secret = prod.token_secret
        pins = ("--fingerprint", prod.fingerprint, "--fingerprint", other.fingerprint)
        outcome = connect(ours, prod, "--url", other.url, *pins)
    assert (outcome.code, "different clusters" in outcome.json["error"]) == (4, True)


def test_read_only_connects_nothing(ours: Cli, prod: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = connect(ours, prod, "--fingerprint", prod.fingerprint, "--read-only")
    assert (outcome.code, outcome.json["refused"]["code"]) == (3, "read_only")
    monkeypatch.setenv("PROXIMITY_TUI_READ_ONLY", "1")
    outcome = connect(ours, prod, "--fingerprint", prod.fingerprint)
    assert (outcome.code, outcome.json["refused"]["code"]) == (3, "read_only"), "there is no file yet that could say so"
    assert prod.journal.entries() == []


@pytest.mark.parametrize(
    ("words", "named"),
    [(("--name", "Prod!"), "--name"), (("--url", "http://pve1"), "--url"), (("--token-id", "root"), "--token-id")],
)
def test_what_cannot_be_used_is_named_before_anything_is_asked(
    ours: Cli, prod: Simulator, words: tuple[str, str], named: str
) -> None:
    usual = {"--name": "prod", "--url": prod.url, "--token-id": prod.token_id, "--fingerprint": prod.fingerprint}
    said = [word for pair in {**usual, words[0]: words[1]}.items() for word in pair]
    outcome = ours("connect", *said, "--token-secret-env", "NOWHERE", "--yes")
    assert outcome.code == 2
    assert named in outcome.err
    assert prod.journal.entries() == []


def test_at_a_terminal_it_asks_for_everything_and_shows_the_certificate_first(ours: Cli, prod: Simulator) -> None:
    with at_terminal("connect") as person:
        person.read_until("Name of the cluster")
        person.type("prod")
        person.read_until("URL of a node")
        person.type(prod.url)
        person.read_until("Is it the same? [y/N] ")
        assert prod.fingerprint in person.seen
        assert "pvenode cert info" in person.seen
        assert prod.journal.entries() == []
        person.type("y")
        person.read_until("API token")
        person.type(prod.token_id)
        person.read_until("not shown")
        person.type(prod.token_secret)
        person.read_until("[y/N] ")
        person.read_until(f"Write prod into {ours.config}?")
        person.type("y")
        assert person.end() == 0, person.seen
        assert prod.token_secret not in person.seen
    kept = ours.config.with_name("prod.token")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (f"{prod.token_secret}\n", 0o600)
    assert prod.token_secret not in ours.config.read_text()
    assert ours.json("list", "--kind", "all")


@pytest.fixture
def linked(bare: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a configuration that is a link into it: its paths begin at the folder of the link."""
    monkeypatch.delenv("PROXIMITY_TUI_DATABASE", raising=False)
    folder = tmp_path / "dotfiles"
    folder.mkdir()
    (folder / "mine.toml").write_text('database = "sqlite:///fleet.db"\n')
    bare.config.symlink_to(folder / "mine.toml")
    return folder


def test_law_6_a_cluster_is_recorded_in_the_database_of_a_linked_configuration_and_in_no_other(
    bare: Cli, prod: Simulator, linked: Path
) -> None:
    assert connect(bare, prod, "--fingerprint", prod.fingerprint).code == 0
    assert [one.name for one in linked.iterdir()] == ["mine.toml"]
    assert bare.config.is_symlink()
    trusted = [one["action"] for one in bare.json("audit")]
    assert "cluster-trusted" in trusted


def test_a_typed_secret_is_kept_where_a_linked_configuration_reads_it(bare: Cli, prod: Simulator, linked: Path) -> None:
    with at_terminal("connect", "--name", "prod", "--url", prod.url, "--token-id", prod.token_id) as person:
        person.read_until("Is it the same? [y/N] ")
        person.type("y")
        person.read_until("not shown")
        person.type(prod.token_secret)
        person.read_until("Write prod into")
        person.type("y")
        assert person.end() == 0, person.seen
    assert [one.name for one in linked.iterdir()] == ["mine.toml"], "what may be shared holds no secret"
    assert bare.json("list", "--kind", "all")


def test_who_does_not_recognise_the_certificate_sent_nothing(ours: Cli, prod: Simulator) -> None:
    with at_terminal("connect", "--name", "prod", "--url", prod.url, "--token-id", prod.token_id) as person:
        person.read_until("Is it the same? [y/N] ")
        person.type("n")
        assert person.end() == 3
    assert prod.journal.entries() == []
    assert not ours.config.exists()


def test_at_a_terminal_it_asks_again_until_an_answer_can_be_used(ours: Cli, prod: Simulator) -> None:
    with at_terminal("connect", "--fingerprint", prod.fingerprint) as person:
        for asked, wrong, told, right in (
            ("Name of the cluster", "Prod!", "It must be made of a-z, 0-9, - and _", "prod"),
            ("URL of a node", "pve1", 'It must start with "https://"', prod.url),
            ("API token", "root", "It must be user@realm!name", prod.token_id),
        ):
            person.read_until(asked)
            person.type(wrong)
            person.read_until(told)
            person.type(right)
        person.read_until("Secret of the token (not shown): ")
        person.type("")
        told = "The secret is required: Proxmox shows it once, when the token is created."
        person.read_until(f"{told}\r\nSecret of the token (not shown): ")
        person.type(prod.token_secret)
        person.read_until("Write prod into")
        person.type("y")
        assert person.end() == 0, person.seen
    assert ours.configured["prod"]["url"] == prod.url


def test_who_ends_the_input_instead_of_answering_is_asked_no_more(ours: Cli, prod: Simulator) -> None:
    with at_terminal("connect", "--url", prod.url, "--fingerprint", prod.fingerprint) as person:
        person.read_until("Name of the cluster")
        person.type("Prod!")
        person.read_until("It must be made of")
        person.press_ctrl_d()
        assert person.end() == 2, person.seen
    assert "--name is missing: nothing was sent, and nothing was written" in person.seen
    assert prod.journal.entries() == []


@pytest.mark.parametrize(
    ("press", "code", "said"),
    [("press_ctrl_d", 2, "the secret is required"), ("press_ctrl_c", 130, "interrupted: nothing was done")],
)
def test_who_types_no_secret_is_told_so_on_a_line_of_its_own(
    ours: Cli, prod: Simulator, press: str, code: int, said: str
) -> None:
    named = ("--name", "prod", "--url", prod.url, "--token-id", prod.token_id, "--fingerprint", prod.fingerprint)
    with at_terminal("connect", *named) as person:
        person.read_until("not shown")
        getattr(person, press)()
        assert person.end() == code, person.seen
    assert f"\nproximity-tui: {said}" in person.seen
    assert prod.journal.entries() == []


def test_who_does_not_want_it_written_leaves_no_secret_behind(ours: Cli, prod: Simulator) -> None:
    pinned = ("--fingerprint", prod.fingerprint)
    with at_terminal("connect", "--name", "prod", "--url", prod.url, "--token-id", prod.token_id, *pinned) as person:
        person.read_until("not shown")
        person.type(prod.token_secret)
        person.read_until("Write prod into")
        person.type("n")
        assert person.end() == 3
    assert list(ours.config.parent.glob("prod.token")) == []
    assert not ours.config.exists()
