"""An empty container as a clinical record says, as a shell line: with every setting of it, for root on the node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.changing.settings import without_marker
from proximity_tui.core.doctrine.actions.restore.recreating import NOT_SET, gib_of, storage_of
from proximity_tui.core.doctrine.pct_commands.shell_line import masked_settings, shell_line
from proximity_tui.core.model import CreateRequest
from proximity_tui.core.model.guests.guest_config import ROOT, Device, Properties, properties

_NOT_GIVEN = NOT_SET - {"arch", "unprivileged"}
_DESCRIPTION = "description"


def recreation_line(request: CreateRequest, config: Mapping[str, Any], vmid: int, storage: str) -> str:
    """Return the command that makes the empty container, for root on the node; secrets are masked, and named after it.

    What a person makes by hand was not created by us, so our marker is no part of its description.
    """
    shown, hidden = masked_settings(dict(_settings(request, config, storage)))
    line = shell_line("pct", "create", str(vmid), request.template, **shown)
    return f"{line}  # secrets in {describe(hidden)} are masked: write them in first" if hidden else line


def _settings(request: CreateRequest, config: Mapping[str, Any], storage: str) -> Iterator[tuple[str, str]]:
    for key in sorted(config):
        value = str(config[key])
        if key in _NOT_GIVEN or key.startswith(Device.UNUSED):
            continue
        if key == ROOT:
            value = f"{storage}:{request.disk_gib}"
        elif key == _DESCRIPTION:
            value = without_marker(value)
        elif key.startswith(Device.MOUNT) and not properties(value).is_folder:
            value = _empty_volume(properties(value))
        if value:
            yield key, value


def _empty_volume(mount: Properties) -> str:
    rest = "".join(f",{name}={value}" for name, value in mount.named.items() if name not in ("size", "volume"))
    return f"{storage_of(mount) or 'STORAGE'}:{gib_of(mount)}{rest}"
