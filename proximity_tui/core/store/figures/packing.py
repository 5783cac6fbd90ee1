"""The packing of figures into bytes. One place knows the format:

A *code* is a number of 16 bits for a value: 0 is unknown, and a higher value never has a lower code. The value is an
integer first (the share of CPU in hundredths of a percent, else bytes or bytes per second), and `1 + value` up to 2047;
above that, 10 bits of fraction and the rest an exponent of two, so a value is right to 0.05 %.

A *block* is one container's hour (60 minutes) or day (96 quarters of an hour): a byte with the format, and compressed
by zlib the codes of each figure in the order of `FIGURES`, and of a day the CPU peaks after them: of each first all
low bytes, then all high bytes. Of the disk, which changes little, each code but the first is the difference to the one
before, modulo 65536. What a day keeps is rounded, which makes it half as large: rates to 5 bits (3 %), CPU to 6
(1.6 %), memory to 9 (0.2 %); the disk is not, because its growth is looked at.

A *minute* is all containers of a cluster: a byte with the format, four with their number, eight for each id, and then
the codes of each figure, of `maxmem` and of `maxdisk`, two bytes each. All numbers are little-endian.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

from proximity_tui.core.model.guests.figures import CPU, DISK, FIGURES, MEM, PEAK, FigurePoint

FORMAT = 1
MINUTES, QUARTERS = 60, 96
"""The points of an hour and of a day."""
HOUR_FIGURES, DAY_FIGURES = FIGURES, (*FIGURES, PEAK)
_SHARES = frozenset({CPU, PEAK})
_PERCENT_OF_PERCENT = 10_000
_PLAIN = 2048
"""Values below are their own code, but one."""
_FRACTION = 10
_HIGHEST = 0xFFFF
_BITS = {CPU: 6, PEAK: 6, MEM: 9, DISK: 64}
_BITS_OF_RATES = 5
"""Bits of what is rounded for a day."""

Values = Sequence[float | None]
Columns = dict[str, list[float | None]]
"""The values of each figure, by name."""


def code_of(name: str, value: float | None) -> int:
    """Return the code of a value of a figure; 0 for None and for what is below zero."""
    if value is None or value < 0:
        return 0
    number = round(value * _PERCENT_OF_PERCENT) if name in _SHARES else round(value)
    if number < _PLAIN:
        return 1 + number
    exponent = number.bit_length() - _FRACTION - 1
    fraction = (number + (1 << (exponent - 1))) >> exponent
    return min(_HIGHEST, 1 + _PLAIN + ((exponent - 1) << _FRACTION) + fraction - (1 << _FRACTION))


def whole(value: float | None) -> int | None:
    """Return a limit in whole bytes."""
    return None if value is None else int(value)


def value_of(name: str, code: int) -> float | None:
    """Return the value of a code; None for an unknown one."""
    if code == 0:
        return None
    number = code - 1
    if number >= _PLAIN:
        exponent, fraction = divmod(number - _PLAIN, 1 << _FRACTION)
        number = (fraction + (1 << _FRACTION)) << (exponent + 1)
    return number / _PERCENT_OF_PERCENT if name in _SHARES else float(number)


def coarse(name: str, value: float | None) -> float | None:
    """Return the value as a day keeps it: rounded to the bits of its figure."""
    if value is None:
        return value
    scale = _PERCENT_OF_PERCENT if name in _SHARES else 1
    number = round(value * scale)
    drop = max(0, number.bit_length() - _BITS.get(name, _BITS_OF_RATES))
    rounded = ((number + (1 << drop >> 1)) >> drop) << drop
    return rounded / scale


def pack(names: Sequence[str], columns: Mapping[str, Values]) -> bytes:
    """Return the block of some figures; each column has as many values as the others."""
    planes = bytearray()
    for name in names:
        codes = [code_of(name, value) for value in columns[name]]
        raw = _bytes(array("H", _differences(codes) if name == DISK else codes))
        planes += raw[0::2] + raw[1::2]
    return bytes([FORMAT]) + zlib.compress(bytes(planes), 6)


def unpack(
    names: Sequence[str], points: int, data: bytes, wanted: Collection[str] | None = None
) -> dict[str, list[float | None]]:
    """Return the `wanted` columns (all if None) of a block of `points` points; everything is unknown in one that is
    damaged (law 9).
    """
    planes = _planes(data)
    if len(planes) != 2 * points * len(names):
        return {name: [None] * points for name in names if wanted is None or name in wanted}
    columns: dict[str, list[float | None]] = {}
    for place, name in enumerate(names):
        if wanted is not None and name not in wanted:
            continue
        low, high = (planes[(2 * place + half) * points : (2 * place + half + 1) * points] for half in (0, 1))
        codes = [small + 256 * large for small, large in zip(low, high, strict=True)]
        values = _values(name in _SHARES)
        columns[name] = [values[code] if code else None for code in (_sums(codes) if name == DISK else codes)]
    return columns


@cache
def _values(shares: bool) -> array[float]:
    """Return the value of every code: half a megabyte, and a quarter of the time."""
    name = CPU if shares else MEM
    return array("d", (value_of(name, code) or 0.0 for code in range(_HIGHEST + 1)))


def _differences(codes: Sequence[int]) -> Iterator[int]:
    return ((code - before) & _HIGHEST for before, code in zip((0, *codes), codes, strict=False))


def _sums(differences: Iterable[int]) -> Iterator[int]:
    return accumulate(differences, lambda code, difference: (code + difference) & _HIGHEST)


def _planes(data: bytes) -> bytes:
    if not data or data[0] != FORMAT:
        return b""
    try:
        return zlib.decompress(data[1:])
    except zlib.error:
        return b""


_MINUTE_COLUMNS = (*FIGURES, "maxmem", "maxdisk")


def pack_minute(points: Mapping[int, FigurePoint]) -> bytes:
    """Return the minute of these containers, by the id of the record."""
    ids = array("Q", sorted(points))
    packed = [bytes([FORMAT]), struct.pack("<I", len(ids)), _bytes(ids)]
    for name in _MINUTE_COLUMNS:
        packed.append(_bytes(array("H", (code_of(name, getattr(points[one], name)) for one in ids))))
    return b"".join(packed)


def unpack_minute(data: bytes, only: Iterable[int] | None = None) -> dict[int, dict[str, float | None]]:
    """Return the figures of the containers (or `only` of these) in a minute, by id; of a damaged one nothing."""
    ids = ids_in(data)
    count = len(ids)
    codes = _array("H", data[5 + 8 * count :] if count else b"")
    tables = [_values(name in _SHARES) for name in _MINUTE_COLUMNS]
    return {
        ids[place]: {
            name: tables[row][code] if (code := codes[place + count * row]) else None
            for row, name in enumerate(_MINUTE_COLUMNS)
        }
        for place in (range(count) if only is None else _places(ids, only))
    }


def highest_cpu(minutes: Iterable[bytes]) -> dict[int, float]:
    """Return the highest CPU of each container in these minutes, by id, where any is known; a damaged one has none."""
    found: dict[bytes, tuple[array[int], array[int]]] = {}
    for data in minutes:
        ids = ids_in(data)
        begin = 5 + (8 + 2 * FIGURES.index(CPU)) * len(ids)
        codes = _array("H", data[begin : begin + 2 * len(ids)])
        # Mostly the same containers: they are compared all at once.
        _, known = found.get(ids.tobytes(), (ids, codes))
        found[ids.tobytes()] = ids, array("H", map(max, known, codes))
    highest: dict[int, int] = {}
    for ids, codes in found.values():
        highest |= {one: code for one, code in zip(ids, codes, strict=True) if code > highest.get(one, 0)}
    # Few codes of all: their table would take more time than they do, and stay in memory.
    shares = {code: value_of(CPU, code) or 0.0 for code in set(highest.values())}
    return {one: shares[code] for one, code in highest.items()}


def _places(ids: array[int], wanted: Iterable[int]) -> Iterator[int]:
    """Yield the places of the wanted ids that are there; a few of many are found without a look at the others."""
    for one in wanted:
        place = bisect_left(ids, one)
        if place < len(ids) and ids[place] == one:
            yield place


def ids_after(data: bytes, after: int, most: int) -> array[int]:
    """Return the next ids of a minute after this one, at most so many."""
    ids = ids_in(data)
    begin = bisect_right(ids, after)
    return ids[begin : begin + most]


def ids_in(data: bytes) -> array[int]:
    """Return the ids of the records in a minute, the lowest first; none in a damaged one."""
    (count,) = struct.unpack_from("<I", data, 1) if len(data) >= 5 and data[0] == FORMAT else (0,)
    whole = len(data) == 5 + 8 * count + 2 * count * len(_MINUTE_COLUMNS)
    return _array("Q", data[5 : 5 + 8 * count] if whole else b"")


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _array(kind: str, data: bytes) -> array[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
