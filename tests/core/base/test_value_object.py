"""Value objects behave as the frozen dataclasses of the standard library do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import pytest

from proximity_tui.core.base.value_object import value_object


@value_object
class Guest:
    vmid: int
    name: str = "web"
    tags: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class StandardGuest:
    vmid: int
    name: str = "web"
    tags: Mapping[str, int] = field(default_factory=dict)
    secret: str = field(default="", repr=False, compare=False)


@value_object
class Template(Guest):
    size: int = 1


@value_object(kw_only=True)
class Named:
    node: str | None = None


@value_object
class Checked:
    vmid: int

    def __post_init__(self) -> None:
        if self.vmid < 1:
            raise ValueError("no VMID")

    def __eq__(self, other: object) -> bool:
        return True


@value_object
class Keyed:
    vmid: int
    key: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"lab/{self.vmid}")


T = TypeVar("T")


@value_object
class Answer(Generic[T]):
    value: T


@value_object
class Nothing:
    pass


@pytest.mark.parametrize("given", [(101,), (101, "db"), (101, "db", {"a": 1}, "x")], ids=str)
def test_an_object_has_the_fields_and_defaults_of_the_standard_library(given: Any) -> None:
    ours, standard = Guest(*given), StandardGuest(*given)
    assert dataclasses.astuple(ours) == dataclasses.astuple(standard)
    assert repr(ours) == repr(standard).replace("StandardGuest", "Guest")
    assert [one.name for one in dataclasses.fields(ours)] == ["vmid", "name", "tags", "secret"]


def test_objects_with_the_same_compared_fields_are_equal_and_others_are_not() -> None:
    assert Guest(101, secret="a") == Guest(101, secret="b")
    assert Guest(101) != Guest(102)
    assert Guest(101) != Template(101)
    assert Guest(101) != StandardGuest(101)
    assert hash(Named(node="pve1")) == hash(Named(node="pve1"))
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())


def test_an_object_is_of_its_class_and_frozen_from_its_first_moment() -> None:
    seen: list[tuple[type, bool]] = []

    @value_object
    class Watched:
        vmid: int

        def __post_init__(self) -> None:
            with pytest.raises(dataclasses.FrozenInstanceError):
                self.vmid = 102
            seen.append((type(self), isinstance(self, Watched)))

    assert Watched(101).vmid == 101
    assert seen == [(Watched, True)]
    assert type(Template(101)) is Template
    assert type(Answer(1)) is Answer


def test_default_factories_make_an_object_of_its_own_each_time() -> None:
    assert Guest(101).tags is not Guest(101).tags


def test_nothing_of_an_object_can_be_set_or_deleted() -> None:
    guest: Any = Guest(101)
    with pytest.raises(dataclasses.FrozenInstanceError):
        guest.vmid = 102
    with pytest.raises(dataclasses.FrozenInstanceError):
        del guest.vmid
    with pytest.raises(dataclasses.FrozenInstanceError):
        guest.other = 1
    assert not hasattr(guest, "__dict__")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_equal(again: Any) -> None:
    assert again(Template(101, "db", {"a": 1}, size=3)) == Template(101, "db", {"a": 1}, size=3)


def test_replacing_and_matching_use_the_fields() -> None:
    match replace(Template(101), size=7):
        case Template(vmid, size=size):
            assert (vmid, size) == (101, 7)
        case _:
            pytest.fail("it did not match")


@pytest.mark.parametrize("wrong", [(), (1, 2, 3, 4, 5)], ids=str)
def test_wrong_arguments_are_a_type_error_also_at_the_first_object(wrong: Any) -> None:
    @value_object
    class Fresh:
        vmid: int

    with pytest.raises(TypeError, match="__init__"):
        Fresh(*wrong)
    assert Fresh(1).vmid == 1
    with pytest.raises(TypeError):
        Named("pve1")


def test_what_a_class_says_itself_stays() -> None:
    with pytest.raises(ValueError, match="no VMID"):
        Checked(0)
    assert Checked(1) == Checked(2)
    assert {Checked(1)} == {Checked(1)}


def test_a_field_that_is_worked_out_is_not_given_and_follows_the_others() -> None:
    one = Keyed(101)
    assert (one.key, replace(one, vmid=102).key) == ("lab/101", "lab/102")
    with pytest.raises(TypeError):
        Keyed(101, key="lab/102")  # type: ignore[call-arg]
    # Python 3.13 raises a TypeError where earlier versions raise a ValueError.
    with pytest.raises((TypeError, ValueError), match="init=False"):
        replace(one, key="lab/102")


def test_a_subclass_that_is_no_value_object_is_refused_at_its_first_object() -> None:
    class Written(Guest):
        pass

    with pytest.raises(TypeError, match="layout"):
        Written(101)
