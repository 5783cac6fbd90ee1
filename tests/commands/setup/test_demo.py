"""The demo and the simulator: nothing of them touches what is real, and what they show is done by the real engine."""

from __future__ import annotations

import json
import signal
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.commands.base.exit_codes import CommandEnd
from proximity_tui.commands.setup import demo
from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.model import Status
from proximity_tui.core.store.records import records
from proximity_tui.insight.stats_answer import gather_stats
from proximity_tui.insight.top_answer import gather_top
from proximity_tui.simulator import SCENARIOS
from tests.commands.conftest import Cli
from tests.support.timing.waiting import LONGEST, until


def test_a_demo_begins_with_containers_of_both_kinds(tmp_path: Path) -> None:
    with demo.prepared(tmp_path, "demo", seed=1, speed=50.0) as context:
        assert context.simulated
        assert context.simulator is not None
        kinds = [container.kind.value for container in records.active()]
        assert sorted(kinds) == ["adopted", "adopted", "native", "native"]
        assert all(container.last_error is None for container in records.active())
        assert context.simulator.journal.count("POST", "/lxc") >= 2


def test_a_demo_has_a_past_and_a_disk_that_fills_up(tmp_path: Path) -> None:
    with demo.prepared(tmp_path, "demo", seed=1, speed=1.0) as context:
        now = context.engine.clock.now()
        running = [one.id for one in records.active() if one.status is Status.RUNNING]
        until(
            lambda: (
                sum(row.growth is not None for row in gather_top(now - timedelta(days=14), now).rows) == len(running)
            )
        )
        assert [row.fills_up for row in gather_top(now - timedelta(days=14), now).rows].count(True) == 1
        now = context.engine.clock.now()
        assert {row.container.id for row in gather_top(now - timedelta(hours=1), now).rows} == set(running)
        uptimes = gather_stats(now - timedelta(days=7), now).uptimes
        assert all(one.share for one in uptimes if one.container in running)


def test_a_drill_begins_with_a_fleet_worth_looking_at(tmp_path: Path) -> None:
    with demo.prepared(tmp_path, "rogue-destroy", seed=1, speed=1.0) as context:
        guests = context.clients[demo.CLUSTER].inventory().guests
        managed = records.active()
        assert len(guests) >= 40
        assert 0.4 < len(managed) / len(guests) < 0.6
        assert len({container.node for container in managed}) == 3
        assert {container.status.value for container in managed} == {"running", "stopped"}
        assert 0 < sum(bool(container.ports) for container in managed) < len(managed)
        for vmid, changed in demo._DRIFTED:
            (drifted,) = (container for container in managed if container.vmid == vmid)
            found = compare_with_record(drifted, context.engine.inspect(drifted), remember=False)
            assert [change.key for change in found.changes or ()] == list(changed)


@pytest.mark.parametrize("command", ["demo", "simulate"])
def test_every_scenario_is_listed_with_its_sentence(cli: Cli, command: str) -> None:
    listed = cli(command, "--list").out
    assert all(f"{one.name} " in listed and one.description in listed for one in SCENARIOS.values())
    assert "--list says what each is" in cli(command, "--scenario", "nosuch").err


def test_a_demo_keeps_to_its_folder(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXIMITY_TUI_DATABASE", f"sqlite:///{tmp_path}/real.db")
    monkeypatch.setenv("PROXIMITY_TUI_CONFIG", str(tmp_path / "real.toml"))
    folder = tmp_path / "demo"
    folder.mkdir()
    with demo.prepared(folder, "empty", seed=1, speed=50.0) as context:
        assert context.settings.database == f"sqlite:///{folder}/proximity.db"
        assert (folder / "proximity.db").exists()
        assert stat.S_IMODE((folder / "token").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo"]
    assert not list(own_home.iterdir())


def test_a_read_only_demo_changes_nothing(tmp_path: Path) -> None:
    with demo.prepared(tmp_path, "demo", seed=1, speed=50.0, read_only=True) as context:
        assert records.active() == ()
        assert context.simulator is not None
        assert not context.simulator.journal.writes()


def test_a_folder_that_is_in_use_is_not_a_place_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "proximity.db").write_text("somebody's")
    with pytest.raises(CommandEnd, match="is not empty"):
        demo._empty(tmp_path)
    assert demo._empty(tmp_path / "new").is_dir()


def test_the_simulator_says_how_to_connect_and_ends_when_asked(bare: Cli) -> None:
    process = bare.start("simulate", "--scenario", "demo", "--seed", "3", "--speed", "10")
    assert process.stdout is not None
    access = json.loads(process.stdout.readline())
    assert set(access) == {"url", "token_id", "token_secret", "fingerprint"}
    token = bare.config.with_name("token")
    token.write_text(access["token_secret"])
    token.chmod(0o600)
    values = [f'{key} = "{access[key]}"' for key in ("url", "token_id", "fingerprint")]
    bare.config.write_text("\n".join(["[clusters.sim]", 'token_secret = { file = "token" }', *values]))
    assert len(bare.json("list", "--kind", "unmanaged")) > 20
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, out, err) == (0, "", "")
