"""The filter language of every list: `web kind:adopted !tag:prod name:~^db[0-9] node:"pve 2" mem:>1G`.

Pure: it knows nothing of screens, and the valid keys are given to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.widgets.table.expression import BadExpression, escaped, found_in, whole_of
from proximity_tui.widgets.table.quantity import WRITTEN_AS_TEXT, Amount, BadQuantity, comparison, is_compared

Field = str | Sequence[str] | Amount
"""One or several texts, or a figure. Words are looked for in texts alone."""

Fields = Mapping[str, Field]


@value_object
class Filter:
    """A filter that was understood. An empty one is false and matches everything."""

    text: str
    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def chooses(self) -> bool:
        """True when it says anything of what it matches: `` and `""` do not."""
        return any(term.word != "" for term in self.terms)

    @property
    def costly(self) -> bool:
        """True when its cost on a long list is worth a check."""
        return any(term.costly for term in self.terms)

    @property
    def is_live(self) -> bool:
        """True when a row may begin or cease to match although it did not change: a figure is of the last poll."""
        return bool(self.live_keys)

    @property
    def live_keys(self) -> frozenset[str]:
        """The keys of these figures."""
        return frozenset(term.key for term in self.terms if term.live and term.key is not None)

    def matches(self, fields: Fields) -> bool:
        """Return whether every term holds for `fields` (key to value, or to several values)."""
        return all(term.holds(fields) for term in self.terms)

    @property
    def words(self) -> tuple[Term, ...]:
        """The words that are looked for anywhere: `searchable` text is enough for them."""
        return tuple(term for term in self.terms if term.word is not None)

    @property
    def others(self) -> tuple[Term, ...]:
        """All other conditions: they need the fields."""
        return tuple(term for term in self.terms if term.word is None)

    def narrows(self, other: Filter) -> bool:
        """Return whether it surely accepts nothing that the other one does not, as when a word is typed on."""
        return all(any(term.implies(one) for term in self.terms) for one in other.terms)


def searchable(fields: Fields) -> str:
    """Return all values in one text, without a difference of case, in which `Term.is_in` finds words."""
    return _BETWEEN.join(texts_of(fields.values())).casefold()


def texts_of(found: Iterable[Field]) -> Iterator[str]:
    """Yield every text among the values of fields."""
    for one in found:
        if isinstance(one, str):
            yield one
        elif not isinstance(one, Amount):
            yield from one


_BETWEEN = "\0"
"""Stands between two values. Nothing that can be typed has it."""


@value_object
class BadFilter:
    """A filter that was not understood, and a sentence that says why and what to write instead."""

    text: str
    reason: str


@value_object
class Term:
    """One condition: some value of `key` (None: of any key) is accepted, or with `negated` none is."""

    key: str | None
    accepts: Callable[[Any], bool]
    """What judges a text, or a figure where the key is compared."""
    negated: bool
    costly: bool = False
    """Whether an expression that a person wrote is searched, which may take a while."""
    word: str | None = None
    """The word that is looked for anywhere, without a difference of case; None for any other condition."""
    live: bool = False
    """Whether it compares a figure that changes although the row does not."""
    source: str = ""
    """What was typed, quotes and all, so that two conditions can be compared."""

    def is_in(self, text: str) -> bool:
        """Return whether the condition, which is a word, is met by what `searchable` made of the fields."""
        return (str(self.word) in text) != self.negated

    def implies(self, other: Term) -> bool:
        """Return whether whatever meets this condition surely meets the other one."""
        if self.word is not None and other.word is not None and self.negated == other.negated:
            return self.word in other.word if self.negated else other.word in self.word
        return bool(self.source) and self.source == other.source

    def holds(self, fields: Fields) -> bool:
        """Return whether the condition is met. A key that is not among `fields` has no value."""
        if self.key is None:
            return any(map(self.accepts, texts_of(fields.values()))) != self.negated
        value = fields.get(self.key, ())
        if isinstance(value, (str, Amount)):
            return self.accepts(value) != self.negated
        return any(map(self.accepts, value)) != self.negated


def parse(text: str, keys: Collection[str]) -> Filter | BadFilter:
    """Return the filter in `text`, where `key:value` may use any of `keys`.

    Terms are separated by blanks and must all hold; upper and lower case are the same. `word` is found anywhere in any
    field; `key:value` is the whole value, `*` stands for any characters and a comma between values for "or"; `~` before
    word or value makes it a regular expression that is found anywhere; `!` before a term negates it; double quotes keep
    blanks, colons and all other signs as they are. The keys of `quantity.UNITS` are compared: `>1G`, `<1h`, `100-120`.
    """
    try:
        return Filter(text, tuple(_term(source, keys) for source in _sources(text)))
    except _NotUnderstood as problem:
        return BadFilter(text, str(problem))


class _NotUnderstood(Exception):
    """Raised to end the parsing; its text is the sentence for the person who typed."""


# A piece is a character and whether it was quoted, that is: whether it means only itself.
_Piece = tuple[str, bool]


def _sources(text: str) -> Iterator[list[_Piece]]:
    """Yield the terms of `text`, as pieces."""
    term: list[_Piece] = []
    started = quoted = False
    for character in text:
        if character == '"':
            quoted = not quoted
            started = True
        elif character.isspace() and not quoted:
            if started:
                yield term
            term, started = [], False
        else:
            term.append((character, quoted))
            started = True
    if quoted:
        raise _NotUnderstood('A quotation mark (") is not closed.')
    if started:
        yield term


def _term(pieces: list[_Piece], keys: Collection[str]) -> Term:
    """Return the condition, with what was typed for it."""
    source = "".join(f'"{sign}"' if quoted else sign for sign, quoted in pieces)
    return replace(_condition(pieces, keys), source=source)


def _condition(pieces: list[_Piece], keys: Collection[str]) -> Term:
    negated = pieces[:1] == [("!", False)]
    rest = pieces[1:] if negated else pieces
    if negated and not rest:
        raise _NotUnderstood("Nothing follows !. It negates the word after it.")
    if rest[:1] == [("~", False)]:
        return Term(None, _expression(_text(rest[1:])), negated, costly=True)
    if (":", False) not in rest:
        word = _text(rest).casefold()
        return Term(None, lambda value: word in value.casefold(), negated, word=word)
    colon = rest.index((":", False))
    key = _text(rest[:colon]).casefold()
    if key not in keys:
        known = ", ".join(sorted(keys))
        raise _NotUnderstood(f'There is no "{key}" to filter by; known are {known}. For the text itself use quotes.')
    value = rest[colon + 1 :]
    if value and not any(quoted for _, quoted in value) and is_compared(key, _text(value)):
        return Term(key, _compared(key, _text(value)), negated, live=key not in WRITTEN_AS_TEXT)
    return Term(key, _value(key, value), negated, costly=value[:1] == [("~", False)])


def _value(key: str, pieces: list[_Piece]) -> Callable[[str], bool]:
    if not pieces:
        raise _NotUnderstood(f"There is no value after {key}:.")
    if pieces[0] == ("~", False):
        return _expression(_text(pieces[1:]))
    wildcards = {"*": ".*", ",": "|"}
    pattern = "".join(escaped(sign) if quoted else wildcards.get(sign, escaped(sign)) for sign, quoted in pieces)
    try:
        # Of the values of a key, most occur many times.
        return lru_cache(maxsize=1024)(whole_of(f"(?:{pattern})"))
    except BadExpression as problem:
        raise _NotUnderstood(f"The value of {key}: cannot be used: {problem}.") from problem


def _compared(key: str, value: str) -> Callable[[str | Amount], bool]:
    try:
        return comparison(key, value)
    except BadQuantity as problem:
        raise _NotUnderstood(str(problem)) from None


def _expression(source: str) -> Callable[[str], bool]:
    if not source:
        raise _NotUnderstood("There is no regular expression after ~.")
    try:
        return found_in(source)
    except BadExpression as problem:
        raise _NotUnderstood(f"The regular expression {source} cannot be read: {problem}.") from problem


def _text(pieces: list[_Piece]) -> str:
    return "".join(character for character, _ in pieces)
