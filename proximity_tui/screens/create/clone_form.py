"""The reading of the clone form: a request, or the problem of each field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.config.errors import Invalid
from proximity_tui.core.doctrine.actions.cloning import CloneRequest, check_request
from proximity_tui.screens.text.field import Field, read_fields

FIELDS = (
    Field("hostname", "hostname", hint="the name of the clone"),
    Field("node", "node", optional=True, offered=True, hint="empty: as its source"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: as its source"),
    Field("port", "its port", number=True, optional=True, hint="empty: none"),
)
"""In the order of the form; the ids are those of a CloneRequest."""

ANY = CloneRequest("any")
"""A request that nothing is wrong with: a field is checked by putting it in here, and a source by planning it."""


def read_form(typed: Mapping[str, str], *, full: bool | None, start: bool) -> CloneRequest | dict[str, str]:
    """Return the request, or the problem of each field that has one. `full` is None where there is no choice."""

    def checked(field: Field, value: Any) -> Any:
        wrong = check_request(replace(ANY, **{field.id: value}, full=full))
        if wrong is not None:
            raise Invalid(wrong.reason)
        return value

    values, problems = read_fields(FIELDS, typed, checked)
    return problems or CloneRequest(full=full, start=start, **values)
