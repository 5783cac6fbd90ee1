"""`ports probe`: exactly the connects of the plan, kept as observed, and a fact only by a person's word."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from proximity_tui.simulator import RealClock, Simulator
from tests.commands.conftest import Cli
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.waiting import LONGEST


@pytest.fixture
def served() -> Iterator[Simulator]:
    """A cluster whose containers have addresses in 127.0.0.0/8."""
    with Simulator("demo", clock=RealClock(), task_seconds=0.05, services=True) as simulator:
        yield simulator


@pytest.fixture
def probing(cli: Cli, served: Simulator) -> Callable[..., None]:
    """Give a function that configures the cluster and the probe."""

    def configure(ports: list[int], *, enabled: bool = True, forbidden: bool = False) -> None:
        cli.connect("lab", served, probe="false" if forbidden else "true")
        table = f'\n[probe]\nenabled = {str(enabled).lower()}\nports = {ports}\nrate = 200\ntimeout = "20s"\n'
        cli.config.write_text(cli.config.read_text() + table)

    return configure


def planned_address(cli: Cli) -> str:
    """The one address at which the plan would probe web-1."""
    [one] = cli.json("ports", "probe", "101", "--plan")["results"]
    [address] = one["plan"]["addresses"]
    assert address.startswith("127.")
    return str(address)


def connections(listener: socket.socket) -> int:
    """The number of connections that were made to a listener."""
    listener.setblocking(False)
    count = 0
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return count
        connection.close()
        count += 1


def test_the_connects_on_the_wire_are_those_of_the_plan(cli: Cli, probing: Callable[..., None]) -> None:
    probing([1])
    cli("adopt", "101", "--yes")
    address = planned_address(cli)
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server((address, 0))) for _ in range(3)]
        ports = [one.getsockname()[1] for one in listeners]
        probing(ports)
        planned = cli.json("ports", "probe", "101", "--plan")["results"][0]["plan"]
        assert (planned["connects"], planned["ports"], sum(map(connections, listeners))) == (3, sorted(ports), 0)
        assert "only loopback is probed" in planned["warnings"][0], "its address of the config is not"
        assert cli("ports", "probe", "101").code == 3, "nobody agreed"
        assert sum(map(connections, listeners)) == 0
        done = cli.json("ports", "probe", "101", "--yes")["results"][0]
        assert [connections(one) for one in listeners] == [1, 1, 1]
    assert [(one["port"], one["outcome"]) for one in done["observed"]] == [(port, "open") for port in sorted(ports)]
    shown = cli.json("show", "101")
    assert [one["port"] for one in shown["observed_ports"]] == sorted(ports)
    assert shown["ports"] == [], "an observation is no fact"
    assert f"{', '.join(map(str, sorted(ports)))} open at {address}" in cli("show", "101").out


def test_an_observed_port_becomes_a_fact_by_a_persons_word(cli: Cli, probing: Callable[..., None]) -> None:
    probing([1])
    cli("adopt", "101", "--yes")
    with socket.create_server((planned_address(cli), 0)) as listener:
        port = listener.getsockname()[1]
        probing([port, 1])
        assert cli("ports", "accept", "101", str(port), "--yes").code == 5, "never probed"
        cli.json("ports", "probe", "101", "--yes")
        assert cli("ports", "accept", "101", "1", "--yes").code == 5, "it was closed"
        accepted = cli.json("ports", "accept", "101", str(port), "--yes")
    assert (accepted["port"]["public"], accepted["port"]["container_port"]) == (8100, port)
    last = cli.json("audit")[-1]
    assert (last["action"], f":{port} open, seen " in last["evidence"]["observed"]) == ("port-reserved", True)
    planned = cli.json("ports", "probe", "101", "--plan")["results"][0]["plan"]
    assert planned["ports"] == sorted([1, port]), "each once, also the one of the record"


@pytest.mark.parametrize("as_json", [True, False])
def test_ctrl_c_says_what_was_met_before(
    cli: Cli, probing: Callable[..., None], served: Simulator, as_json: bool
) -> None:
    probing([1])
    cli("adopt", "101", "102", "--yes")
    address = planned_address(cli)
    with socket.create_server((address, 0)) as listener:
        probing([port := listener.getsockname()[1]])
        of_second = asked("GET", "/lxc/102/interfaces")
        with held_back(served, lambda entry: of_second(entry) and connections(listener)) as reached:
            process = cli.start("ports", "probe", "101", "102", "--yes", *(["--json"] if as_json else []))
            assert reached.wait(LONGEST)
            process.send_signal(signal.SIGINT)
            out, said = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    if as_json:
        document = json.loads(out)
        assert "1 of 2 containers were probed before" in document["error"]
        assert [one["name"] for one in document["results"]] == ["web-1"]
    else:
        assert f"{port} open at {address}" in out
        assert "1 of 2 containers were probed before" in said


@pytest.mark.parametrize("off", [{"enabled": False}, {"forbidden": True}])
def test_a_cluster_that_forbids_it_is_not_probed(cli: Cli, probing: Callable[..., None], off: dict[str, bool]) -> None:
    probing([80], **off)
    cli("adopt", "101", "--yes")
    refused = cli("ports", "probe", "101", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "probe_off")


def test_what_is_stopped_or_another_guest_is_not_probed(
    cli: Cli, probing: Callable[..., None], served: Simulator
) -> None:
    probing([80])
    cli("adopt", "101", "102", "--yes")
    served.world.set_status(101, "stopped")
    stopped = cli("ports", "probe", "101", "--yes", "--json")
    assert stopped.json["refused"]["code"] == "already_stopped"
    served.world.destroy_outside(102)
    gone = cli("ports", "probe", "102", "--yes", "--json")
    assert gone.code == 5
    assert not [one for one in cli.json("audit") if one["action"] == "ports-probed"]


def test_without_listeners_there_is_no_address_that_may_be_probed(cli: Cli, lab: Simulator) -> None:
    cli("adopt", "101", "--yes")
    refused = cli("ports", "probe", "101", "--yes", "--json")
    assert "only loopback is probed" in refused.json["refused"]["reason"]
    assert (refused.code, refused.json["refused"]["code"]) == (3, "not_probed")
