"""What connects to the ports of a container met, in words: always as observed, with its age and where from. Pure."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.model.guests.probe import ProbeResult
from proximity_tui.screens.presentation.ages import coarse_age, since


def observed_words(result: ProbeResult, now: datetime) -> str:
    """Return `3m ago: 80 open at 10.0.0.5; 17 closed (TCP connect from jump1)`."""
    return f"{coarse_age(since(result.observed_at, now))} ago: {result.words} ({result.origin})"
