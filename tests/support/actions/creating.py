"""Creations as tests ask for them: the plan of one, or its refusal."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.model import CreateRequest, Plan, Refusal
from tests.support.house import TEMPLATE, House


def planned_creation(house: House, **wish: Any) -> Plan | Refusal:
    """The plan of a container `web1` from the usual template, but for what is wished for otherwise."""
    return house.engine.plan_create("lab", CreateRequest(**{"template": TEMPLATE, "hostname": "web1", **wish}))
