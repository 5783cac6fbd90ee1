"""The errors of a call to Proxmox VE, sorted by what may be concluded from them (law 2, law 5).

Every error carries a sentence for a person, and `may_have_run`: whether a write may have happened all the same.
`translate` makes these errors from answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from proximity_tui.core.base.text import describe, first_of


class Failure(StrEnum):
    """The kind of an error, for code that only shows it."""

    FAILED = "failed"
    NOT_FOUND = "not found"
    DENIED = "denied"
    REFUSED = "refused by Proxmox"
    READ_ONLY = "read-only"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate mismatch"
    WRONG_CLUSTER = "wrong cluster"
    SECOND_NAME = "second name"
    UNAUTHENTICATED = "unauthenticated"
    UNKNOWN = "unknown"
    INVALID_NAME = "invalid name"
    UNEXPECTED = "unexpected error"
    """An error of this program, for which Proxmox is not to blame."""


class ProxmoxError(Exception):
    """The base. `sentence` says what happened, to what, and, by `advice`, what to do; it never holds a secret."""

    failure: ClassVar[Failure] = Failure.FAILED

    def __init__(self, happened: str, *, about: str = "", advice: str = "", may_have_run: bool = False) -> None:
        """`about` are the words before `happened`: the cluster, and the request or the server."""
        self.brief = f"{happened}; {advice}" if advice else happened
        """The sentence without what it is about, for who sees that above it."""
        self.sentence = f"{about}{self.brief}"
        super().__init__(self.sentence)
        self.happened = f"{about}{happened}"
        """The sentence without the advice."""
        self.may_have_run = may_have_run

    def __str__(self) -> str:
        return self.sentence


class GuestNotFound(ProxmoxError):
    """Definite: `node` does not own the guest `vmid` (it may be on another node), or, without a vmid, the cluster does
    not know the node. A 403 and every failure of the transport are never this.
    """

    failure = Failure.NOT_FOUND

    def __init__(self, sentence: str, *, node: str | None, vmid: int | None = None) -> None:
        super().__init__(sentence)
        self.node = node
        self.vmid = vmid


class Denied(ProxmoxError):
    """403: our token lacks `privilege` on `path`. Both are None when Proxmox names neither. It does not tell whether
    the thing exists.
    """

    failure = Failure.DENIED

    def __init__(
        self, happened: str, *, about: str = "", privilege: str | None = None, path: str | None = None
    ) -> None:
        super().__init__(happened, about=about)
        self.privilege = privilege
        self.path = path


class RefusedByProxmox(ProxmoxError):
    """Proxmox refused at once, with a message. `reason` is its own text, `errors` its text per parameter."""

    failure = Failure.REFUSED

    def __init__(
        self,
        happened: str,
        *,
        reason: str,
        errors: Mapping[str, str] | None = None,
        about: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(happened, about=about, advice=advice)
        self.reason = reason
        self.errors = dict(errors or {})

    @property
    def has_no_such_call(self) -> bool:
        """True when this Proxmox does not know the call at all: then it lacks the feature, too. A reverse proxy may
        have replaced Proxmox's words by those of HTTP, "Not Implemented".
        """
        return "not implemented" in self.reason.casefold()


class Busy(RefusedByProxmox):
    """Something else holds the guest: its config is locked, or the lock file was not available in time."""


class ConfigChanged(RefusedByProxmox):
    """The config is not the one whose digest was sent: somebody else was faster, so Proxmox did nothing."""


class ReadOnly(RefusedByProxmox):
    """Our own refusal: this client may only read. Nothing was sent."""

    failure = Failure.READ_ONLY


class InvalidName(ProxmoxError):
    """A node, VMID, storage, volume, snapshot or task that cannot be called so: it cannot be part of a request, so
    nothing was sent. It tells nothing about the cluster, and not whether the thing exists. `reason` says what it is
    not.
    """

    failure = Failure.INVALID_NAME

    def __init__(self, what: str, shown: str) -> None:
        happened = f"{shown} is not {what}, so nothing was sent to Proxmox"
        super().__init__(happened, advice="correct it where it was typed, or in the record that has it")
        self.reason = f"not {what}: {shown}"


class Unreachable(ProxmoxError):
    """No connection was made (refused, timed out, unknown name, TLS), so nothing was sent and nothing ran."""

    failure = Failure.UNREACHABLE


class Unusable(Unreachable):
    """What the configuration names for the cluster, its token or its CA file, cannot be used now: nothing was sent."""


class CertificateMismatch(Unreachable):
    """The server showed another certificate than the trusted one; not a byte of HTTP was sent to it."""

    failure = Failure.CERTIFICATE

    def __init__(self, cluster: str, url: str, *, expected: tuple[str, ...], seen: str) -> None:
        """The sentence names the certificate that the server showed, and the `expected` ones, which are trusted."""
        trusted = f"{'the' if len(expected) == 1 else 'one of the'} trusted {describe(expected)}"
        happened = f"{url} shows the certificate {seen}, not {trusted}; nothing was sent to it"
        compare = "Compare it with the node's certificate page before trusting it"
        super().__init__(f"{happened}. {compare}", about=f"{cluster}: ")
        self.expected = expected
        self.seen = seen
        # Whole they fill a banner: there what to do stands before them, and nothing is said twice.
        full = f"In full: {seen} is shown by {url}, trusted: {describe(expected)}"
        self.short_first = f"{self.in_short}; nothing was sent to it. {compare}. {full}"
        # In a narrow row the address would stand where what happened ought to.
        self.brief = f"certificate changed: {self.in_short}; nothing was sent to it. {compare}"

    @property
    def in_short(self) -> str:
        """Both in so few characters that a narrow line has room for them."""
        trusted = first_of([_in_short(one) for one in self.expected], 2)
        return f"{_in_short(self.seen)} is shown, trusted: {trusted}"


class WrongCluster(Unreachable):
    """Another cluster than the one we know by this name: the root CA `seen` is not the one `expected`. No write was
    sent, and no answer believed.
    """

    failure = Failure.WRONG_CLUSTER

    def __init__(self, happened: str, *, about: str, expected: str, seen: str) -> None:
        super().__init__(happened, about=about)
        self.expected = expected
        self.seen = seen


class SecondName(Unreachable):
    """The cluster has another name in our records already, `known_as`. No write was sent, and no answer believed."""

    failure = Failure.SECOND_NAME

    def __init__(self, sentence: str, *, known_as: str) -> None:
        super().__init__(sentence)
        self.known_as = known_as


class Unauthenticated(Unreachable):
    """401: Proxmox does not accept our token (wrong, expired, disabled or removed: it does not tell which)."""

    failure = Failure.UNAUTHENTICATED


class Unknown(ProxmoxError):
    """No usable answer: a timeout after sending, a dropped connection, 595..599, or something that is not an answer of
    Proxmox. For a write, `may_have_run` says whether the task must be looked up (law 5). `elsewhere` says that it was
    this server, or something before it, so that another URL of the cluster may answer a read. `unanswered` says that no
    complete answer of the server came, so that any other question may take as long. `raw` is the beginning of an
    unusable answer: one plain line without secrets, empty where nothing came.
    """

    failure = Failure.UNKNOWN

    def __init__(
        self,
        happened: str,
        *,
        about: str = "",
        advice: str = "",
        may_have_run: bool = False,
        elsewhere: bool = False,
        unanswered: bool = False,
        raw: str = "",
    ) -> None:
        super().__init__(happened, about=about, advice=advice, may_have_run=may_have_run)
        self.elsewhere = elsewhere
        self.unanswered = unanswered
        self.raw = raw


def _in_short(fingerprint: str) -> str:
    """Return the beginning of a fingerprint."""
    return f"{fingerprint[:11]}…"
