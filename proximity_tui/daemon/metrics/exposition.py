"""Prometheus' text format, version 0.0.4: families of samples in, text out. Knows none of our figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from proximity_tui.core.base.value_object import value_object

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@value_object
class Sample:
    """One figure and its labels."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@value_object
class Family:
    """All samples of one name; `help` is one line without a backslash. An unknown value is no sample: a zero would be a
    claim.
    """

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> str:
    """Return the text of all families that have a sample."""
    return "".join(_family(family) for family in families if family.samples)


def _family(family: Family) -> str:
    lines = [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
    lines += [f"{family.name}{_labels(sample.labels)} {_number(sample.value)}" for sample in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    quoted = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(quoted) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
