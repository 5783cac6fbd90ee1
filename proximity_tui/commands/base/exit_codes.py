"""Exit codes: the meaning of every ending for a script. The codes are an outer contract: they only ever grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.outcome import Outcome
    from proximity_tui.core.model import Refusal


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    UNANSWERED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    RESUMABLE = 75
    INTERRUPTED = 130


class CommandEnd(Exception):
    """Raised to end a command early. `more` goes into the JSON document beside `success` and `error`."""

    def __init__(self, code: Exit, reason: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.more = dict(more or {})


class CommandRefused(CommandEnd):
    """Raised to end a command with a refusal. `more` goes into the JSON document beside it."""

    def __init__(self, refusal: Refusal, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(of_refusal(refusal), refusal.reason, more)
        self.refusal = refusal


@value_object
class CommandEnding:
    """The ending of a command that failed: exit code, sentence for a person, and the other JSON fields."""

    code: Exit
    sentence: str
    refusal: Refusal | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document of this ending."""
        if self.refusal is not None:
            document = {"refused": {"code": self.refusal.code, "reason": self.refusal.reason}}
            return {"success": False, **document, **self.more}
        return {"success": False, "error": self.sentence, **self.more}


def of_refusal(refusal: Refusal) -> Exit:
    """Return the exit code of a refusal."""
    # What was refused is loaded already; a command that refuses nothing need not load it.
    from proximity_tui.core.model import RefusalCode

    match refusal.code:
        case RefusalCode.INVALID | RefusalCode.SAME_CLUSTER:
            return Exit.USAGE
        case RefusalCode.NOT_FOUND | RefusalCode.ABSENT | RefusalCode.CLOSED:
            return Exit.NOT_FOUND
        case (
            RefusalCode.MANAGED
            | RefusalCode.CHANGED
            | RefusalCode.BUSY
            | RefusalCode.VMID_TAKEN
            | RefusalCode.PORT_TAKEN
            | RefusalCode.NAME_TAKEN
        ):
            return Exit.CONFLICT
    return Exit.REFUSED


def of_result(result: Outcome) -> Exit:
    """Return the exit code of a plan that was executed, or was not."""
    from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable

    match result:
        case Done():
            return Exit.DONE
        case Refused(refusal):
            return of_refusal(refusal)
        case Resumable():
            return Exit.RESUMABLE
        case Failed(refusal=refusal):
            return Exit.FAILED if refusal is None else of_refusal(refusal)


def ending_of(error: Exception) -> CommandEnding | None:
    """Return the ending of a command that raised `error`; None for an unexpected error."""
    # What was raised is loaded already; what was not need not be loaded for `--help`.
    from proximity_tui.config.config_errors import ConfigError
    from proximity_tui.core.proxmox.errors import ProxmoxError
    from proximity_tui.core.store.db.store_errors import StoreError

    match error:
        case CommandRefused():
            return CommandEnding(error.code, error.reason, error.refusal, error.more)
        case CommandEnd():
            return CommandEnding(error.code, error.reason, None, error.more)
        case ConfigError():
            return CommandEnding(Exit.USAGE, str(error))
        case StoreError():
            return _of_store(error)
        case ProxmoxError():
            return _of_proxmox(error)
    return None


def _of_store(error: Exception) -> CommandEnding:
    from proximity_tui.core.store.db.store_errors import (
        Conflict,
        ForbiddenMove,
        LostRace,
        RecordNotFound,
        StoreMisconfigured,
    )

    match error:
        case ForbiddenMove():
            return CommandEnding(Exit.REFUSED, str(error), error.refusal)
        case RecordNotFound():
            return CommandEnding(Exit.NOT_FOUND, str(error))
        case Conflict() | LostRace():
            return CommandEnding(Exit.CONFLICT, str(error))
        case StoreMisconfigured():
            return CommandEnding(Exit.USAGE, str(error))
    return CommandEnding(Exit.FAILED, str(error))


def _of_proxmox(error: Exception) -> CommandEnding:
    from proximity_tui.core.model import Refusal, RefusalCode
    from proximity_tui.core.proxmox.errors import (
        CertificateMismatch,
        GuestNotFound,
        InvalidName,
        ReadOnly,
        SecondName,
        Unusable,
        WrongCluster,
    )
    from proximity_tui.core.proxmox.errors import RefusedByProxmox as SaidNo

    match error:
        case ReadOnly():
            return CommandEnding(Exit.REFUSED, error.sentence, Refusal(RefusalCode.READ_ONLY, error.sentence))
        case GuestNotFound():
            return CommandEnding(Exit.NOT_FOUND, error.sentence)
        case InvalidName() | Unusable():
            # Not that of a silence: Proxmox was not asked, and the other containers of a command can be.
            return CommandEnding(Exit.USAGE, error.sentence)
        case WrongCluster():
            return CommandEnding(
                Exit.REFUSED,
                error.sentence,
                Refusal(RefusalCode.WRONG_CLUSTER, error.sentence),
                {"expected": error.expected, "seen": error.seen},
            )
        case SecondName():
            return CommandEnding(Exit.USAGE, error.sentence, Refusal(RefusalCode.SAME_CLUSTER, error.sentence))
        case CertificateMismatch():
            more = {"expected": list(error.expected), "seen": error.seen}
            return CommandEnding(Exit.UNANSWERED, error.sentence, None, more)
        case SaidNo():
            return CommandEnding(Exit.FAILED, error.sentence)
    return CommandEnding(Exit.UNANSWERED, str(error))
