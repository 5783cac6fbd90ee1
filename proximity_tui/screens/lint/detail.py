"""Everything about one finding, as a text to read."""

from __future__ import annotations

from proximity_tui.core.model.lint import LintFinding
from proximity_tui.screens.container.text_reader import TextReader
from proximity_tui.screens.lint.entry import state_of, title_of
from proximity_tui.screens.text.lines import TextLine


class FindingDetail(TextReader):
    """The facts about a finding. Nothing is asked for them: the list has them all."""

    def __init__(self, finding: LintFinding) -> None:
        super().__init__()
        self._finding = finding

    def heading(self) -> str:
        """Return the rule and what it is about."""
        return f"{title_of(self._finding)}: {self._finding.name}"

    def keys(self) -> str:
        """Return its keys, in words."""
        return "esc closes; in the list f opens the remedy, w waives"

    async def read(self) -> list[TextLine]:
        """Return a line for each fact."""
        one = self._finding
        facts = {
            "why": one.reason,
            "rule": one.rule.value,
            "cluster": one.cluster or "all",
            "VMID": str(one.vmid or "none"),
            "remedy": f"proximity-tui {one.command}",
            "state": state_of(one),
        }
        return [[(f"{name:<9}", "dim"), (text, "normal")] for name, text in facts.items()]
