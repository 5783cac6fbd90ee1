"""An export: the same records give the same bytes, and nothing that is not of an export is ever touched."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core.model import PortMapping
from proximity_tui.insight.export.directory import NotAnExport, write
from proximity_tui.insight.export.export_content import MANIFEST, ExportedRecord, conf, files_of
from tests.support.records.make import NOON, container

CONFIG = {
    "digest": "d1",
    "hostname": "web1",
    "memory": 512,
    "description": "two\nlines, password=hunter2hunter2",
    "lxc": [["lxc.cap.drop", "sys_time"], ["lxc.apparmor.profile", "unconfined"]],
    "arch": "amd64",
}


def files(*vmids: int, **changes: Any) -> dict[str, bytes]:
    records = [
        ExportedRecord(container(id=vmid, vmid=vmid, ports=(PortMapping(8101, 80),)), {**CONFIG, **changes}, "d1", NOON)
        for vmid in vmids
    ]
    return files_of(records, 19)


def test_a_config_is_written_as_proxmox_writes_it_sorted_and_without_secrets() -> None:
    lines = conf(CONFIG).splitlines()
    assert lines[0] == "#two"
    assert "hunter2" not in conf(CONFIG)
    assert lines[2:5] == ["arch: amd64", "hostname: web1", "memory: 512"]
    assert [line.partition(":")[0] for line in lines[5:]] == ["lxc.cap.drop", "lxc.apparmor.profile"]


def test_the_same_records_write_nothing_again(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    first = write(folder, files(101, 102))
    assert first.written == ("prod/101.conf", "prod/102.conf", MANIFEST)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    again = write(folder, files(102, 101))
    assert (again.written, again.unchanged) == ((), 3)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    modes = {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_file()}
    assert (modes, oct((folder / "prod").stat().st_mode & 0o777)) == ({"0o600"}, "0o700")
    manifest = json.loads((folder / MANIFEST).read_bytes())
    assert manifest["records"][0]["ports"] == [{"public": 8101, "container": 80}]


def test_only_what_changed_is_written_and_what_vanished_is_removed(tmp_path: Path) -> None:
    write(tmp_path, files(101, 102, 103))
    (tmp_path / "prod/103.conf").write_text("a person wrote this\n")
    done = write(tmp_path, files(101, memory=1024))
    assert (done.written, done.removed, done.kept) == (
        ("prod/101.conf", MANIFEST),
        ("prod/102.conf",),
        ("prod/103.conf",),
    )
    assert (tmp_path / "prod/103.conf").read_text() == "a person wrote this\n"


def test_what_was_removed_is_named_in_order(tmp_path: Path) -> None:
    write(tmp_path, files(*range(101, 120)))
    assert write(tmp_path, files(101)).removed == tuple(f"prod/{vmid}.conf" for vmid in range(102, 120))


def stranger(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")


def other_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text('{"format": "something else"}')


def stranger_in_the_way(folder: Path) -> None:
    write(folder, files(102))
    (folder / "prod/101.conf").write_text("mine")


def link_elsewhere(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    write(folder, files(102))
    os.rename(folder / "prod", folder.parent / "moved")
    (folder / "prod").symlink_to(folder.parent / "elsewhere")


def path_outside(folder: Path) -> None:
    write(folder, files(102))
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"]["../victim.conf"] = "00"
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize("make", [stranger, other_manifest, stranger_in_the_way, link_elsewhere, path_outside])
def test_what_is_no_export_is_refused_and_left_as_it_was(tmp_path: Path, make: Any) -> None:
    folder = tmp_path / "fleet"
    folder.mkdir()
    make(folder)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(NotAnExport):
        write(folder, files(101))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_export_that_was_killed_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, files(101))
    replace, left = os.replace, [2]

    def dying(source: str, target: str) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        replace(source, target)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, files(101, 102, 103))
    monkeypatch.undo()
    write(tmp_path, files(101, 103, memory=1024))
    assert sorted(path.name for path in (tmp_path / "prod").iterdir()) == ["101.conf", "103.conf"]
