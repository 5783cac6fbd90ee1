"""The six tones of a text: how it is meant, whatever shows it."""

from __future__ import annotations

from typing import Literal

Tone = Literal["normal", "dim", "good", "warn", "bad", "accent"]
"""How a text is meant: `warn` needs a person soon, `bad` needs one now, `accent` is where to look first."""
