"""One line for the shell of a node, with every word quoted as that shell wants it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from proximity_tui.core.base.masking import masked_setting

Value = str | int | None
"""What follows an option: None for one that asks for its value."""


def shell_line(*words: str, **options: Value) -> str:
    """Return a command with its words and options, one whose value is None without it."""
    parts = list(map(_quoted, words))
    for key, value in options.items():
        parts.append(f"--{key}")
        if value is not None:
            parts.append(_quoted(str(value)))
    return " ".join(parts)


def _quoted(text: str) -> str:
    """Return a word for the shell of the node, which is a bash, on one line."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"$'{''.join(letter if letter.isprintable() else _escape(letter) for letter in escaped)}'"


def _escape(letter: str) -> str:
    """Return a letter by its bytes: by its number a bash knows it only where the locale has it."""
    return "".join(f"\\x{byte:02x}" for byte in letter.encode(errors="surrogatepass"))


def masked_settings(settings: Mapping[str, str]) -> tuple[dict[str, Value], list[str]]:
    """Return the settings as a line may show them, and the keys of those in which a secret is masked."""
    shown: dict[str, Value] = {key: str(masked_setting(key, value)) for key, value in settings.items()}
    return shown, [key for key, value in settings.items() if shown[key] != value]
