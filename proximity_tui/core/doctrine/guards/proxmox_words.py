"""What Proxmox means by the words of a failure, and what to do about it.

Most of what can forbid an action meets it twice: at the request, or only in its task. Both are judged here, so that
they have one code, one advice and one exit code. The words are those of its source and of recorded answers; what is
unknown stays a plain failure.
"""

from __future__ import annotations

import re

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import RefusalCode
from proximity_tui.core.model.required_privileges import WHERE_TOLD


@value_object
class Meaning:
    """The meaning of a failure. `code` is that of the refusal that the words are at a request; None for a failure."""

    code: RefusalCode | None
    advice: str

    @property
    def code_in_task(self) -> RefusalCode | None:
        """The same for a task: None for what one may meet half way, such as a destroy that has freed a volume."""
        return None if self.code in _HALF_WAY else self.code


_HALF_WAY = frozenset({RefusalCode.NO_QUORUM, RefusalCode.INACTIVE, RefusalCode.OFFLINE})


LOCKED = Meaning(RefusalCode.LOCKED, "wait until whatever holds the lock is done")

_MEANINGS: tuple[tuple[str, Meaning], ...] = (
    # pmxcfs refuses every write without a quorum: by a sentence, or as a file system does.
    (r"no quorum|unable to open file '/etc/pve/\S+ - Permission denied",
     Meaning(RefusalCode.NO_QUORUM, "`pvecm status` on a node tells which nodes are missing")),
    (r"(?:CT|VM) is locked|can't lock file|got lock(?: request)? timeout|Failed to obtain guest migration lock",
     LOCKED),
    (r"Permission check failed|[Oo]nly root can|only allowed for root@pam", Meaning(RefusalCode.DENIED, WHERE_TOLD)),
    (r"detected modified configuration", Meaning(RefusalCode.CHANGED, "make the plan again")),
    (r"(?:CT|VM) \d+ already exists", Meaning(RefusalCode.CHANGED, "its VMID was taken: make the plan again")),
    (r"Configuration file 'nodes/\S+\.conf' does not exist|unable to find (?:CT|VM) '?\d+",
     Meaning(RefusalCode.CHANGED, "it was removed or moved meanwhile: make the plan again")),
    (r"volume '\S+:vztmpl/\S+' does not exist",
     Meaning(RefusalCode.CHANGED, "`proximity-tui templates` lists the templates that are there")),
    (r"volume '\S+:backup/\S+' does not exist", Meaning(RefusalCode.CHANGED, "choose another backup")),
    (r"snapshot name '\S+' already used", Meaning(RefusalCode.NAME_TAKEN, "choose another name")),
    (r"snapshot '\S+' does not exist",
     Meaning(RefusalCode.CHANGED, "`proximity-tui snapshot list CONTAINER` shows what is there")),
    (r"snapshot feature is not available", Meaning(RefusalCode.NO_SNAPSHOTS, "one of its volumes takes no snapshots")),
    (r"(?:CT|VM) \d+ already running", Meaning(RefusalCode.ALREADY_RUNNING, "it was started meanwhile")),
    # Proxmox says the same of one that is gone or on another node.
    (r"(?:CT|VM) \d+ not running",
     Meaning(RefusalCode.CHANGED, "it was stopped or moved meanwhile: make the plan again")),
    (r"container is running|clone of a running container|can't migrate running container",
     Meaning(RefusalCode.RUNNING, "it was started meanwhile: make the plan again")),
    (r"can't start a CT if it's a template", Meaning(RefusalCode.TEMPLATE, "a template is cloned, and never started")),
    (r"protection mode enabled", Meaning(RefusalCode.PROTECTED, "clear its protection first, if it may go")),
    (r"used in HA resources", Meaning(RefusalCode.HA_MANAGED, "remove it from HA first")),
    (r"[Tt]here is a replication job", Meaning(RefusalCode.REPLICATED, "remove its replication job first")),
    (r"number of protected backups per guest is limited",
     Meaning(RefusalCode.BACKUP_LIMIT, "take the protection from an old one, or choose another storage")),
    (r"[Nn]o space left|[Dd]isk quota exceeded|[Ii]nsufficient free space|out of space|not enough [a-z ]*space",
     Meaning(None, "free some space there, or choose another storage")),
    (r"storage '\S+' is not (?:online|available on node)|could not activate storage",
     Meaning(RefusalCode.INACTIVE, "`proximity-tui storages` shows which are active")),
    (r"No route to host|hostname lookup '\S+' failed|ssh: connect to host|no such cluster node",
     Meaning(RefusalCode.OFFLINE, "`proximity-tui nodes` shows which nodes answer")),
)  # fmt: skip

_PATTERNS = tuple((re.compile(pattern), meaning) for pattern, meaning in _MEANINGS)


def meaning_of(words: str) -> Meaning | None:
    """Return the meaning of the words of a failure; None where it is not known."""
    return next((meaning for pattern, meaning in _PATTERNS if pattern.search(words)), None)


def advised(happened: str, meaning: Meaning | None) -> str:
    """Return the sentence about a failure: what happened, which says no advice yet, and the advice of its meaning."""
    return happened if meaning is None else f"{happened}; {meaning.advice}"
