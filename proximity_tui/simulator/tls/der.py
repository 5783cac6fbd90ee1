"""Just enough DER to write an X.509 certificate. Knows how values are encoded, nothing about certificates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime


def element(tag: int, content: bytes) -> bytes:
    """Return one tag-length-value element with the shortest length form, as DER demands."""
    size = len(content)
    if size < 0x80:
        length = bytes([size])
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + content


def sequence(*parts: bytes) -> bytes:
    return element(0x30, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    return element(0x31, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """Return a non-negative integer; a leading zero keeps the sign bit clear."""
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def boolean(value: bool) -> bytes:
    return element(0x01, b"\xff" if value else b"\x00")


def octets(content: bytes) -> bytes:
    return element(0x04, content)


def bits(content: bytes, unused: int = 0) -> bytes:
    return element(0x03, bytes([unused]) + content)


def text(value: str) -> bytes:
    return element(0x0C, value.encode())


def explicit(number: int, content: bytes) -> bytes:
    return element(0xA0 | number, content)


def implicit(number: int, content: bytes) -> bytes:
    return element(0x80 | number, content)


def time(moment: float) -> bytes:
    """Return UTCTime until 2049 and GeneralizedTime after it, the rule of RFC 5280."""
    when = datetime.fromtimestamp(moment, UTC)
    if when.year < 2050:
        return element(0x17, when.strftime("%y%m%d%H%M%SZ").encode())
    return element(0x18, when.strftime("%Y%m%d%H%M%SZ").encode())


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return element(0x06, bytes([first * 40 + second]) + b"".join(_base128(rest)))


def _base128(arcs: Iterable[int]) -> Iterable[bytes]:
    for arc in arcs:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | (arc & 0x7F))
        yield bytes(reversed(digits))
