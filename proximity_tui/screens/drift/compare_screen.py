"""One revision compared with the one before, with the baseline, and with the config as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.doctrine.observation.config_fields import field_changes
from proximity_tui.core.engine.observe.drift_history import DriftHistory, TimelineEntry
from proximity_tui.screens.container.text_reader import ConfigReader
from proximity_tui.screens.presentation.config_text import attribution_words, change_lines, hidden_hint
from proximity_tui.screens.text.lines import TextLine


class CompareScreen(ConfigReader):
    """The differences of one revision."""

    def __init__(self, history: DriftHistory, entry: TimelineEntry) -> None:
        super().__init__()
        self._history = history
        self._entry = entry

    def heading(self) -> str:
        """Return the name of the container and the revision."""
        return f"{self._history.container.name}, revision {self._entry.revision.number} of its config"

    def keys(self) -> str:
        """Return its keys, in words."""
        return "esc closes, v shows or hides secrets; red: before, green: after"

    async def read(self) -> list[TextLine]:
        """Return the three differences."""
        return [
            *comparison_lines(self._history, self._entry, reveal=self.reveal),
            hidden_hint(reveal=self.reveal, key="v"),
        ]


def comparison_lines(history: DriftHistory, entry: TimelineEntry, *, reveal: bool) -> list[TextLine]:
    """Return what a revision changed of the one before, and how it differs from the baseline and from now."""
    revision, baseline = entry.revision, history.baseline
    told = f"seen first {local_time(revision.taken_at)}; changed by: {attribution_words(revision.attribution)}"
    lines: list[TextLine] = [[(told, "dim")], []]
    after_baseline = baseline is not None and entry.before == baseline.revision
    if entry.before is not None:
        title = f"Changes since revision {entry.before.number}{', the baseline' if after_baseline else ''}"
        lines += _section(title, entry.before.config, revision.config, reveal=reveal)
    if baseline is not None and not entry.is_baseline and not after_baseline:
        title = f"Changes since the baseline, revision {baseline.revision.number}"
        lines += _section(title, baseline.revision.config, revision.config, reveal=reveal)
    now = history.seen.config if history.seen is not None else None
    if history.not_compared is not None and now is None:
        lines += [[("The present config is not known: ", "warn"), (history.not_compared, "warn")], []]
    elif not entry.is_now:
        read = f", as read {local_time(history.seen.taken_at)}" if history.seen is not None else ""
        lines += _section(
            f"Changes from this revision to the present config{read}", revision.config, now, reveal=reveal
        )
    return lines


def _section(
    title: str, before: Mapping[str, Any], after: Mapping[str, Any] | None, *, reveal: bool
) -> Iterator[TextLine]:
    yield [(title, "normal")]
    yield from change_lines(field_changes(before, after), reveal=reveal) or [[("    no difference", "dim")]]
    yield []
