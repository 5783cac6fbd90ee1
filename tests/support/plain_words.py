"""The words that nobody but us would understand: on a screen, in the documentation, in what the code says of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import proximity_tui
from proximity_tui.core.model import RefusalCode, StepName
from proximity_tui.core.model.lint_report import LintRule

PROGRAM = Path(proximity_tui.__file__).parent

FIELD_NAME = re.compile(r"(?<![\w/.:@-])[a-z]+(?:_[a-z]+)+(?![\w/.-])", re.IGNORECASE)
"""`real_vmids_count`. A path, a volume and an id of Proxmox may have underscores."""

_GIVEN_UP = (
    r"abilities|anew|backstage|burial|calmest|close looks?|crew|desk|doom(?:ed)?|errand|familiar|formers|furnish\w*"
    r"|heir|herald|incarnation|lane|lineage|moot|mould|oracle|patrol|rehears\w+|roomiest|settlement|sightings?|streaks?"
    r"|stubborn|survey|twins?|upheaval|vouch\w*|wish"
)
GIVEN_UP = re.compile(rf"\b(?:{_GIVEN_UP})\b", re.IGNORECASE)
"""Words of ours that have another name now. They stand nowhere any more."""

PRIVATE = re.compile(
    rf"\b(?:{_GIVEN_UP}|belief|carr(?:y|ied)(?! out)|fence|forget|forgot(?:ten)?|in doubt|judge|journal(?:ed)?|N\d\d"
    r"|nobody|under way|whoever)\b",
    re.IGNORECASE,
)
"""Words that neither Proxmox, nor the glossary, nor anybody else uses for what is meant on a screen."""

CLASS_NAME = re.compile(r"\b(?:[A-Z][a-z]+){2,}\b")
"""`StatePeriod`. Only those that are ours are private: Proxmox has some, too."""


NAMED = frozenset[str]().union(StepName, RefusalCode, LintRule)
"""Names that a person reads in a plan and types in a command or the configuration: they are the same everywhere."""


def private_words(text: str) -> list[str]:
    """Return every name of a field or of a class of ours, and every private word in a text."""
    fields = [name for name in FIELD_NAME.findall(text) if name not in NAMED]
    classes = [name for name in CLASS_NAME.findall(text) if name in our_classes()]
    return [*fields, *PRIVATE.findall(text), *classes]


@cache
def our_classes() -> frozenset[str]:
    """Return the names of all classes of the program."""
    sources = (file.read_text(encoding="utf-8") for file in PROGRAM.rglob("*.py"))
    return frozenset(name for source in sources for name in re.findall(r"^class (\w+)", source, re.MULTILINE))


@cache
def program_trees() -> tuple[tuple[str, ast.Module], ...]:
    """Return each module of the program as its path and its syntax tree."""
    files = sorted(PROGRAM.rglob("*.py"))
    return tuple((str(file.relative_to(PROGRAM.parent)), ast.parse(file.read_text(encoding="utf-8"))) for file in files)


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield what a module says of itself: of its functions and classes, and below its constants and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value
