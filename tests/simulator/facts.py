"""The recorded facts of the real API and how an answer is held against one. It reads the committed table and
compares; who gives the answer and how its state was arranged is not known here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.simulator import shapes

TABLE = Path(__file__).with_name("conformance_facts.json")

HIDDEN = "<redacted>"
"""Stands in the table for a text that was not kept; any text will do."""


@dataclass(frozen=True)
class Answer:
    """What came back over the wire: the status line and the undecoded body."""

    status: int
    reason: str
    body: bytes

    def json(self) -> Any:
        """The body, None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def data(self) -> Any:
        body = self.json()
        return body.get("data") if isinstance(body, dict) else None


@dataclass(frozen=True)
class Fact:
    """One exchange with the real API: the request, and what was true of the answer."""

    id: str
    name: str
    method: str
    path: str
    sender: str
    before: tuple[str, ...]
    params: dict[str, Any]
    raw_body: str | None
    as_json: bool
    status: int
    reason: str
    told: dict[str, Any] = field(repr=False)

    @property
    def endpoint(self) -> str:
        return shapes.endpoint(self.method, self.path)

    @property
    def waits(self) -> bool:
        """Whether the task in its path was over when this was asked."""
        said = self.told.get("says", {})
        return self.method == "GET" and "running" not in said.values() and "no content" not in said.values()

    def __str__(self) -> str:
        return f"{self.id}-{self.name}"


@dataclass(frozen=True)
class Scene:
    """Facts that were recorded one after the other, and the state that the first of them needs."""

    name: str
    needs: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Table:
    scenes: tuple[Scene, ...]
    shapes: dict[str, Any]
    not_applicable: dict[str, list[str]]

    def differences(self, fact: Fact, answer: Answer) -> list[str]:
        """In words, everything in which the answer is not what the real API answered; empty if nothing."""
        if (answer.status, shapes.normalise(answer.reason)) != (fact.status, fact.reason):
            said = f"{answer.status} {shapes.normalise(answer.reason)}"
            return [f"answered {said!r} instead of '{fact.status} {fact.reason}' {_errors(answer)}".rstrip()]
        if fact.status != 200:
            return list(_failure(fact, answer))
        return [*_content(fact, answer), *self._fields(fact, answer)]

    def _fields(self, fact: Fact, answer: Answer) -> Iterator[str]:
        shape = self.shapes.get(fact.endpoint)
        if shape is None or shapes.is_map(fact.endpoint):
            return
        for row in shapes.rows_of(answer.data):
            kind = shapes.kind(fact.endpoint, row)
            if kind not in shape["always"]:
                yield f"a row of an unknown kind {kind!r}: {row}"
                continue
            required = set(shape["always"][kind].split())
            also = (fact.told.get("has", {}).get(kind) or shape.get("sometimes", {}).get(kind) or "").split()
            if shapes.is_history(fact.endpoint):
                allowed = required | set(also)
            else:
                allowed = required | {name.rstrip("?") for name in also}
                required |= {name for name in also if not name.endswith("?")}
            seen = shapes.fields(row)
            if missing := sorted(required - set(seen)):
                yield f"{kind or 'row'}: without {', '.join(missing)}"
            if unknown := sorted(set(seen) - allowed):
                yield f"{kind or 'row'}: with {', '.join(unknown)}"
            for name in sorted(set(seen) & set(shape["types"])):
                if not shapes.fits(seen[name], shape["types"][name]):
                    yield f"{kind or 'row'}: {name} is {seen[name]}, not {shape['types'][name]}"


def load() -> Table:
    """The committed table."""
    raw = json.loads(TABLE.read_text(encoding="utf-8"))
    scenes = tuple(
        Scene(
            scene["scene"],
            tuple(scene["needs"]),
            tuple(_fact(_unshared(told, raw["repeated"])) for told in scene["facts"]),
        )
        for scene in raw["scenes"]
    )
    return Table(scenes, raw["shapes"], raw["not_applicable"])


def distinct(differences: list[str]) -> list[str]:
    """Each difference once: every row of a list tends to have the same."""
    counted: dict[str, int] = defaultdict(int)
    for difference in differences:
        counted[difference] += 1
    return [text if count == 1 else f"{text} ({count} rows)" for text, count in counted.items()]


def _fact(told: dict[str, Any]) -> Fact:
    method, path = told["request"].split(" ", 1)
    params = {name: _long(value) for name, value in told.get("params", {}).items()}
    return Fact(
        id=told["id"],
        name=told["name"],
        method=method,
        path=path,
        sender=told.get("as", "admin"),
        before=tuple(told.get("before", ())),
        params=params,
        raw_body=told.get("raw_body"),
        as_json=told.get("json", False),
        status=told.get("status", 200),
        reason=told.get("reason", "OK"),
        told=told,
    )


def _unshared(told: dict[str, Any], repeated: list[Any]) -> dict[str, Any]:
    """The fact with what it has in common with others put back in."""
    shared = {key: repeated[told[key]] for key in ("names", "has", "says") if isinstance(told.get(key), int)}
    return told | shared


def _long(value: Any) -> Any:
    return value["repeat"] * value["times"] if isinstance(value, dict) else value


def _failure(fact: Fact, answer: Answer) -> Iterator[str]:
    if fact.status in (401, 595):
        if answer.body:
            yield "has a body"
        return
    if "errors" not in fact.told:
        if answer.json() is not None:
            yield "has a JSON body"
        return
    body = answer.json()
    if not isinstance(body, dict) or body.get("data", "") is not None:
        yield f"body is not the usual one of an error: {answer.body[:200]!r}"
        return
    if shapes.normalise(str(body.get("message", ""))).strip() != fact.reason:
        yield f"message is {body.get('message')!r}"
    errors = {name: shapes.normalise(text).strip() for name, text in (body.get("errors") or {}).items()}
    recorded = fact.told["errors"]
    for name in sorted(set(errors) | set(recorded)):
        if recorded.get(name) != HIDDEN and errors.get(name) != recorded.get(name):
            yield f"errors.{name} is {errors.get(name)!r}, not {recorded.get(name)!r}"
    if surplus := sorted(set(body) - {"data", "message", "errors"}):
        yield f"body with {', '.join(surplus)}"


def _content(fact: Fact, answer: Answer) -> Iterator[str]:
    body = answer.json()
    if not isinstance(body, dict) or "data" not in body:
        yield f"body without data: {answer.body[:200]!r}"
        return
    told, data = fact.told, body["data"]
    if "data" in told and shapes.summary(data) != told["data"]:
        yield f"data is {shapes.summary(data)!r}, not {told['data']!r}"
        return
    if "data" not in told and not shapes.rows_of(data):
        yield f"data is {shapes.summary(data)!r} and empty"
        return
    if "names" in told:
        names = ", ".join(shapes.names_of(fact.endpoint, data) or ())
        if names != told["names"]:
            yield f"lists\n  {names}\nnot\n  {told['names']}"
    says = shapes.says(fact.endpoint, data)
    if says != told.get("says", {}):
        yield f"says {says}, not {told.get('says', {})}"
    if told.get("total") and not isinstance(body.get("total"), int):
        yield "without total"
    if surplus := sorted(set(body) - {"data", "total"}):
        yield f"body with {', '.join(surplus)}"


def _errors(answer: Answer) -> str:
    body = answer.json()
    return json.dumps(body["errors"]) if isinstance(body, dict) and body.get("errors") else ""
