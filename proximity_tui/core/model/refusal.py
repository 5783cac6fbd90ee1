"""The refusal of an action: a code for scripts, and a reason for a person."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class RefusalCode(StrEnum):
    """The code of a refusal. The words are an outer contract (JSON): add, never rename."""

    ABSENT = "absent"
    """The guest is proved not to be there."""
    ADOPTED = "adopted"
    """The guest was there before us, so it is never destroyed (law 1)."""
    ALREADY_RUNNING = "already_running"
    ALREADY_STOPPED = "already_stopped"
    BACKUP_LIMIT = "backup_limit"
    """The storage keeps no further protected backup of the guest."""
    BACKUP_STORAGE = "backup_storage"
    """No storage for the backup, or more than one to choose from."""
    BIND_MOUNT = "bind_mount"
    BUSY = "busy"
    """An operation of ours, or a task of Proxmox, is at work on it."""
    CHANGED = "changed"
    """It is not what the plan was made from any more."""
    CLOSED = "closed"
    """The record is a tombstone."""
    CONFIRMATION = "confirmation"
    """Nobody agreed, or what was typed is wrong."""
    DENIED = "denied"
    """Our token lacks a privilege."""
    DISARMED = "disarmed"
    """A production cluster that was not armed."""
    FAILED = "failed"
    """It could not even be planned."""
    FROZEN = "frozen"
    """A person froze the cluster."""
    HA_MANAGED = "ha_managed"
    IDENTITY_UNSURE = "identity_unsure"
    """Whether the guest is the recorded one is not certain."""
    INACTIVE = "inactive"
    """The storage is not active on the node."""
    INVALID = "invalid"
    """The request is wrong by itself."""
    KIND_UNKNOWN = "kind_unknown"
    """The kind of the record cannot be read, so it counts as not ours (law 1)."""
    LOCKED = "locked"
    MANAGED = "managed"
    """There is a record of it already."""
    NOT_A_CONTAINER = "not_a_container"
    NOT_A_TEMPLATE = "not_a_template"
    NOT_FOUND = "not_found"
    NOT_SHARED = "not_shared"
    """A volume lies on a storage that only one node has."""
    NO_CLINICAL_RECORD = "no_clinical_record"
    """Its config cannot be read, and nobody consented to adopt it without."""
    NO_PLACE = "no_place"
    """No node or storage for a new container."""
    NO_QUORUM = "no_quorum"
    OFFLINE = "offline"
    PROTECTED = "protected"
    READ_ONLY = "read_only"
    RECORD_ALTERED = "record_altered"
    """The audit trail does not say the same as the record."""
    RENAMED = "renamed"
    """Its config calls it otherwise than our record."""
    REPLACED = "replaced"
    """Another guest has its VMID."""
    REPLICATED = "replicated"
    RUNNING = "running"
    SAME_CLUSTER = "same_cluster"
    """One physical cluster under two names."""
    STATE = "state"
    """The state machine has no such move."""
    TEMPLATE = "template"
    UNKNOWN_STATUS = "unknown_status"
    """Nothing certain is known of it."""
    WRONG_CLUSTER = "wrong_cluster"
    """Another cluster answers than the one we know by this name."""


@value_object
class Refusal:
    """A refusal with a reason that a person can act on. A value, never an exception."""

    code: RefusalCode
    reason: str
