"""Distils recorded exchanges with the real Proxmox VE API into the table of facts of the conformance test.

    python tools/distil_recordings.py RECORDINGS.jsonl > tests/simulator/conformance_facts.json

What is kept of an answer: status, reason, error texts, which fields each kind of row has, their JSON types,
the names of what is listed, and a handful of telling values. Bodies are not kept. A fact without `as` was
asked by the administrator's token, one without `status` was answered with 200. Replaying facts is the test's
business."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import recorded_scenes as recorded

from tests.simulator import shapes

Exchange = dict[str, Any]

USUAL_SENDER = "admin"
"""The token that a fact does not mention."""

LONG_VALUE = 1000
"""Parameters longer than this are one character many times; the table keeps the character and the count."""


def main(recordings: str, out: TextIO) -> None:
    """Read JSON lines, write the table: one scene after the other, one fact a line."""
    exchanges = [json.loads(line) for line in Path(recordings).read_text(encoding="utf-8").splitlines()]
    exchanges.sort(key=lambda exchange: str(exchange["id"]))
    chosen, left_out = _choose(exchanges)
    kinds = _kinds(chosen)
    scenes: list[dict[str, Any]] = []
    for name, _, _, needs in recorded.SCENES:
        facts = [_fact(e, kinds) for e in chosen if recorded.scene_of(e["id"]) == name]
        if facts:
            scenes.append({"scene": name, "needs": needs, "facts": facts})
    repeated = _share([fact for scene in scenes for fact in scene["facts"]])
    table = {"not_applicable": left_out, "shapes": _shapes(kinds), "repeated": repeated, "scenes": scenes}
    _write(table, out)


class Kind:
    """All recorded rows of one kind of one endpoint."""

    def __init__(self) -> None:
        self.rows = 0
        self.seen: dict[str, int] = defaultdict(int)
        self.types: dict[str, set[str]] = defaultdict(set)

    def add(self, row: dict[str, Any]) -> None:
        self.rows += 1
        for field, name in shapes.fields(row).items():
            self.seen[field] += 1
            self.types[field].add(name)

    def always(self) -> set[str]:
        return {field for field, count in self.seen.items() if count == self.rows}


def _choose(exchanges: list[Exchange]) -> tuple[list[Exchange], dict[str, list[str]]]:
    """The exchanges to compare, and the ids of the others by reason. Paths lose their UPIDs on the way: a
    task is named by the exchange that started it."""
    started: dict[str, str] = {}
    chosen, left_out = [], defaultdict(list)
    for exchange in exchanges:
        reason = recorded.why_not(exchange)
        if reason is None and recorded.scene_of(exchange["id"]) is None:
            reason = "outside of every scene"
        exchange["path"] = unquote(exchange["path"]).removeprefix("/api2/json") or "/"
        upid = shapes.UPID.search(exchange["path"])
        if upid and upid[0] in started:
            exchange["path"] = exchange["path"].replace(upid[0], f"{{task {started[upid[0]]}}}")
        if reason is not None:
            left_out[reason].append(exchange["id"])
            continue
        chosen.append(exchange)
        data = _body(exchange).get("data")
        if isinstance(data, str) and shapes.UPID.fullmatch(data):
            started[data] = exchange["id"]
    return chosen, dict(left_out)


def _kinds(exchanges: list[Exchange]) -> dict[str, dict[str, Kind]]:
    kinds: dict[str, dict[str, Kind]] = defaultdict(lambda: defaultdict(Kind))
    for exchange in exchanges:
        if exchange["status"] == 200:
            where = shapes.endpoint(exchange["method"], exchange["path"])
            for row in _rows(where, exchange):
                kinds[where][shapes.kind(where, row)].add(row)
    return kinds


def _shapes(kinds: dict[str, dict[str, Kind]]) -> dict[str, Any]:
    """Per endpoint the types of its fields over all kinds of rows, per kind what every recorded row has."""
    table: dict[str, Any] = {}
    for where, by_kind in sorted(kinds.items()):
        types: dict[str, set[str]] = defaultdict(set)
        for one in by_kind.values():
            for field, names in one.types.items():
                types[field] |= names
        for field in filter(lambda name: name.startswith("pressure"), types):
            types[field].add("number")  # null only because the laboratory's kernel has no such figures
        if where.endswith("/rrddata"):
            types = {field: names if field == "time" else {"number"} for field, names in types.items()}
        if "ha.state" in types:
            types["ha.state"].add("string")  # null only because the laboratory had no running HA manager
        table[where] = {
            "types": {field: shapes.merge(names) for field, names in sorted(types.items())},
            "always": {name: " ".join(sorted(one.always())) for name, one in sorted(by_kind.items())},
        }
        if shapes.is_history(where):
            table[where]["sometimes"] = {
                name: " ".join(sorted(set(one.seen) - one.always())) for name, one in sorted(by_kind.items())
            }
    return table


def _fact(exchange: Exchange, kinds: dict[str, dict[str, Kind]]) -> dict[str, Any]:
    fact: dict[str, Any] = {"id": exchange["id"], "name": exchange["name"]}
    fact["request"] = f"{exchange['method']} {exchange['path']}"
    sender = recorded.CREDENTIALS.get(exchange["id"], exchange["as"])
    sender = "anonymous" if sender == "none" else sender.removeprefix("tok-")
    if sender != USUAL_SENDER:
        fact["as"] = sender
    if exchange["id"] in recorded.BETWEEN:
        fact["before"] = recorded.BETWEEN[exchange["id"]]
    if exchange.get("params"):
        fact["params"] = {key: _short(value) for key, value in exchange["params"].items()}
    if "raw_body" in exchange:
        fact["raw_body"] = exchange["raw_body"]
    if "JSON request body" in exchange.get("note", ""):
        fact["json"] = True
    if exchange["status"] == 200:
        return fact | _answer(exchange, kinds)
    fact |= {"status": exchange["status"], "reason": shapes.normalise(exchange["reason"])}
    if "body" not in exchange:
        return fact
    errors = _body(exchange).get("errors")
    return fact | {"errors": {key: shapes.normalise(text).strip() for key, text in errors.items()} if errors else {}}


def _answer(exchange: Exchange, kinds: dict[str, dict[str, Kind]]) -> dict[str, Any]:
    where = shapes.endpoint(exchange["method"], exchange["path"])
    data = _body(exchange)["data"]
    answer: dict[str, Any] = {}
    if not shapes.rows_of(data):
        answer["data"] = shapes.summary(data)
    if (names := shapes.names_of(where, data)) is not None:
        answer["names"] = ", ".join(names)
    if says := shapes.says(where, data):
        answer["says"] = says
    if "total" in _body(exchange):
        answer["total"] = True
    if where in kinds and not shapes.is_history(where):
        here: dict[str, Kind] = defaultdict(Kind)
        for row in _rows(where, exchange):
            here[shapes.kind(where, row)].add(row)
        has = {}
        for name, one in here.items():
            more = sorted(set(one.seen) - kinds[where][name].always())
            has[name] = " ".join(field if field in one.always() else f"{field}?" for field in more)
        answer["has"] = {name: text for name, text in sorted(has.items()) if text}
        if not answer["has"]:
            del answer["has"]
    return answer


def _share(facts: list[dict[str, Any]]) -> list[Any]:
    """What facts have in common word for word: kept once, and in the facts replaced by its number."""
    repeated: list[Any] = []
    for key in ("names", "has", "says"):
        values = [fact[key] for fact in facts if key in fact]
        for fact in facts:
            if key in fact and values.count(fact[key]) > 1:
                if fact[key] not in repeated:
                    repeated.append(fact[key])
                fact[key] = repeated.index(fact[key])
    return repeated


def _rows(where: str, exchange: Exchange) -> list[dict[str, Any]]:
    return [] if shapes.is_map(where) else shapes.rows_of(_body(exchange).get("data"))


def _body(exchange: Exchange) -> dict[str, Any]:
    body = exchange.get("body")
    return body if isinstance(body, dict) else {}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONG_VALUE:
        return {"repeat": value[0], "times": len(value)}
    return value


def _write(table: dict[str, Any], out: TextIO) -> None:
    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    out.write('{\n"not_applicable":' + line(table["not_applicable"]) + ',\n"shapes":{\n')
    out.write(",\n".join(f"{line(where)}:{line(shape)}" for where, shape in table["shapes"].items()))
    out.write('\n},\n"repeated":[\n' + ",\n".join(map(line, table["repeated"])))
    out.write('\n],\n"scenes":[\n')
    for number, scene in enumerate(table["scenes"]):
        head = f'{{"scene":{line(scene["scene"])},"needs":{line(scene["needs"])},"facts":[\n'
        out.write((",\n" if number else "") + head + ",\n".join(line(fact) for fact in scene["facts"]) + "\n]}")
    out.write("\n]}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.stdout)
