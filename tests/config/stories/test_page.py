"""docs/configuration.md has every setting and nothing else; its defaults, bounds and examples are those of the code."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import Settings
from proximity_tui.simulator.tls.certificate import make_root
from tests.support.records.configs import HEX, Read, reader

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
NOBODY = "zzzzqqqq"
"""A key that is near to none, so that the refusal lists all that are known."""

CLUSTER = {
    "url": '"https://pve1"',
    "token_id": '"proximity@pve!tui"',
    "token_secret": '{ env = "X" }',
    "fingerprint": f'"{HEX}"',
}
CHANNEL = {"name": '"oncall"', "url": '"jsons://x/y"', "quiet_hours": '"22:00-07:00"'}
IN_ALL = {*(f"clusters.NAME.{key}" for key in CLUSTER), *(f"notify.{key}" for key in CHANNEL)}
"""What every configuration of this module holds."""
INSTEAD = {"urls": "url", "ca_file": "fingerprint", "insecure": "fingerprint"}


class Row(NamedTuple):
    """One setting as the page has it; `default` and `example` are TOML, `bounds` too."""

    key: str
    default: str | None
    bounds: tuple[str, str] | None
    example: str


def rows() -> list[Row]:
    found = []
    for line in PAGE.splitlines():
        if not line.startswith("| `"):
            continue
        key, default, allowed, example = (cell.strip() for cell in line.strip("|").split("|"))
        bounds = re.match(r"`([^`]+)` to `([^`]+)`", allowed)
        shown = default.strip("`") if default.startswith("`") else None
        found.append(Row(key.strip("`"), shown, (bounds[1], bounds[2]) if bounds else None, example.strip("`")))
    return found


ROWS = rows()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def written(key: str = "", value: str = "") -> str:
    """A configuration with a cluster and a channel, and one setting besides."""
    *table, last = key.split(".")
    cluster, channel, more = dict(CLUSTER), dict(CHANNEL), ""
    if table == ["clusters", "NAME"]:
        if not (last == "insecure" and value == "false"):
            cluster.pop(INSTEAD.get(last, ""), None)
        cluster[last] = value
    elif table == ["notify"]:
        channel[last] = value
    elif key:
        more = f"{key} = {value}\n"
    lines = [more, "[clusters.prod]", *(f"{name} = {text}" for name, text in cluster.items())]
    return "\n".join([*lines, "[[notify]]", *(f"{name} = {text}" for name, text in channel.items())])


def meaning(settings: Settings) -> Any:
    return dataclasses.replace(settings, origins={}), dict(settings.clusters)


def known(read: Read, table: str) -> list[str] | None:
    """The keys that may stand in a table; None for what is no table, or may hold any key."""
    head = f"[[{table}]]\n" if table == "notify" else f"[{table}]\n" if table else ""
    with pytest.raises(ConfigError) as refused:
        read(f"{head}{NOBODY} = 1\n")
    listed = str(refused.value).partition("known here: ")[2]
    return listed.split(", ") if listed else None


def settings_of(read: Read, table: str = "") -> set[str]:
    found: set[str] = set()
    for key in known(read, table) or ():
        name = f"{table}.{key}" if table else key
        inner = f"{name}.prod" if name == "clusters" else name
        found |= settings_of(read, inner) if known(read, inner) is not None else {name}
    return found


def test_every_setting_stands_on_the_page_and_nothing_else(read: Read) -> None:
    real = {name.replace("clusters.prod", "clusters.NAME") for name in settings_of(read)}
    assert {row.key for row in ROWS} == real | {"shell"}
    assert len(ROWS) == len({row.key for row in ROWS})


def test_a_default_of_the_page_is_the_one_of_the_program(read: Read) -> None:
    usual = meaning(read(written()))
    defaults = {row.key: row.default for row in ROWS if row.default}
    assert len(defaults) > len(ROWS) / 2
    assert [key for key, default in defaults.items() if meaning(read(written(key, default))) != usual] == []


def test_every_example_is_taken_and_changes_something(read: Read, tmp_path: Path) -> None:
    (tmp_path / "pve-root-ca.pem").write_text(make_root().pem)
    usual = read(written()).origins
    assert [
        row.key for row in ROWS if read(written(row.key, row.example)).origins == usual and row.key not in IN_ALL
    ] == []


def test_bounds_are_taken_and_what_lies_beyond_is_not(read: Read) -> None:
    bounded = [row for row in ROWS if row.bounds]
    assert len(bounded) > 20
    for row in bounded:
        assert row.bounds
        for bound, step in zip(row.bounds, (-1, 1), strict=True):
            read(written(row.key, bound))
            with pytest.raises(ConfigError, match=re.escape(row.key)):
                read(written(row.key, beyond(bound, step)))


def beyond(bound: str, step: int) -> str:
    value = tomllib.loads(f"x = {bound}")["x"]
    if isinstance(value, str):
        number, unit = value[:-1], value[-1]
        return f'"{int(number) + step}{unit}"'
    return str(value + step)


def test_the_example_at_the_top_is_a_configuration(read: Read) -> None:
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    assert list(read(example).clusters) == ["prod"]
