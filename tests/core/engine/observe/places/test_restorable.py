"""Where a container can be restored to, as its own config or that of its backup tells it."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.observe.places import restorable


@pytest.mark.parametrize(
    ("config", "storage"),
    [
        ({"rootfs": "local-lvm:vm-101-disk-0,size=8G"}, "local-lvm"),
        ({"rootfs": "/srv/containers/101,size=8G"}, None),
        ({"hostname": "web-1"}, None),
        (None, None),
    ],
    ids=["a volume", "a path", "no root disk", "unread"],
)
def test_the_usual_storage_is_the_one_of_the_root_disk(config: dict[str, str] | None, storage: str | None) -> None:
    assert restorable._root_storage(config) == storage
