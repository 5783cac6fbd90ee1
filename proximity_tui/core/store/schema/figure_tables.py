"""The tables of the figures as peewee sees them; `figures.packing` says what the bytes mean."""

from __future__ import annotations

import peewee

from proximity_tui.core.store.schema.base import ModelBase


class FiguresMinuteRow(ModelBase):
    """The figures of all containers of a cluster in one minute, until the hour is over."""

    cluster = peewee.TextField()
    minute = peewee.BigIntegerField()
    data = peewee.BlobField()

    class Meta:
        table_name = "figures_minute"
        primary_key = peewee.CompositeKey("cluster", "minute")


class FiguresHourRow(ModelBase):
    """The minutes of one container in one hour."""

    container_id = peewee.BigIntegerField()
    hour = peewee.BigIntegerField()
    maxmem = peewee.BigIntegerField(null=True)
    maxdisk = peewee.BigIntegerField(null=True)
    data = peewee.BlobField()

    class Meta:
        table_name = "figures_hour"
        primary_key = peewee.CompositeKey("container_id", "hour")


class FiguresDayRow(ModelBase):
    """The quarters of an hour of one container on one day, UTC."""

    container_id = peewee.BigIntegerField()
    day = peewee.BigIntegerField()
    maxmem = peewee.BigIntegerField(null=True)
    maxdisk = peewee.BigIntegerField(null=True)
    data = peewee.BlobField()

    class Meta:
        table_name = "figures_day"
        primary_key = peewee.CompositeKey("container_id", "day")
