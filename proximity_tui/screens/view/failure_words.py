"""Why a cluster gives no list, in two or three words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.proxmox.errors import Failure

_WORDS: Mapping[Failure, str] = {
    Failure.UNREACHABLE: "unreachable",
    Failure.UNAUTHENTICATED: "token refused",
    Failure.CERTIFICATE: "certificate changed",
    Failure.DENIED: "forbidden",
    Failure.WRONG_CLUSTER: "another cluster answers",
    Failure.SECOND_NAME: "has another name already",
    Failure.UNKNOWN: "no usable answer",
    Failure.UNEXPECTED: "unexpected error",
}


def failure_words(failure: Failure | None) -> str:
    """Return the words for a failure, `failed` where there are no better ones."""
    return _WORDS.get(failure or Failure.FAILED, "failed")
