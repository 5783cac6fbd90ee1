"""The errors of a configuration, as sentences for a person. Knows no key and no value."""

from __future__ import annotations

from pathlib import Path


class ConfigError(Exception):
    """Raised when the configuration cannot be used. The message names file, key and remedy, and
    never holds a secret.
    """


class NoConfiguration(ConfigError):
    """Raised when there is no configuration file at `path`. `origin` says who named it ("default" if nobody did)."""

    def __init__(self, path: Path, origin: str) -> None:
        self.path = path
        self.origin = origin
        named = "" if origin == "default" else f" (named by {origin})"
        what_now = "`proximity-tui connect` writes it, or name another one with --config"
        super().__init__(f"there is no configuration at {path}{named}; {what_now}")


class SecretNotTold(ConfigError):
    """Raised when the command that tells a secret did not: its store may be locked or away, and tell it later."""


class Invalid(ValueError):
    """Raised when a value breaks its grammar. The message completes the sentence "KEY ..." and never holds a secret."""
