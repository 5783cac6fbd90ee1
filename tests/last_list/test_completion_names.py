"""The names of the last lists: kept by cluster, private, and none where the file is in doubt."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proximity_tui.core.model import Guest, Inventory, Quorum, Status
from proximity_tui.core.model.node import NodeReading, NodeStatus, StorageReading, StorageStatus
from proximity_tui.last_list import completion_names
from proximity_tui.last_list.completion_names import ListedNames


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "proximity.db").write_text("a database")
    return f"sqlite:///{tmp_path / 'proximity.db'}"


def inventory(cluster: str, *guests: Guest) -> Inventory:
    """A list with these guests, one node and one storage for containers and one for images of CDs."""
    storages = {
        f"pve1/{name}": StorageReading("pve1", name, StorageStatus.AVAILABLE, content=(content,))
        for name, content in (("tank", "rootdir"), ("cds", "iso"))
    }
    node = NodeReading("pve1", NodeStatus.ONLINE)
    by_vmid, at = {one.vmid: one for one in guests}, datetime(2026, 1, 1, tzinfo=UTC)
    return Inventory(cluster, at, by_vmid, {"pve1": node}, Quorum(True), True, storages=storages)


WEB = Guest(101, "pve1", "lxc", Status.RUNNING, name="web", pool="shop")


def place(url: str) -> Path:
    found = completion_names.names_file(url)
    assert found is not None
    return found


def test_the_names_of_a_list_are_kept_without_virtual_machines_and_templates(url: str) -> None:
    mould = Guest(900, "pve1", "lxc", Status.STOPPED, template=True)
    completion_names.keep(url, [inventory("prod", WEB, Guest(200, "pve1", "qemu", Status.RUNNING), mould)])
    assert completion_names.read(url) == {"prod": ListedNames(("101",), ("pve1",), ("tank",), ("shop",), ())}
    assert stat.S_IMODE(place(url).stat().st_mode) == 0o600


def test_a_silent_cluster_and_the_templates_keep_their_names(url: str) -> None:
    completion_names.keep(url, [inventory("prod", WEB), inventory("edge", WEB)])
    completion_names.keep_templates(url, {"prod": ["local:vztmpl/b", "local:vztmpl/a"]})
    completion_names.keep(url, [inventory("prod")])
    found = completion_names.read(url)
    assert (found["prod"].guests, found["edge"].guests) == ((), ("101",))
    assert found["prod"].templates == ("local:vztmpl/a", "local:vztmpl/b")


def test_the_same_names_are_not_written_again(url: str) -> None:
    completion_names.keep(url, [inventory("prod", WEB)])
    before = place(url).stat().st_ino, place(url).stat().st_mtime_ns
    completion_names.keep(url, [inventory("prod", WEB)])
    assert (place(url).stat().st_ino, place(url).stat().st_mtime_ns) == before


@pytest.mark.parametrize("change", [{"format": 0}, {"database": "another"}, {"clusters": {"prod": {"guests": 7}}}])
def test_what_is_in_doubt_holds_no_names(url: str, change: dict[str, object]) -> None:
    completion_names.keep(url, [inventory("prod", WEB)])
    place(url).write_text(json.dumps({**json.loads(place(url).read_text()), **change}))
    assert completion_names.read(url) == {}


def test_an_escape_sequence_in_the_file_reaches_no_terminal(url: str) -> None:
    completion_names.keep(url, [inventory("prod", WEB)])
    place(url).write_text(place(url).read_text().replace("shop", "\\u001b[2J"))
    assert "\x1b" not in completion_names.read(url)["prod"].pools[0]
