"""The snapshots of a guest: what was recorded of a real one, and rows that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proximity_tui.core.proxmox import errors
from tests.core.proxmox.scripted import ok

RECORDED = [
    {"description": "first\n", "name": "snap1", "snaptime": 1795420663},
    {"description": "", "name": "snap2", "snaptime": 1795420664, "parent": "snap1"},
    {"parent": "snap2", "digest": "a17dcb9c", "running": 1, "description": "You are here!", "name": "current"},
]


def test_a_recorded_list_has_notes_times_parents_and_the_present(serve, gateway_to):
    found = gateway_to(serve(ok(RECORDED))).snapshots("pve1", 102)
    first, second = found.snapshots
    assert (first.name, first.note, first.parent) == ("snap1", "first", None)
    assert first.at == datetime.fromtimestamp(1795420663, UTC)
    assert (second.name, second.note, second.parent) == ("snap2", "", "snap1")
    assert (found.parent, found.digest, found.gaps) == ("snap2", "a17dcb9c", ())


def test_a_field_that_cannot_be_read_is_unknown_and_a_row_without_a_name_is_set_aside(serve, gateway_to):
    rows = [{"name": "odd", "snaptime": "soon", "description": ["a"], "parent": {}}, {"snaptime": 1}, *RECORDED]
    found = gateway_to(serve(ok(rows))).snapshots("pve1", 102)
    odd = found.find("odd")
    assert odd is not None
    assert (odd.at, odd.note, odd.parent) == (None, None, None)
    assert len(odd.unknown) == 3
    assert [gap for gap in found.gaps if "set aside" in gap]
    assert len(found.snapshots) == 3


@pytest.mark.parametrize("answer", [[], None, [{"snaptime": 1}], "snap1"], ids=str)
def test_an_answer_without_any_row_is_no_empty_list(serve, gateway_to, answer):
    with pytest.raises(errors.ProxmoxError):
        gateway_to(serve(ok(answer))).snapshots("pve1", 102)


def test_the_simulated_list_the_config_of_a_snapshot_and_the_feature(lab, client):
    lab.world.add_container(110, node="pve1", hostname="kept", snapshots=["base", "later"])
    lab.world.add_container(111, node="pve1", storage="local", hostname="raw")
    found = client.snapshots("pve1", 110)
    assert [(one.name, one.parent) for one in found.snapshots] == [("base", None), ("later", "base")]
    assert found.digest == lab.world.container(110).digest
    assert client.snapshot_config("pve1", 110, "base")["hostname"] == "kept"
    assert (client.can_snapshot("pve1", 110), client.can_snapshot("pve1", 111)) == (True, False)
