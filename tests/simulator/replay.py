"""Replays recorded requests over real HTTPS, scene by scene: each scene in a fresh simulator, its facts in
the order in which they were recorded. What state a scene needs and how time passes is the laboratory's
business."""

from __future__ import annotations

import http.client
import json
import re
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from tests.simulator.facts import Answer, Fact, Scene
from tests.simulator.laboratory import Laboratory
from tests.support.timing.waiting import LONGEST

TASK = re.compile(r"\{task (\w+)\}")
"""Stands in a path for the UPID that an earlier exchange was answered with."""


def replay(scene: Scene) -> dict[str, Answer]:
    """Every answer of the scene by the id of its fact."""
    answers: dict[str, Answer] = {}
    with Laboratory(scene.needs) as laboratory, Wire(laboratory) as wire:
        for fact in scene.facts:
            for word in fact.before:
                laboratory.arrange(word)
            path = TASK.sub(lambda match: str(answers[match[1]].data), fact.path)
            if fact.waits and (task := TASK.search(fact.path)):
                laboratory.wait_for(str(answers[task[1]].data))
            answers[fact.id] = wire.send(fact, path)
    return answers


class Wire:
    """A plain HTTP client that changes nothing of what is sent and hides nothing of what comes back."""

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        host, port = laboratory.address
        self._connection = http.client.HTTPSConnection(host, port, timeout=LONGEST, context=laboratory.tls)

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, fact: Fact, path: str) -> Answer:
        """Send the request of a fact to `path` and read the answer to its end."""
        headers = {}
        if authorization := self._laboratory.authorization(fact.sender):
            headers["Authorization"] = authorization
        target, body = "/api2/json" + quote(path, safe="/:@!"), _body(fact)
        if fact.as_json or (fact.raw_body or "").startswith("{"):
            headers["Content-Type"] = "application/json"
        elif body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif fact.params:
            target += "?" + urlencode(fact.params, doseq=True)
        self._connection.request(fact.method, target, body, headers)
        response = self._connection.getresponse()
        return Answer(response.status, response.reason, response.read())


def _body(fact: Fact) -> bytes | None:
    if fact.raw_body is not None:
        return fact.raw_body.encode()
    if fact.method not in ("POST", "PUT"):
        return None
    if fact.as_json:
        return json.dumps(fact.params).encode()
    form: dict[str, Any] = fact.params
    return urlencode(form, doseq=True).encode()
