"""The tables of clusters and containers as peewee sees them; `migrations` makes them.

Constraints, partial indexes and triggers live in the database (see `migrations` and `triggers`), not here.
"""

from __future__ import annotations

import peewee

from proximity_tui.core.store.db.fields import JsonField, OptionalTimeField, TimeField
from proximity_tui.core.store.schema.base import ModelBase


class ClusterRow(ModelBase):
    """A cluster of our records, the fingerprint of its root CA, and its nodes."""

    name = peewee.TextField(primary_key=True)
    identity = peewee.TextField(null=True)
    first_seen_at = TimeField()
    identity_at = OptionalTimeField()
    renamed_to = peewee.TextField(null=True)
    members = JsonField(null=True)
    members_at = OptionalTimeField()

    class Meta:
        table_name = "cluster"


class ContainerRow(ModelBase):
    """Our record of a guest; never deleted, only closed."""

    id = peewee.BigAutoField()
    cluster = peewee.TextField()
    vmid = peewee.BigIntegerField(null=True)
    node = peewee.TextField(null=True)
    name = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.TextField()
    state_since = TimeField()
    state_clock = JsonField(null=True)
    version = peewee.BigIntegerField()
    status = peewee.TextField()
    presence = peewee.TextField()
    presence_reason = peewee.TextField(null=True)
    observed_at = OptionalTimeField()
    missing_since = OptionalTimeField()
    half_destroyed_since = OptionalTimeField()
    doubt_clock = JsonField(null=True)
    identity_seen_at = OptionalTimeField()
    identity_due_since = OptionalTimeField()
    created_at = TimeField()
    fingerprint = JsonField(null=True)
    marker = peewee.TextField(null=True)
    identity_event = peewee.TextField(null=True)
    lock = peewee.TextField(null=True)
    template = peewee.BooleanField()
    tags = JsonField()
    last_error = peewee.TextField(null=True)
    predecessor = peewee.BigIntegerField(null=True)
    closed_at = OptionalTimeField()
    closed_reason = peewee.TextField(null=True)

    class Meta:
        table_name = "container"


class PortRow(ModelBase):
    """A public port while and after a container held it."""

    id = peewee.BigAutoField()
    container_id = peewee.BigIntegerField()
    public = peewee.BigIntegerField()
    container_port = peewee.BigIntegerField()
    allocated_at = TimeField()
    released_at = OptionalTimeField()

    class Meta:
        table_name = "port"


class PortReservationRow(ModelBase):
    """A public port while and after it was reserved for nothing yet."""

    id = peewee.BigAutoField()
    public = peewee.BigIntegerField()
    container_port = peewee.BigIntegerField(null=True)
    note = peewee.TextField()
    reserved_at = TimeField()
    reserved_by = peewee.TextField()
    released_at = OptionalTimeField()

    class Meta:
        table_name = "port_reservation"


class PortObservationRow(ModelBase):
    """What a connect to one address and port of a container last met."""

    container_id = peewee.BigIntegerField()
    address = peewee.TextField()
    port = peewee.BigIntegerField()
    outcome = peewee.TextField()
    observed_at = TimeField()
    origin = peewee.TextField()

    class Meta:
        table_name = "port_observation"
        primary_key = peewee.CompositeKey("container_id", "address", "port")


class ClinicalRow(ModelBase):
    """One revision of everything captured of a guest."""

    container_id = peewee.BigIntegerField()
    revision = peewee.BigIntegerField()
    captured_at = TimeField()
    reason = peewee.TextField()
    data = JsonField()

    class Meta:
        table_name = "clinical_record"
        primary_key = peewee.CompositeKey("container_id", "revision")


class DriftRow(ModelBase):
    """The last full comparison of a container with a revision of its clinical record."""

    container_id = peewee.BigIntegerField(primary_key=True)
    revision = peewee.BigIntegerField()
    compared_at = TimeField()
    changed = JsonField()

    class Meta:
        table_name = "drift"


class ConfigRevisionRow(ModelBase):
    """One config that a container had."""

    container_id = peewee.BigIntegerField()
    revision = peewee.BigIntegerField()
    taken_at = TimeField()
    digest = peewee.TextField()
    config = JsonField()
    cause = peewee.TextField()
    changed_by = peewee.TextField(null=True)
    note = peewee.TextField()

    class Meta:
        table_name = "config_revision"
        primary_key = peewee.CompositeKey("container_id", "revision")


class GuestLockRow(ModelBase):
    """The time since which the guest of a container is seen with one lock."""

    container_id = peewee.BigIntegerField(primary_key=True)
    lock = peewee.TextField()
    since = TimeField()
    since_clock = JsonField(null=True)

    class Meta:
        table_name = "guest_lock"


class SeenListRow(ModelBase):
    """The last list of a cluster that confirmed its records, all but those that are left out."""

    cluster = peewee.TextField(primary_key=True)
    seen_at = TimeField()
    left_out = JsonField()
    up_to = peewee.BigIntegerField()

    class Meta:
        table_name = "seen_list"
