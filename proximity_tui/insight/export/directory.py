"""The directory of an export: written file by file, each at once, and brought up to date by what its manifest says.

A file that is not of an export is never overwritten or removed. Directories are 0700, files 0600.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Container, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.insight.export.export_content import FORMAT, MANIFEST, VERSION, to_json

_WRITING = "writing"
"""The key of the manifest that names every file, with each content it may have, while files are written: they are ours
after a crash, too.
"""


class NotAnExport(Exception):
    """The directory holds something that is not of an export. Nothing in it was changed."""


@value_object
class Exported:
    """What was done with the files of an export, by their paths."""

    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Files of records that are gone which were changed by somebody since: they are not ours to remove."""


def write(folder: Path, files: Mapping[str, bytes]) -> Exported:
    """Bring `folder` up to date with these files, the manifest among them, and return what was done.

    Raises `NotAnExport` for a directory with anything in it that is not of an export, and OSError.
    """
    before = _manifest_of(folder)
    known = _known(before)
    _check_new(folder, files, known)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    changed = [path for path, content in sorted(files.items()) if path != MANIFEST and _read(folder / path) != content]
    if changed:
        ours = {path: sorted(known[path]) for path in known} | {
            path: sorted({*known.get(path, ()), _digest(files[path])}) for path in changed
        }
        intent = {"format": FORMAT, "version": VERSION, **before, _WRITING: ours}
        _replace(folder / MANIFEST, to_json(intent))
    for path in changed:
        _replace(folder / path, files[path])
    gone = [path for path in sorted(known) if path not in files]
    kept = [path for path in gone if not _remove(folder, path, known[path])]
    removed = [path for path in gone if path not in kept]
    if _read(folder / MANIFEST) != files[MANIFEST]:
        _replace(folder / MANIFEST, files[MANIFEST])
        changed.append(MANIFEST)
    return Exported(tuple(changed), len(files) - len(changed), tuple(removed), tuple(kept))


def _manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of an earlier export; empty where the directory is new or empty. Raises NotAnExport."""
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise NotAnExport(f"{folder} is not a directory")
    content = _read(folder / MANIFEST)
    if content is None:
        # An empty repository is where the first export goes.
        strangers = sorted(one.name for one in folder.iterdir() if not one.name.startswith(".git"))
        if strangers:
            raise NotAnExport(f"{folder} is not empty and no export of ours (it has {strangers[0]})")
        return {}
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotAnExport(f"{folder / MANIFEST} is not the manifest of an export of ours")
    if found.get("version") != VERSION:
        raise NotAnExport(f"{folder} was exported by another version of this program")
    if not all(map(_is_inside, (*found.get("files", ()), *found.get(_WRITING, ())))):
        raise NotAnExport(f"{folder / MANIFEST} names files outside of the export")
    return found


def _is_inside(path: object) -> bool:
    """Return whether a path in a manifest is one that an export can have: a file in a folder of a cluster."""
    parts = PurePosixPath(path).parts if isinstance(path, str) else ()
    return len(parts) == 2 and not {"..", ".", "/"} & set(parts) and parts[1].endswith(".conf")


def _known(manifest: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the files of an earlier export, each with the digests that it may have."""
    known = {path: frozenset(digests) for path, digests in manifest.get(_WRITING, {}).items()}
    for path, digest in manifest.get("files", {}).items():
        known[path] = known.get(path, frozenset()) | {digest}
    return known


def _check_new(folder: Path, files: Mapping[str, bytes], known: Container[str]) -> None:
    """Raise NotAnExport where a file that is to be written is there already and not ours, or would lead elsewhere."""
    for path, content in files.items():
        place = folder / path
        if place.parent.is_symlink() or place.is_symlink():
            raise NotAnExport(f"{place} leads elsewhere: a link is never followed")
        if path not in known and path != MANIFEST and _read(place) not in (None, content):
            raise NotAnExport(f"{place} is not of an export of ours")


def _remove(folder: Path, path: str, digests: Container[str]) -> bool:
    """Remove a file of an earlier export as it was written; return whether it is gone."""
    place = folder / path
    content = None if place.parent.is_symlink() or place.is_symlink() else _read(place)
    if content is None:
        return not os.path.lexists(place)
    if _digest(content) not in digests:
        return False
    place.unlink()
    if not any(place.parent.iterdir()):
        place.parent.rmdir()
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None


def _replace(place: Path, content: bytes) -> None:
    """Write a file at once: whoever reads it meanwhile has the old one, or the new one."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".export-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except BaseException:
        os.unlink(name)
        raise
