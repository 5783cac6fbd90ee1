"""What a plan says of the space that its new volumes need. No refusal: a thin storage may hold more than it has."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.base.text import human_bytes


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
