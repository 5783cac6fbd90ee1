"""Style sheets that are parsed once per process instead of once per App: they say the same to every App of a theme."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_Parsed = dict[tuple[Any, ...], list[RuleSet]]

_parsed: defaultdict[frozenset[tuple[str, str]], _Parsed] = defaultdict(dict)
"""The rules of each text, by the variables of the theme that they were parsed with."""


def keep_what_is_parsed() -> None:
    """Have every style sheet look for the rules of a text in what any of them parsed before."""
    parse_rules = Stylesheet._parse_rules

    def kept(self: Stylesheet, *source: Any, **named: Any) -> list[RuleSet]:
        rules = _parsed[frozenset(self._variables.items())]
        key = (*source, *named.items())
        if key not in rules:
            rules[key] = parse_rules(self, *source, **named)
        return rules[key]

    Stylesheet._parse_rules = kept  # type: ignore[method-assign]
