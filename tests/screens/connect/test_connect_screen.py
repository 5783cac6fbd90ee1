"""Connecting a cluster on the screen: seen before trusted, checked before written, and nothing lost on the way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.app import FirstRunApp
from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.store import clusters, events
from proximity_tui.screens.connect.connect_form import TypedForm, read_form
from proximity_tui.screens.connect.connect_screen import ConnectScreen
from proximity_tui.screens.first_run_screen import FirstRunEnd
from proximity_tui.simulator import Simulator
from tests.screens.stage import Stage
from tests.screens.support.watched import shows
from tests.screens.test_first_run_screen import shown
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.timing.until import said, until

SIZE = (140, 50)


@pytest.fixture
def prod() -> Iterator[Simulator]:
    with Simulator("demo") as simulator:
        yield simulator


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FirstRunApp:
    """The program as it is started for the first time."""
    for name in ("PROXIMITY_TUI_CONFIG", "PROXIMITY_TUI_DATABASE", "PROXIMITY_TUI_READ_ONLY"):
        monkeypatch.delenv(name, raising=False)
    return FirstRunApp(tmp_path / "new" / "config.toml", f"sqlite:///{tmp_path}/ours.db")


async def fill_in(pilot: Pilot[Any], simulator: Simulator, **other: str) -> None:
    """Type what the form asks for, once it is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ConnectScreen) and pilot.app.screen.query("#connect-go"))
    usual = {
        "name": "prod", "url": simulator.url, "token_id": simulator.token_id, "secret": simulator.token_secret,
    }  # fmt: skip
    for field, text in {**usual, **other}.items():
        pilot.app.screen.query_one(f"#connect-{field}", Input).value = text
    await pilot.pause()


async def press_go(pilot: Pilot[Any]) -> None:
    pilot.app.screen.query_one("#connect-go").focus()
    await pilot.press("enter")


async def connect_anew(pilot: Pilot[Any], simulator: Simulator, **other: str) -> None:
    """Open the wizard in the running program, fill it in and go on."""
    await pilot.press("colon", *"connect", "enter")
    await fill_in(pilot, simulator, **other)
    await press_go(pilot)


async def trust_and_write(pilot: Pilot[Any]) -> None:
    """Agree to what is shown, and to what was found."""
    await shows(pilot, "step 2 of 3")
    await pilot.press("t")
    await shows(pilot, "step 3 of 3")
    await pilot.press("w")


def values(pilot: Pilot[Any]) -> list[str]:
    return [one.value for one in pilot.app.screen.query(Input)]


async def compare_certificates(pilot: Pilot[Any], simulator: Simulator) -> None:
    """Go from the first screen to step 2, where the certificate is shown."""
    await shown(pilot)
    await pilot.press("c")
    await fill_in(pilot, simulator)
    await press_go(pilot)
    await shows(pilot, "step 2 of 3")


async def test_a_first_cluster_is_seen_trusted_checked_and_written_down(
    first: FirstRunApp, prod: Simulator, tmp_path: Path
) -> None:
    async with first.run_test(size=SIZE) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod)
        assert prod.token_secret not in said(pilot)
        await press_go(pilot)
        await shows(pilot, prod.fingerprint, "pvenode cert info", "step 2 of 3")
        assert prod.journal.entries() == []
        await pilot.press("enter")
        await shows(pilot, "step 1 of 3")
        assert prod.journal.entries() == [], "enter alone trusts nobody"

        await press_go(pilot)
        await shows(pilot, "step 2 of 3")
        await pilot.press("t")
        await shows(pilot, "step 3 of 3", "quorum", "w saves the cluster to")
        assert not (tmp_path / "new").exists(), "nothing is written before it is wanted"
        await pilot.press("w")
        await until(pilot, lambda: first.return_value is not None)
    assert first.return_value is FirstRunEnd.CONNECTED

    config, secret = tmp_path / "new" / "config.toml", tmp_path / "new" / "prod.token"
    assert tomllib.loads(config.read_text())["clusters"]["prod"]["fingerprint"] == prod.fingerprint
    assert prod.token_secret not in config.read_text()
    assert (secret.read_text(), secret.stat().st_mode & 0o777) == (f"{prod.token_secret}\n", 0o600)
    store.open_store(f"sqlite:///{tmp_path}/ours.db")
    try:
        assert clusters.known_identity("prod") == prod.ca_fingerprint
        [event] = events.list_events(cluster="prod")
        assert (event.action, event.evidence["fingerprints"]) == ("cluster-trusted", [prod.fingerprint])
    finally:
        store.close_store()
    assert prod.journal.writes() == []


