"""A cluster that a person wants to connect, and how it gets into the configuration. It asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proximity_tui.config import ClusterConfig, Settings
from proximity_tui.connecting import keeping
from proximity_tui.core.store import clusters
from proximity_tui.settings import editing
from proximity_tui.settings.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Wish:
    """A cluster to be; `values` is what the configuration will say of it, `pins` the certificates that are trusted.

    `typed` is a secret that is in no file yet.
    """

    cluster: ClusterConfig
    values: Mapping[str, Any]
    pins: tuple[str, ...]
    typed: str | None = field(repr=False)


class NameTaken(ConfigError):
    """Our records know another cluster by this name: its root CA is `known`, and `seen` is shown now."""

    def __init__(self, name: str, known: str, seen: str) -> None:
        super().__init__(f"our records know {name} as another cluster (root CA {known}); choose another name")
        self.known = known
        self.seen = seen


@contextmanager
def prepared(
    path: Path, before: str, wish: Wish, load: Callable[[Path], Settings]
) -> Iterator[tuple[editing.Draft, Settings]]:
    """The configuration with the cluster in it, as a draft, and the settings that `load` finds in that.

    The secret lies in its file by then; with the draft it is gone again if what follows fails. Raises ConfigError.
    """
    name = wish.cluster.name
    after = editing.with_cluster(before, name, dict(wish.values))
    with _secret_kept(keeping.secret_file(path, name), wish.typed), editing.draft(path, after, before) as draft:
        yield draft, load(draft.file)


def known_only_as(name: str, identity: str | None) -> str | None:
    """The root CA on record for this name. NameTaken for another one: records of another cluster have this name."""
    known = clusters.known_identity(name)
    if known is not None and identity is not None and known != identity:
        raise NameTaken(name, known, identity)
    return known


@contextmanager
def _secret_kept(file: Path, typed: str | None) -> Iterator[None]:
    """A secret that was typed, in a file that only its owner may read; gone again if what follows fails."""
    if typed is None:
        yield
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        editing.write_new(file, f"{typed}\n")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise
