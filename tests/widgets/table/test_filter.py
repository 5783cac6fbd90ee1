"""The filter language, as a table of what is typed and what it finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.widgets.table.filter import BadFilter, Fields, Filter, parse, searchable

KEYS = ("kind", "node", "state", "status", "tag", "vmid", "cluster", "name")

FLEET: dict[str, Fields] = {
    "web1": {
        "name": "web1",
        "kind": "native",
        "node": "pve1",
        "state": "running",
        "vmid": "101",
        "tag": ("prod", "web"),
    },
    "db1": {"name": "db1", "kind": "adopted", "node": "pve2", "state": "running", "vmid": "108", "tag": ("prod",)},
    "build": {"name": "build", "kind": "native", "node": "pve10", "state": "removing", "vmid": "1010", "tag": ()},
    "legacy": {"name": "legacy", "kind": "adopted", "node": "pve 3", "status": "unknown (node offline)", "vmid": "130"},
    "Über": {"name": "Über", "kind": "native", "node": "pve1", "state": "error", "vmid": "7", "tag": ("a:b", "*")},
}


def found(text: str) -> str:
    """The names that the filter `text` finds, in the order above."""
    understood = parse(text, KEYS)
    assert isinstance(understood, Filter), understood
    plainly = [name for name, fields in FLEET.items() if understood.matches(fields)]
    by_text = [
        name
        for name, fields in FLEET.items()
        if all(term.is_in(searchable(fields)) for term in understood.words)
        and all(term.holds(fields) for term in understood.others)
    ]
    assert plainly == by_text
    return " ".join(plainly)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "web1 db1 build legacy Über"),
        ("   ", "web1 db1 build legacy Über"),
        ("web", "web1"),
        ("WEB", "web1"),
        ("über", "Über"),
        ("pve1", "web1 build Über"),
        ("run prod", "web1 db1"),
        ("kind:adopted", "db1 legacy"),
        ("Kind:ADOPTED", "db1 legacy"),
        ("kind:adopted node:pve2", "db1"),
        ("node:pve1", "web1 Über"),
        ("node:pve1*", "web1 build Über"),
        ("node:pve1,pve2", "web1 db1 Über"),
        ("vmid:101", "web1"),
        ("vmid:101*", "web1 build"),
        ("state:error", "Über"),
        ("tag:prod", "web1 db1"),
        ("tag:prod tag:web", "web1"),
        ("!tag:prod", "build legacy Über"),
        ("!web", "db1 build legacy Über"),
        ("!kind:native !db", "legacy"),
        ("~^(web|db)[0-9]$", "web1 db1"),
        ("name:~^B", "build"),
        ("!name:~[0-9]", "build legacy Über"),
        ('"unknown (node"', "legacy"),
        ('status:"unknown (node offline)"', "legacy"),
        ("status:unknown*", "legacy"),
        ('node:"pve 3"', "legacy"),
        ('"a:b"', "Über"),
        ('tag:"a:b"', "Über"),
        ("tag:a:b", "Über"),
        ('tag:"*"', "Über"),
        ('"!web"', ""),
        ("name:*", "web1 db1 build legacy Über"),
        ("cluster:prod", ""),
        ("!cluster:prod", "web1 db1 build legacy Über"),
        ("state:run", ""),
        ("name:w.b1", ""),
    ],
)
def test_what_a_filter_finds(text: str, names: str) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "nod:pve1",
            'There is no "nod" to filter by; known are cluster, kind, name, node, state, status, tag, vmid. '
            "For the text itself use quotes.",
        ),
        ("!", "Nothing follows !. It negates the word after it."),
        ("web !", "Nothing follows !. It negates the word after it."),
        ("node:", "There is no value after node:."),
        ("~", "There is no regular expression after ~."),
        ("name:~", "There is no regular expression after ~."),
        ("~web[", "The regular expression web[ cannot be read: missing ]: [."),
        ("~(?=web)", "The regular expression (?=web) cannot be read: invalid perl operator: (?=."),
        ("~(a)\\1", "The regular expression (a)\\1 cannot be read: invalid escape sequence: \\1."),
        ("~((a{30}){30}){9}", "The regular expression ((a{30}){30}){9} cannot be read: invalid repetition size: {9}."),
        ("~" + "a" * 201, f"The regular expression {'a' * 201} cannot be read: it has more than 200 characters."),
        ('node:"pve 2', 'A quotation mark (") is not closed.'),
    ],
)
def test_a_bad_filter_is_a_sentence(text: str, reason: str) -> None:
    assert parse(text, KEYS) == BadFilter(text, reason)


def test_only_an_empty_filter_is_false() -> None:
    assert not parse(" ", KEYS)
    assert parse("web", KEYS)


@given(st.text(st.sampled_from('ab:!~"*,[](){}\\+?^$|9 \t'), max_size=20))
def test_whatever_is_typed_is_understood_or_answered(text: str) -> None:
    understood = parse(text, ("a", "b"))
    if isinstance(understood, BadFilter):
        assert understood.reason.endswith(".")
    else:
        assert understood.matches({"a": "b", "b": ("a", "ab")}) in (True, False)


@given(st.text(st.characters(exclude_characters='"'), min_size=1))
def test_quoted_text_finds_itself(text: str) -> None:
    understood = parse(f'"{text}"', KEYS)
    assert isinstance(understood, Filter)
    assert understood.matches({"name": f"x{text}y"})


@pytest.mark.parametrize("text", ["~(A+A+)+b", "~(a|aa)+$", "~^(([a-z])+.)+[A-Z]([a-z])+$", "name:*a*a*a*a*a*a*a*a*b"])
def test_no_pattern_needs_more_than_a_moment_for_a_long_name(text: str) -> None:
    """Python's own `re` would take longer for one of these than the test run lasts."""
    understood = parse(text, KEYS)
    assert isinstance(understood, Filter)
    assert not understood.matches({"name": "a" * 900 + "!"})


def test_a_lone_surrogate_is_no_reason_to_fail() -> None:
    for text in ("~\ud800", "name:\ud800*", "~a.c"):
        understood = parse(text, KEYS)
        assert isinstance(understood, Filter)
        assert understood.matches({"name": "a\ud800c"}) in (True, False)


@pytest.mark.parametrize(
    ("text", "other", "narrower"),
    [
        ("web", "we", True),
        ("web", "eb", True),
        ("we", "web", False),
        ("web prod", "web", True),
        ("web", "web prod", False),
        ("WEB", "we", True),
        ("!we", "!web", True),
        ("!web", "!we", False),
        ("web", "!web", False),
        ("kind:adopted web", "kind:adopted", True),
        ("kind:adopted", "kind:a", False),
        ("~web", "~we", False),
        ("~web db", "~web", True),
        ('"pve 3"', "pve", True),
        ("web", "", True),
    ],
)
def test_a_filter_is_narrower_only_where_that_is_sure(text: str, other: str, narrower: bool) -> None:
    one, before = parse(text, KEYS), parse(other, KEYS)
    assert isinstance(one, Filter)
    assert isinstance(before, Filter)
    assert one.narrows(before) is narrower
    if narrower:
        assert set(found(text).split()) <= set(found(other).split())
