"""The settings of lint: `[lint] backup = "7d"`, and the rules that are switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.config import values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.model.limits import LintLimits

if TYPE_CHECKING:
    from proximity_tui.core.model.lint_report import LintRule


def read_lint(top: TomlTable) -> LintLimits:
    """Return the limits of a configuration."""
    table, default = top.table("lint", ("backup", "snapshot", "alert", "disk_used", "disabled")), LintLimits()
    return LintLimits(
        backup=table.read("backup", values.interval, default.backup),
        snapshot=table.read("snapshot", values.interval, default.snapshot),
        alert=table.read("alert", values.interval, default.alert),
        disk_used=table.read("disk_used", values.fraction, default.disk_used),
        disabled=table.read("disabled", rules, default.disabled),
    )


def rules(value: object) -> frozenset[LintRule]:
    """Return the rules in a list of their names. Raises Invalid for one that does not exist."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid('must be a list of rules, such as ["onboot_off"]')
    return frozenset(map(rule, value))


def rule(name: str) -> LintRule:
    """Return the rule of this name. Raises Invalid with the nearest one."""
    # Few configurations name one.
    from proximity_tui.core.model.lint_report import LintRule

    names = [one.value for one in LintRule]
    if name in names:
        return LintRule(name)
    advice = did_you_mean(name, names, f"there are: {', '.join(names)}")
    raise Invalid(f"has {name}, which is no rule of lint: {advice}")
