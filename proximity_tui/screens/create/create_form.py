"""The reading of the create form: a request, or the problem of each field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.config.errors import Invalid
from proximity_tui.core.doctrine.actions.creation import check_request
from proximity_tui.core.model import CreateRequest
from proximity_tui.screens.text.field import Field, read_fields

FIELDS = (
    Field("hostname", "hostname"),
    Field("template", "template", offered=True, hint="up, down: what there is"),
    Field("node", "node", optional=True, offered=True, hint="empty: the calmest"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: the roomiest"),
    Field("cores", "cores", "1", number=True),
    Field("memory_mib", "memory MiB", "512", number=True),
    Field("disk_gib", "disk GiB", "4", number=True),
    Field("port", "its port", number=True, optional=True, hint="empty: none"),
)
"""In the order of the form; the ids are those of a CreateRequest."""

_SOUND = CreateRequest("local:vztmpl/any.tar.zst", "any")
"""A request that nothing is wrong with: a field is checked by putting it in here."""


def read_form(typed: Mapping[str, str], *, start: bool) -> CreateRequest | dict[str, str]:
    """Return the request, or the problem of each field that has one."""
    values, problems = read_fields(FIELDS, typed, _checked)
    return problems or CreateRequest(start=start, **values)


def _checked(field: Field, value: Any) -> Any:
    wrong = check_request(replace(_SOUND, **{field.id: value}))
    if wrong is not None:
        raise Invalid(wrong.reason)
    return value
