"""`value_object`: a frozen dataclass with slots, as the standard library has it, made in a tenth of the time.

A start makes about 170 such classes. The standard library compiles six methods for each, which took a quarter of the
start; here only `__init__` is compiled, when the first object is made, and the others are closures. Fields, defaults,
`replace`, `match`, comparison, pickling and inheritance are those of the standard library; whatever inherits from one
is itself made by `value_object`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def value_object(made: type[T], /) -> type[T]: ...
@overload
def value_object(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(made: type[T] | None = None, /, *, kw_only: bool = False) -> type[T] | Callable[[type[T]], type[T]]:
    """Return the class as a frozen dataclass with slots: `@dataclass(frozen=True, slots=True)`."""
    if made is None:
        return lambda late: _made_of(late, kw_only=kw_only)
    return _made_of(made)


def _made_of(written: type[T], *, kw_only: bool = False) -> type[T]:
    """Return the class as a frozen dataclass with slots; with `kw_only` every field has to be named."""
    # For a class without a text the standard library works out its signature, which takes longer than all the rest.
    written.__doc__ = written.__doc__ or written.__name__
    made = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(written)
    methods = (_init_of(made), _repr_of(made), *_comparison_of(made), *_state_of(made), _refuse_set, _refuse_delete)
    for method in methods:
        # What a class says itself stays; a class with `__eq__` of its own has the hash None until here.
        if made.__dict__.get(method.__name__) is None:
            setattr(made, method.__name__, method)
    return made


def _init_of(made: type[Any]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        compiled = _compiled_init(made)
        made.__init__ = compiled
        compiled(self, *args, **named)

    return __init__


def _compiled_init(made: type[Any]) -> Callable[..., None]:
    """Return the method that sets every field: of an object that is open meanwhile, as each refused setting costs five
    times as much.
    """
    names: dict[str, Any] = {"_ABSENT": MISSING, "_become": _become, "_Open": _open_copy(made)}
    given = [one for one in fields(made) if one.init]
    positional = [_parameter(one, names) for one in given if not one.kw_only]
    named = [_parameter(one, names) for one in given if one.kw_only]
    lines = ["_frozen = self.__class__", "_become(self, _Open)", *(_assignment(one, names) for one in given)]
    lines.append("_become(self, _frozen)")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n  " + "\n  ".join(lines), names)
    compiled: Callable[..., None] = names["__init__"]
    compiled.__qualname__ = f"{made.__qualname__}.__init__"
    return compiled


def _open_copy(made: type[Any]) -> type[Any]:
    """Return a class of the same name, parents and slots, of which fields can be set."""
    kept = {name: getattr(made, name) for name in _OF_A_CLASS if hasattr(made, name)}
    return type(made.__name__, made.__bases__, kept | _OPEN)


_OF_A_CLASS = ("__module__", "__qualname__", "__slots__", "__orig_bases__")
_OPEN = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}

_become = object.__dict__["__class__"].__set__
"""Changes the class of an object, which a frozen one refuses by itself."""


def _parameter(one: Field[Any], names: dict[str, Any]) -> str:
    if one.default is not MISSING:
        names[f"_default_{one.name}"] = one.default
        return f"{one.name}=_default_{one.name}"
    return f"{one.name}=_ABSENT" if one.default_factory is not MISSING else one.name


def _assignment(one: Field[Any], names: dict[str, Any]) -> str:
    if one.default_factory is MISSING:
        return f"self.{one.name} = {one.name}"
    names[f"_new_{one.name}"] = one.default_factory
    return f"self.{one.name} = _new_{one.name}() if {one.name} is _ABSENT else {one.name}"


def _repr_of(made: type[Any]) -> Callable[[Any], str]:
    shown = [one.name for one in fields(made) if one.repr]

    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    return __repr__


def _comparison_of(made: type[Any]) -> tuple[Callable[..., Any], ...]:
    compared = tuple(one.name for one in fields(made) if one.compare)
    # Of a single name `attrgetter` gives the value, of none it cannot be made; both compare and hash alike.
    values: Callable[[Any], Any] = attrgetter(*compared) if compared else lambda _: ()

    def __eq__(self: Any, other: object) -> bool:
        return bool(values(self) == values(other)) if type(other) is type(self) else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __eq__, __hash__


def _state_of(made: type[Any]) -> tuple[Callable[..., Any], ...]:
    names = [one.name for one in fields(made)]

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __getstate__, __setstate__


def _refuse_set(self: Any, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_refuse_set.__name__, _refuse_delete.__name__ = "__setattr__", "__delattr__"
