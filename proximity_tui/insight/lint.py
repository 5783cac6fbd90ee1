"""Lint: the facts, judged; and the waivers that persons give and lift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.lint.lint import lint as judge
from proximity_tui.core.model.lint import LintReport
from proximity_tui.core.store import waivers
from proximity_tui.insight.lint_facts import LastLists, gather

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext


def lint(session: AppContext, lists: LastLists, only: str | None = None) -> LintReport:
    """Return what will hurt, of one cluster or of all, by the last lists. Blocks; raises StoreError."""
    facts = gather(session, lists, only)
    return judge(facts, session.settings.lint, waivers.open_waivers(), session.engine.clock.now())
