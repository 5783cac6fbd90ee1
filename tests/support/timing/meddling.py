"""Lets somebody else's hand come in between: at a chosen request, on a real wire, something happens to the world.

And lets our own process die at a chosen write, as kill -9 would: nothing is tidied up, and nobody carries on.
"""

from __future__ import annotations

import resource
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import CreateRequest, Operation, Plan
from proximity_tui.core.store.db import waits
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from tests.support.house import TEMPLATE, House, gateway_to
from tests.support.timing.waiting import LONGEST, until

Condition = Callable[[Entry], object]


def when(simulator: Simulator, condition: Condition, then: Callable[[], object], *, nth: int = 1) -> None:
    """Do `then`, once, as soon as the nth request that meets `condition` was carried out, before it is answered."""
    journal = simulator.journal
    record, left = journal.record, nth

    def recording(entry: Entry) -> None:
        nonlocal left
        record(entry)
        if left > 0 and condition(entry):
            left -= 1
            if left == 0:
                then()

    journal.record = recording  # type: ignore[method-assign]


@contextmanager
def held_back(simulator: Simulator, condition: Condition) -> Iterator[threading.Event]:
    """Keep the answer to the first request that meets `condition` back until the block is over.

    The event is set as soon as that request was carried out and waits.
    """
    reached, over = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        over.wait(LONGEST)

    when(simulator, condition, hold)
    try:
        yield reached
    finally:
        over.set()


def asked(method: str, ending: str) -> Condition:
    """A request with that method, whose path ends so."""
    return lambda entry: entry.method == method and entry.path.endswith(ending)


def about_to_destroy(simulator: Simulator, vmid: int) -> Condition:
    """The first thing that the step of a destroy asks: which tasks there were, with the container stopped by then."""

    def holds(entry: Entry) -> bool:
        guest = simulator.world.container(vmid)
        stopped = guest is not None and guest.status == "stopped"
        return stopped and entry.path.endswith("/tasks") and entry.params.get("source") == "all"

    return holds


class Killed(BaseException):
    """The process ends here. No handler of the program catches it."""


def doomed(house: House, method: str, *, after: bool, **settings: Any) -> Engine:
    """The hands of a process that dies right before, or right after, it sends a write. To everybody else it is dead."""
    client: Any = gateway_to(house.simulator, house.cluster, house.clock)
    send = getattr(client, method)

    def dying(*args: Any, **kwargs: Any) -> str:
        if after:
            send(*args, **kwargs)
        raise Killed

    setattr(client, method, dying)
    engine = house.hands(**settings)
    engine.clients = {house.cluster: client}
    engine.owner = owner_that_died()
    return engine


def owner_that_died() -> str:
    """The owner of an operation whose process is gone."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    return f"{socket.gethostname()}:{gone.pid}:gone"


def die_while_creating(house: House, *, after: bool) -> Operation:
    """Die right before or after the request for a container web1; return what that process left behind. A task that was
    started has ended then.
    """
    plan = house.engine.plan_create(house.cluster, CreateRequest(TEMPLATE, "web1", node="pve1"))
    assert isinstance(plan, Plan)
    with pytest.raises(Killed):
        doomed(house, "create", after=after).create(plan)
    until(lambda: not house.clients[house.cluster].find_tasks("pve1", source="active"))
    (left,) = house.engine.mark_interrupted()
    return left


def die_while_deleting(house: House, plan: Plan, container: Any, method: str, *, after: bool) -> int:
    """Carry a hard delete out until the process dies; the id of the operation that it leaves behind."""
    engine = doomed(house, method, after=after)
    with pytest.raises(Killed):
        engine.delete(plan, container)
    (left,) = house.engine.mark_interrupted()
    return left.id


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """No file of this process can grow, or be written at all, beyond the first bytes that there is `room` for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(database: str) -> Iterator[None]:
    """Another program keeps every writer of the open database waiting, and is soon given up."""
    with impatient(database), held_by_another(database):
        yield


@contextmanager
def impatient(database: str) -> Iterator[None]:
    """Whoever waits for another writer of the open database soon gives up. Nobody else may use it at the beginning and
    at the end: it is opened again.
    """
    with patch.object(waits, "WRITER", 0.05):
        store.open_store(database)
    try:
        yield
    finally:
        store.open_store(database)


@contextmanager
def held_by_another(database: str) -> Iterator[None]:
    """Another program keeps every writer of a database waiting."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE store_change SET changes = changes")
        yield


def give_other_cards(simulator: Simulator, vmid: int) -> None:
    """Give a guest another hardware address: with our marker it may be ours, or a clone of ours."""
    simulator.world.set_config(vmid, net0="name=eth0,bridge=vmbr0,hwaddr=02:00:00:00:00:01,type=veth")


def without_node(name: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """A list without everything that it says of a node: it left the cluster."""
    return lambda rows: [row for row in rows if row.get("node") != name]


def in_row(vmid: int, **fields: Any) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """A change of the list of guests: these fields of one row."""
    return lambda rows: [row | fields if row.get("vmid") == vmid else row for row in rows]
