"""The names of the last lists, one file for each database: what a shell completes without asking a cluster.

It knows no setting, no address and no state, and nothing is decided by it: a command checks every name that it is
given. A cluster that did not answer keeps the names that it had. A file that is in doubt holds no names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from proximity_tui.config.files.private_file import read_private, write_private
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Inventory
from proximity_tui.core.model.guests.guest_list import all_listed_facts
from proximity_tui.last_list.file import identity_of, place_of

FORMAT = 1
"""Raised whenever the form changes: another version is ignored, in both directions."""
LARGEST = 2 * 1024 * 1024
"""Bytes of a file; a larger one is not ours."""
_HELD = {"rootdir", "images", "backup"}
"""What a storage holds that a command may name."""


@value_object
class ListedNames:
    """The names in the last lists of one cluster, in order."""

    guests: tuple[str, ...] = ()
    """The VMIDs of its containers, managed or not, without the templates."""
    nodes: tuple[str, ...] = ()
    storages: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    """The volumes of the container templates on its storages."""


def names_in(inventory: Inventory) -> ListedNames:
    """Return the names in a list of everything. It has no templates of storages."""
    guests = tuple(all_listed_facts(inventory.guests))
    return ListedNames(
        guests=tuple(str(one.vmid) for one in guests if one.is_container and not one.template),
        nodes=tuple(sorted(inventory.nodes)),
        storages=tuple(sorted({one.storage for one in inventory.storages.values() if _HELD & {*one.content}})),
        pools=tuple(sorted({one.pool for one in guests if one.pool})),
    )


def names_file(url: str) -> Path | None:
    """Return where the names are kept: called as the last list of the same database, in a folder of their own. None for
    a user without a home.
    """
    of_list = place_of(url)
    return None if of_list is None else of_list.parent.with_name("names") / of_list.name


def read(url: str) -> Mapping[str, ListedNames]:
    """Return the names of the last lists by cluster; none where there is no file or it is in doubt."""
    place, identity = names_file(url), identity_of(url)
    text = read_private(place, LARGEST) if place is not None else None
    try:
        found = json.loads(text or "")
        if found["format"] != FORMAT or identity is None or found["database"] != identity:
            return {}
        return {plain(name): _names(one) for name, one in found["clusters"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def keep(url: str, inventories: Iterable[Inventory]) -> None:
    """Keep the names in these lists in place of those of before, and those of other clusters. Raises OSError."""
    before, changed = read(url), dict[str, ListedNames]()
    for one in inventories:
        # A list of everything has no templates: those of before stay.
        templates = before.get(one.cluster, ListedNames()).templates
        changed[one.cluster] = replace(names_in(one), templates=templates)
    _write(url, before, changed)


def keep_templates(url: str, templates: Mapping[str, Iterable[str]]) -> None:
    """Keep the volumes of the templates of these clusters in place of those of before. Raises OSError."""
    before = read(url)
    found = {name: tuple(sorted({*volumes})) for name, volumes in templates.items()}
    changed = {name: replace(before.get(name, ListedNames()), templates=one) for name, one in found.items()}
    _write(url, before, changed)


def _write(url: str, before: Mapping[str, ListedNames], changed: Mapping[str, ListedNames]) -> None:
    place, identity, after = names_file(url), identity_of(url), {**before, **changed}
    if place is None or identity is None or after == before:
        return
    clusters = {name: {one.name: getattr(names, one.name) for one in fields(names)} for name, names in after.items()}
    content = {"format": FORMAT, "database": identity, "clusters": clusters}
    write_private(place, json.dumps(content, separators=(",", ":")))


def _names(found: Mapping[str, Any]) -> ListedNames:
    return ListedNames(**{one.name: tuple(plain(name) for name in found[one.name]) for one in fields(ListedNames)})
