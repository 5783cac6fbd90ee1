"""Parameter schemas: what a call accepts and the text of each complaint, as recorded from the real API. Booleans are
strictly 0 or 1, unknown parameters are an error, and a repeated parameter is an ARRAY that nothing accepts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from proximity_tui.simulator.api_errors import Died, invalid

Value = str | int
Params = dict[str, Any]

_MISSING = "property is missing and it is not optional"
_UNKNOWN = "property is not defined in schema and the schema does not allow additional properties"
_INDEXED = re.compile(r"([a-z]+)\d+\Z")
_DNS = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\Z")


class Unfit(Died):
    """Raised for a value that its field does not accept. Reading a stored value like that is a plain failure."""


@dataclass(frozen=True)
class Field:
    """One parameter: how its value is read (a function that raises `Unfit`), and whether it must be given."""

    read: Callable[[Any], Value]
    required: bool = False


Schema = Mapping[str, Field]


def validate(schema: Schema, params: Mapping[str, Any]) -> Params:
    """Return the parameters with their types; raises the 400 that names every problem at once.

    A schema key such as `net[n]` stands for `net0`, `net1` and so on.
    """
    values: Params = {}
    errors: dict[str, str] = {}
    for name, raw in params.items():
        field = schema.get(name) or _indexed(schema, name)
        if field is None:
            errors[name] = _UNKNOWN
            continue
        try:
            values[name] = field.read(raw)
        except Unfit as complaint:
            errors[name] = str(complaint).replace("{name}", name)
    for name, field in schema.items():
        if field.required and name not in params:
            errors[name] = _MISSING
    if errors:
        raise invalid(errors)
    return values


def _indexed(schema: Schema, name: str) -> Field | None:
    match = _INDEXED.match(name)
    return schema.get(f"{match[1]}[n]") if match else None


def _scalar(raw: Any, kind: str) -> str:
    if isinstance(raw, list):
        raise Unfit(f"type check ('{kind}') failed - got ARRAY")
    if isinstance(raw, dict):
        raise Unfit(f"type check ('{kind}') failed - got HASH")
    return str(raw)


def read_boolean(raw: Any) -> int:
    value = _scalar(raw, "boolean")
    if value not in ("0", "1"):
        raise Unfit(f"type check ('boolean') failed - got '{value}'")
    return int(value)


def read_integer(raw: Any, low: int | None = None, high: int | None = None) -> int:
    value = _scalar(raw, "integer")
    if not re.match(r"[+-]?\d+\Z", value):
        raise Unfit(f"type check ('integer') failed - got '{value}'")
    if low is not None and int(value) < low:
        raise Unfit(f"value must have a minimum value of {low}")
    if high is not None and int(value) > high:
        raise Unfit(f"value must have a maximum value of {high}")
    return int(value)


def read_vmid(raw: Any) -> int:
    value = read_integer(raw)
    if not 100 <= value <= 999_999_999:
        raise Unfit("invalid format - value does not look like a valid VM ID\n")
    return value


def read_number(raw: Any) -> str:
    """Return a number option as the string it was given as."""
    value = _scalar(raw, "number")
    if not re.match(r"\d+(\.\d+)?\Z", value):
        raise Unfit(f"type check ('number') failed - got '{value}'")
    return value


def read_string(raw: Any, longest: int | None = None) -> str:
    value = _scalar(raw, "string")
    if longest is not None and len(value) > longest:
        raise Unfit(f"value may only be {longest} characters long")
    return value


def read_dns_name(raw: Any) -> str:
    value = read_string(raw, 255)
    if not _DNS.match(value) or any(len(label) > 63 for label in value.split(".")):
        raise Unfit("invalid format - value does not look like a valid DNS name\n")
    return value


def read_config_id(raw: Any) -> str:
    value = read_string(raw, 40)
    if not re.match(r"[a-zA-Z][a-zA-Z0-9_-]+\Z", value):
        raise Unfit(f"invalid format - invalid configuration ID '{value}'\n")
    return value


def read_tags(raw: Any) -> str:
    """Return tags in lower case, without repetition, sorted and joined with `;`, from any separators."""
    tags = [tag for tag in re.split(r"[;,\s\0]+", read_string(raw)) if tag]
    if any(not re.match(r"[a-zA-Z0-9_][a-zA-Z0-9_+.-]*\Z", tag) for tag in tags):
        raise Unfit("invalid format - invalid characters in tag\n")
    return ";".join(sorted({tag.lower() for tag in tags}))


def read_storage_id(raw: Any) -> str:
    value = read_string(raw)
    if not re.match(r"[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]\Z", value):
        raise Unfit(f"invalid format - storage ID '{value}' contains illegal characters\n")
    return value


def one_of(*choices: str) -> Callable[[Any], str]:
    def read(raw: Any) -> str:
        value = _scalar(raw, "string")
        if value not in choices:
            raise Unfit(f"value '{value}' does not have a value in the enumeration '{', '.join(choices)}'")
        return value

    return read


def between(low: int | None = None, high: int | None = None) -> Callable[[Any], int]:
    return lambda raw: read_integer(raw, low, high)


def at_most(longest: int) -> Callable[[Any], str]:
    return lambda raw: read_string(raw, longest)


def required(read: Callable[[Any], Value]) -> Field:
    return Field(read, required=True)


BOOLEAN = Field(read_boolean)
INTEGER = Field(read_integer)
COUNT = Field(between(0))
STRING = Field(read_string)
VMID = Field(read_vmid)
CONFIG_ID = Field(read_config_id)
STORAGE = Field(read_storage_id)
