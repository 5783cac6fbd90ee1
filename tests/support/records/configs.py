"""Configurations as text: a valid cluster to change one thing about, and reading it from a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from proximity_tui.config import load as config
from proximity_tui.config.schema import Settings

HEX = "ab" * 32
"""A certificate fingerprint as a person may type it."""

PINNED = ":".join(["AB"] * 32)
"""The same fingerprint as Proxmox VE shows it."""

Read = Callable[..., Settings]

_CLUSTER = {
    "url": '"https://pve1.example"',
    "token_id": '"proximity@pve!tui"',
    "token_secret": '{ env = "PROD_TOKEN" }',
    "fingerprint": f'"{HEX}"',
}


def cluster(name: str = "prod", **changes: str | None) -> str:
    """A valid cluster table with some keys changed, or left out where None."""
    lines = [f"{key} = {value}" for key, value in {**_CLUSTER, **changes}.items() if value is not None]
    return "\n".join([f"[clusters.{name}]", *lines])


def reader(folder: Path) -> Read:
    """Give a function that reads a configuration from text, in an environment that is empty unless given."""

    def read(toml: str = "", **options: object) -> Settings:
        path = folder / "proximity-tui.toml"
        path.write_text(toml)
        return config.load(path, **{"environ": {}, **options})  # type: ignore[arg-type]

    return read
