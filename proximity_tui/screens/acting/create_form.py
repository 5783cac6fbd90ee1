"""What a person typed for a new container, read: a request, or what is wrong with each field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.core.doctrine.creation import check_request
from proximity_tui.core.model import CreateRequest
from proximity_tui.screens.text.field import Field

FIELDS = (
    Field("hostname", "hostname"),
    Field("template", "template", hint="up, down: what there is"),
    Field("node", "node", optional=True, hint="empty: the calmest"),
    Field("storage", "storage", optional=True, hint="empty: the roomiest"),
    Field("cores", "cores", "1", number=True),
    Field("memory_mib", "memory MiB", "512", number=True),
    Field("disk_gib", "disk GiB", "4", number=True),
    Field("port", "its port", number=True, optional=True, hint="empty: none"),
)
"""In the order of the form; the ids are those of a CreateRequest."""

_SOUND = CreateRequest("local:vztmpl/any.tar.zst", "any")
"""A request that nothing is wrong with: a field is checked by putting it in here."""


def read_form(typed: Mapping[str, str], *, start: bool) -> CreateRequest | dict[str, str]:
    """The request, or the problem of each field that has one."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in FIELDS:
        text = typed.get(field.id, "").strip()
        if not text and field.optional:
            continue
        if not text:
            problems[field.id] = "is needed"
            continue
        if field.number and not (text.isascii() and text.isdigit() and len(text) <= 9):
            problems[field.id] = f"{text!r} is not a whole number"
            continue
        values[field.id] = int(text) if field.number else text
        wrong = check_request(replace(_SOUND, **{field.id: values[field.id]}))
        if wrong is not None:
            problems[field.id] = wrong.reason
    return problems or CreateRequest(start=start, **values)