async def test_a_token_that_lacks_a_privilege_is_told_what_is_missing(first: FirstRunApp, prod: Simulator) -> None:
    prod.set_acl(prod.token_id, {"/": ["VM.Audit", "Sys.Audit", "Datastore.Audit"]})
    async with first.run_test(size=SIZE) as pilot:
        await compare_certificates(pilot, prod)
        await pilot.press("t")
        await shows(pilot, "step 3 of 3", "VM.PowerMgmt")


async def test_escape_loses_nothing_that_was_typed(first: FirstRunApp, prod: Simulator) -> None:
    async with first.run_test(size=SIZE) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod)
        typed = values(pilot)
        await press_go(pilot)
        await shows(pilot, "step 2 of 3")
        await pilot.press("escape")
        await shows(pilot, "step 1 of 3")
        assert values(pilot) == typed
        await pilot.press("escape")
        await shows(pilot, "Press esc again to close")
        assert values(pilot) == typed
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ConnectScreen))
    assert prod.journal.entries() == []


async def test_a_token_that_is_not_accepted_is_one_sentence_beside_the_form(
    first: FirstRunApp, prod: Simulator, tmp_path: Path
) -> None:
    prod.remove_token(prod.token_id)
    async with first.run_test(size=SIZE) as pilot:
        await compare_certificates(pilot, prod)
        await pilot.press("t")
        await shows(pilot, "step 1 of 3", "Proxmox does not accept the token")
        assert values(pilot)[0] == "prod"
    assert list(tmp_path.iterdir()) == []


async def test_a_certificate_that_changes_after_it_was_compared_gets_not_a_byte(
    first: FirstRunApp, prod: Simulator
) -> None:
    async with first.run_test(size=SIZE) as pilot:
        await compare_certificates(pilot, prod)
        prod.renew_certificate()
        await pilot.press("t")
        await shows(pilot, "step 1 of 3", "shows the certificate", "not the trusted")
    assert prod.journal.entries() == []


async def test_where_nobody_listens_it_says_so_and_asks_again(first: FirstRunApp, prod: Simulator) -> None:
    async with first.run_test(size=SIZE) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod, url=f"https://127.0.0.1:{REFUSED_PORT}")
        await press_go(pilot)
        await shows(pilot, "shows no certificate", "check the URL and the network")


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("name", "Prod!", "must be made of a-z"),
        ("url", "http://pve1", "https://"),
        ("token_id", "root", "user@realm!name"),
        ("token_id", "anna@pve!tui=5f0c", "is the secret"),
        ("secret", "", "is required"),
        ("secret", "two words", "spaces"),
    ],
)
def test_each_field_says_what_is_wrong_with_it_and_echoes_no_secret(field: str, text: str, problem: str) -> None:
    sound = {"name": "prod", "url": "https://pve1 https://pve2", "token_id": "anna@pve!tui", "secret": "5f0c-secret"}
    read = read_form(sound)
    assert isinstance(read, TypedForm)
    assert read.urls == ("https://pve1:8006", "https://pve2:8006")
    assert "5f0c-secret" not in repr(read)
    problems = read_form({**sound, field: text})
    assert isinstance(problems, dict)
    assert set(problems) == {field}
    assert problem in problems[field]
    assert "5f0c" not in problems[field]


