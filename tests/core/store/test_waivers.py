"""Waivers hold once for a finding, are lifted with an event, and are never removed."""

from __future__ import annotations

import pytest

from proximity_tui.core.model.lint_report import LintFinding, LintRule, Remedy
from proximity_tui.core.store import events, waivers
from proximity_tui.core.store.db.store_errors import Conflict, RecordNotFound, StoreError
from tests.core.store.making import ANNA, a_container, raw
from tests.support.servers.databases import both_databases

pytestmark = pytest.mark.usefixtures("opened")


@both_databases
def test_a_waiver_holds_once_and_is_lifted_but_stays_in_the_database() -> None:
    web1 = a_container()
    finding = LintFinding(
        LintRule.DRIFT, f"c{web1.id}", "prod", 101, "web1", web1.id, "2 settings differ", Remedy.DRIFT, "drift accept"
    )
    given = waivers.waive(finding, ANNA, "on purpose")
    assert waivers.open_waivers() == (given,)
    with pytest.raises(Conflict, match="on purpose"):
        waivers.waive(finding, ANNA, "again")
    waivers.lift(finding, ANNA)
    assert waivers.open_waivers() == ()
    with pytest.raises(RecordNotFound):
        waivers.lift(finding, ANNA)
    assert waivers.waive(finding, ANNA, "once more").id != given.id
    assert [one.action for one in events.list_events(container=web1.id, limit=3)] == [
        "lint-waived",
        "lint-unwaived",
        "lint-waived",
    ]
    assert [row[0] for row in raw("SELECT note FROM lint_waiver ORDER BY id")] == ["on purpose", "once more"]
    with pytest.raises(StoreError):
        raw("DELETE FROM lint_waiver")
