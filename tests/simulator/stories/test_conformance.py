"""The simulator answers as the real API did: every recorded exchange is asked of it again over HTTPS, and
status, reason, error texts, listed names and the fields with their types are compared."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests.simulator import facts, replay
from tests.simulator.known_differences import KNOWN_DIFFERENCES

TABLE = facts.load()
SCENE_OF = {fact.id: scene for scene in TABLE.scenes for fact in scene.facts}


class Stage:
    """Plays a scene when the first of its facts is asked for, and keeps the answers."""

    def __init__(self) -> None:
        self._played: dict[str, dict[str, facts.Answer]] = {}

    def answer(self, fact: facts.Fact) -> facts.Answer:
        scene = SCENE_OF[fact.id]
        if scene.name not in self._played:
            self._played[scene.name] = replay.replay(scene)
        return self._played[scene.name][fact.id]


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


def every_fact() -> list[object]:
    return [pytest.param(fact, id=str(fact), marks=_marks(fact)) for scene in TABLE.scenes for fact in scene.facts]


def _marks(fact: facts.Fact) -> list[pytest.MarkDecorator]:
    reason = KNOWN_DIFFERENCES.get(fact.id)
    return [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError)]


@pytest.mark.parametrize("fact", every_fact())
def test_the_simulator_answers_as_the_real_api_did(fact: facts.Fact, stage: Stage) -> None:
    differences = facts.distinct(TABLE.differences(fact, stage.answer(fact)))
    assert not differences, "\n".join([f"{fact.method} {fact.path} {fact.params} as {fact.sender}", *differences])


def test_every_known_difference_names_a_fact() -> None:
    assert set(KNOWN_DIFFERENCES) <= set(SCENE_OF)


def test_the_comparison_notices_a_missing_an_added_and_a_retyped_field(stage: Stage) -> None:
    fact = next(f for scene in TABLE.scenes for f in scene.facts if f.name == "lxc-status-running")
    answer = stage.answer(fact)
    whole = json.loads(answer.body)
    for change in ({"vmid": str(whole["data"]["vmid"])}, {"surplus": 1}):
        altered = json.dumps({"data": whole["data"] | change}).encode()
        assert TABLE.differences(fact, dataclasses.replace(answer, body=altered))
    del whole["data"]["uptime"]
    assert TABLE.differences(fact, dataclasses.replace(answer, body=json.dumps(whole).encode()))
    assert TABLE.differences(fact, dataclasses.replace(answer, status=500))