async def test_in_the_running_program_another_cluster_joins_the_configuration_and_the_screens(
    set_up: Callable[..., Stage], prod: Simulator
) -> None:
    stage = set_up(clusters=("lab",))
    stage.adopt(101, cluster="lab")
    path = stage.context.settings.path
    before = path.read_text()
    async with stage.shown(SIZE, jobs=True) as pilot:
        controller = pilot.app.controller  # type: ignore[attr-defined]
        first = controller.context.pollers["lab"]
        await connect_anew(pilot, prod, name="lab")
        await shows(pilot, "lab is in /", "already")
        await fill_in(pilot, prod)
        await press_go(pilot)
        await trust_and_write(pilot)
        await shows(pilot, "prod is connected. Unmanaged")
        assert clusters.known_identity("prod") == prod.ca_fingerprint

        await until(pilot, lambda: {row.cluster for row in controller.view.unmanaged} == {"lab", "prod"})
        # How many guests each has stands there only where there is room beside the jobs, whatever they are at.
        for one in ("prod", "lab"):
            await until(pilot, lambda one=one: re.search(rf"{one}( \d+)? ● quorate 3/3", said(pilot)))
        assert controller.context.pollers["lab"] is first, "the others go on as they were"
        await until(pilot, lambda: {one.cluster for one in controller.view.jobs} == {"lab", "prod"})
        await until(pilot, lambda: all(one.last and one.mine for one in controller.view.jobs if one.cluster == "prod"))

        plan = await controller.ask(controller.context.engine.plan_adopt, "prod", 101, AdoptionRequest())
        await controller.begin("adopt web-1", controller.context.engine.adopt, plan, AdoptionRequest()).wait()
        await until(pilot, lambda: {row.cluster for row in controller.view.rows} == {"lab", "prod"})
    assert path.read_text().startswith(before)
    assert set(tomllib.loads(path.read_text())["clusters"]) == {"lab", "prod"}


async def test_a_cluster_that_this_session_knows_otherwise_waits_for_the_next_start(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up(clusters=("lab",))
    path = stage.context.settings.path
    async with stage.shown(SIZE) as pilot:
        renamed = path.read_text().replace("[clusters.lab]", "[clusters.gone]").replace("lab.token", "gone.token")
        path.write_text(renamed)
        (path.parent / "lab.token").rename(path.parent / "gone.token")
        await connect_anew(pilot, stage.simulator, name="lab")
        await trust_and_write(pilot)
        await shows(pilot, "lab is connected, but is shown only after a restart")


async def test_a_ca_may_vouch_in_place_of_a_comparison(first: FirstRunApp, prod: Simulator, tmp_path: Path) -> None:
    authority = tmp_path / "root.pem"
    authority.write_text("no certificate")
    async with first.run_test(size=SIZE) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod, ca_file=str(authority))
        await press_go(pilot)
        await shows(pilot, "step 1 of 3", "holds no certificate")
        authority.write_text(prod.ca_pem)
        await press_go(pilot)
        await shows(pilot, "step 2 of 3", "signed by", "the root CA of the cluster")
        assert prod.journal.entries() == []
        await trust_and_write(pilot)
        await until(pilot, lambda: first.return_value is not None)
    configured = tomllib.loads((tmp_path / "new" / "config.toml").read_text())["clusters"]["prod"]
    assert (configured["ca_file"], "fingerprint" in configured) == (str(authority), False)


async def test_what_another_ca_signed_gets_not_a_byte(first: FirstRunApp, prod: Simulator, tmp_path: Path) -> None:
    with Simulator("empty") as other:
        (tmp_path / "root.pem").write_text(other.ca_pem)
    async with first.run_test(size=SIZE) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod, ca_file=str(tmp_path / "root.pem"))
        await press_go(pilot)
        await shows(pilot, "step 2 of 3")
        await pilot.press("t")
        await shows(pilot, "step 1 of 3", "certificate")
        await until(pilot, lambda: "Asking" not in said(pilot))
    assert prod.journal.entries() == []


async def test_read_only_opens_no_wizard(set_up: Callable[..., Stage]) -> None:
    stage = set_up(top="read_only = true")
    async with stage.shown(SIZE) as pilot:
        await pilot.press("colon", *"connect", "enter")
        await shows(pilot, "read-only")
        assert not isinstance(pilot.app.screen, ConnectScreen)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_the_buttons_stay_in_reach_on_a_small_terminal(
    first: FirstRunApp, prod: Simulator, size: tuple[int, int]
) -> None:
    async with first.run_test(size=size) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await fill_in(pilot, prod)
        await shows(pilot, "[ Read the certificate ]")
        await press_go(pilot)
        await shows(pilot, "[ t Trust it ]")
