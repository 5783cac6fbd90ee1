"""A finding in the list, and the line that says what was checked and what was not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.lint.rules import RULES
from proximity_tui.core.model.actions.actor import without_token
from proximity_tui.core.model.lint_report import LintFinding, LintReport
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.filter import Fields

FILTER_KEYS = frozenset({"rule", "cluster", "vmid", "name", "reason", "remedy", "state"})

_HEAVY = 2
"""Rules up to this weight are shown as a warning; what hurts most has 1."""


@value_object
class FindingEntry(FewFields):
    """A finding in the list."""

    finding: LintFinding

    @property
    def key(self) -> str:
        """Its rule and subject."""
        return self.finding.key

    @property
    def urgent(self) -> bool:
        """True while nobody waived it."""
        return self.finding.waiver is None

    def seen_at(self, at: Moment) -> datetime | None:
        """Return None: the line above the list says when it was checked."""
        return None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        one = self.finding
        match column:
            case "rule":
                weight = RULES[one.rule].weight
                tone: Tone = "warn" if weight <= _HEAVY else "normal"
                return Cell(RULES[one.rule].title, tone if one.waiver is None else "dim", order=weight)
            case "cluster":
                return one.cluster or ""
            case "vmid":
                return Cell(str(one.vmid or ""), order=one.vmid or 0)
            case "name":
                return one.name
            case "reason":
                return one.reason
            case "remedy":
                return Cell(one.command, "dim")
            case _:
                return Cell(state_of(one), "dim")

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        one = self.finding
        return {
            "rule": one.rule.value,
            "cluster": one.cluster or "",
            "vmid": str(one.vmid or ""),
            "name": one.name,
            "reason": one.reason,
            "remedy": one.command,
            "state": "waived" if one.waiver is not None else "open",
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it, in one line."""
        one = self.finding
        waived = "" if one.waiver is None else f". {state_of(one).capitalize()}".rstrip(".") + "."
        return f"{one.name}: {one.reason}. On a command line: {remedy_of(one)}{waived}"


def title_of(finding: LintFinding) -> str:
    """Return the rule of a finding in the words of the list."""
    return RULES[finding.rule].title


def remedy_of(finding: LintFinding) -> str:
    """Return the command that does something about it, as it can be typed."""
    return as_called(f"proximity-tui {finding.command}")


def facts_of(finding: LintFinding) -> dict[str, str]:
    """Return everything about a finding, by what a person calls it."""
    return {
        "why": finding.reason,
        "rule": finding.rule.value,
        "cluster": finding.cluster or "all",
        "VMID": str(finding.vmid or "none"),
        "remedy": remedy_of(finding),
        "state": state_of(finding),
    }


def checked_words(report: LintReport, now: datetime, trouble: str | None = None) -> str:
    """Return when it was checked, and what could not be, by rule with the first reason; `trouble` is why it could not
    be checked again.
    """
    checked = f"checked {time_of_day(report.checked_at, now, seconds=True)}; {bound_key('refresh')} checks again"
    if trouble is not None:
        checked = f"The records cannot be read: {trouble.removesuffix('.')}. What is listed was {checked}"
    if not report.not_checked:
        return f"{checked}. Every rule could be applied."
    count = Counter(one.rule for one in report.not_checked)
    first = {one.rule: one.why for one in reversed(report.not_checked)}
    gaps = "; ".join(f"{RULES[rule].title} of {number} ({first[rule]})" for rule, number in count.items())
    return f"{checked}. NOT CHECKED: {gaps}"


def state_of(finding: LintFinding) -> str:
    """Return whether a finding is open, or who waived it and why."""
    waiver = finding.waiver
    return "open" if waiver is None else f"waived by {without_token(waiver.by)}: {waiver.note}"
