"""What a plan says of the space that its new volumes need. No refusal: a thin storage may hold more than it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proximity_tui.core.base.text import human_bytes

_LARGE_TEMPLATE = 1 << 30
"""Bytes that no template of Proxmox needs."""


def copy_warnings(needed: Mapping[str, int | None], free: Mapping[str, int | None], where: str = "") -> Iterator[str]:
    """Yield the warnings that copied volumes may not fit. Both are in bytes by storage, `free` without what is not
    known; `where` is added to the name of a storage: ` of pve2`.
    """
    for storage, size in sorted(needed.items()):
        yield from space_warnings(f"{storage}{where}", size, free.get(storage))


def download_warnings(storage: str, free: int | None) -> Iterator[str]:
    """Yield the warning that a template may not fit on a storage with so many free bytes, None where that is not known.
    Proxmox does not tell before how large a template is.
    """
    if free is None:
        yield f"not checked: whether {storage} has room; its free space is not known"
    elif free < _LARGE_TEMPLATE:
        yield (
            f"{storage} has only {human_bytes(free)} free, and the size of the template is not known before: when it is"
            " full, the download fails half way"
        )


def space_warnings(storage: str, needed: int | None, free: int | None) -> Iterator[str]:
    """Yield the warning that new volumes may not fit on a storage, or what is not known of it. `needed` and `free` are
    in bytes, None where that is not known.
    """
    if needed is None and free is None:
        yield f"not checked: whether {storage} has room; neither the size of the volumes nor its free space is known"
    elif needed is None:
        yield (
            f"not checked: whether {storage} has room; the size of the volumes is not known,"
            f" and {human_bytes(free or 0)} are free"
        )
    elif free is None:
        yield (
            f"not checked: whether {storage} has room; the volumes may grow to {human_bytes(needed)},"
            " and its free space is not known"
        )
    elif needed > free:
        yield (
            f"{storage} has only {human_bytes(free)} free, and the volumes may grow to {human_bytes(needed)}:"
            " when it is full, this fails half way"
        )


def growth_warnings(added: Mapping[str, int], free: Mapping[str, int | None]) -> Iterator[str]:
    """Yield the warnings that disks may not grow by so many bytes. Both are by storage, `free` without what is not
    known.
    """
    for storage, more in sorted(added.items()):
        room = free.get(storage)
        if room is None:
            yield f"not checked: whether {storage} has room for {human_bytes(more)} more; its free space is not known"
        elif more > room:
            yield (
                f"{storage} has only {human_bytes(room)} free, and {human_bytes(more)} are added: Proxmox refuses it,"
                " or the storage is full before the disk is"
            )
