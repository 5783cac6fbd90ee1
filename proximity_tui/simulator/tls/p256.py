"""ECDSA over the curve P-256 in plain Python: keys and signatures for certificates that live as long as a test.
It makes no attempt at constant time and must not protect anything but a loopback connection."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, repeat

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)


@dataclass(frozen=True)
class Key:
    """A private key and its public point, both as the raw bytes that DER structures carry."""

    secret: int = field(repr=False)
    public: bytes

    def sign(self, message: bytes) -> tuple[int, int]:
        """Return the (r, s) of an ECDSA signature over the SHA-256 of the message."""
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        while True:
            nonce = 1 + secrets.randbelow(_N - 1)
            r = _multiply(nonce)[0] % _N
            s = pow(nonce, -1, _N) * (digest + r * self.secret) % _N
            if r and s:
                return r, s


def generate() -> Key:
    secret = 1 + secrets.randbelow(_N - 1)
    x, y = _multiply(secret)
    return Key(secret, b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))


def _multiply(scalar: int) -> tuple[int, int]:
    """Return the affine point scalar * G, added up in Jacobian coordinates (one inversion at the end)."""
    total = _INFINITY
    for multiples in _multiples():
        scalar, digit = divmod(scalar, 16)
        total = _add(total, multiples[digit])
    x, y, z = total
    inverse = pow(z, -1, _P)
    square = inverse * inverse % _P
    return x * square % _P, y * square * inverse % _P


@cache
def _multiples() -> tuple[tuple[_Jacobian, ...], ...]:
    """Return 0 to 15 times G, 16 G, 256 G …, a row for each hexadecimal digit of a scalar, the lowest first: worked out
    once, so that a product is one addition a digit.
    """
    rows, base = [], (_G[0], _G[1], 1)
    for _ in range(0, _N.bit_length(), 4):
        *row, base = accumulate(repeat(base, 16), _add, initial=_INFINITY)
        rows.append(tuple(row))
    return tuple(rows)


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not z:
        return _INFINITY
    delta, gamma = z * z % _P, y * y % _P
    beta = x * gamma % _P
    alpha = 3 * (x - delta) * (x + delta) % _P
    new_x = (alpha * alpha - 8 * beta) % _P
    new_z = ((y + z) * (y + z) - gamma - delta) % _P
    new_y = (alpha * (4 * beta - new_x) - 8 * gamma * gamma) % _P
    return new_x, new_y, new_z


def _add(one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if not one[2]:
        return two
    if not two[2]:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = two
    zz1, zz2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * zz2 % _P, x2 * zz1 % _P
    s1, s2 = y1 * z2 * zz2 % _P, y2 * z1 * zz1 % _P
    if u1 == u2:
        return _double(one) if s1 == s2 else _INFINITY
    h, r = (u2 - u1) % _P, (s2 - s1) % _P
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    y3 = (r * (v - x3) - s1 * hhh) % _P
    return x3, y3, h * z1 * z2 % _P
