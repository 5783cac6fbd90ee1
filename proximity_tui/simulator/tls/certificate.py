"""The certificates of a simulated cluster: a root CA as Proxmox makes one, and a server certificate signed by it.
They pass `VERIFY_X509_STRICT`, which Python 3.13 sets by default. Keys exist in memory only, except for the moment
in which OpenSSL has to read one from a file."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import secrets
import ssl
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from proximity_tui.simulator.tls import der, p256

_DAY = 86_400.0
_COMMON_NAME, _ORGANISATION, _UNIT = "2.5.4.3", "2.5.4.10", "2.5.4.11"
_SHORT = {_COMMON_NAME: "CN", _ORGANISATION: "O", _UNIT: "OU"}

_Name = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Certificate:
    """One certificate and the facts that `certificates/info` shows of it. Times are seconds since the epoch."""

    filename: str
    der: bytes
    key: p256.Key
    subject: _Name
    issuer: _Name
    not_before: int
    not_after: int
    names: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 in the form Proxmox prints: `AA:BB:…`."""
        return hashlib.sha256(self.der).digest().hex(":").upper()

    @property
    def pem(self) -> str:
        return _pem("CERTIFICATE", self.der)


def make_root() -> Certificate:
    """Return a self-signed root with the names of a cluster's own CA; its fingerprint is the
    identity of the cluster.
    """
    key = p256.generate()
    name: _Name = (
        (_COMMON_NAME, "Proxmox Virtual Environment"),
        (_UNIT, str(uuid.uuid4())),
        (_ORGANISATION, "PVE Cluster Manager CA"),
    )
    extensions = [
        _extension("2.5.29.14", der.octets(_key_id(key))),
        _extension("2.5.29.35", der.sequence(der.implicit(0, _key_id(key)))),
        _extension("2.5.29.19", der.sequence(der.boolean(True)), critical=True),
        _extension("2.5.29.15", der.bits(b"\x06", 1), critical=True),
    ]
    return _issue("pve-root-ca.pem", key, name, name, key, extensions, days=3650)


def make_leaf(root: Certificate, host: str, names: Sequence[str]) -> Certificate:
    """Return a server certificate for `host`, valid for every DNS name and IP address in `names`."""
    key = p256.generate()
    subject: _Name = (
        (_UNIT, "PVE Cluster Node"),
        (_ORGANISATION, "Proxmox Virtual Environment"),
        (_COMMON_NAME, host),
    )
    extensions = [
        _extension("2.5.29.14", der.octets(_key_id(key))),
        _extension("2.5.29.35", der.sequence(der.implicit(0, _key_id(root.key)))),
        _extension("2.5.29.19", der.sequence()),
        _extension("2.5.29.37", der.sequence(der.oid("1.3.6.1.5.5.7.3.1"))),
        _extension("2.5.29.17", der.sequence(*(_alternative(name) for name in names))),
    ]
    return _issue("pve-ssl.pem", key, subject, root.subject, root.key, extensions, days=730, names=tuple(names))


def server_context(leaf: Certificate, root: Certificate) -> ssl.SSLContext:
    """Return a listening TLS context; the key touches the disk in a private temporary file, for as long as loading
    takes.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    handle, path = tempfile.mkstemp(prefix="simulator-", suffix=".pem")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(_pem("EC PRIVATE KEY", _private(leaf.key)) + leaf.pem + root.pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)
    return context


def distinguished(name: _Name) -> str:
    """Return `/CN=…/O=…`, the notation of `certificates/info`."""
    return "".join(f"/{_SHORT[kind]}={value}" for kind, value in name)


def _issue(
    filename: str,
    key: p256.Key,
    subject: _Name,
    issuer: _Name,
    signer: p256.Key,
    extensions: list[bytes],
    *,
    days: int,
    names: tuple[str, ...] = (),
) -> Certificate:
    algorithm = der.sequence(der.oid("1.2.840.10045.4.3.2"))
    start = int(time.time() - _DAY)
    end = int(start + days * _DAY)
    body = der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(secrets.randbits(126) | 1),
        algorithm,
        _name(issuer),
        der.sequence(der.time(start), der.time(end)),
        _name(subject),
        _public(key),
        der.explicit(3, der.sequence(*extensions)),
    )
    r, s = signer.sign(body)
    signed = der.sequence(body, algorithm, der.bits(der.sequence(der.integer(r), der.integer(s))))
    return Certificate(filename, signed, key, subject, issuer, start, end, names)


def _name(name: _Name) -> bytes:
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), der.text(value))) for kind, value in name))


def _public(key: p256.Key) -> bytes:
    algorithm = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.840.10045.3.1.7"))
    return der.sequence(algorithm, der.bits(key.public))


def _private(key: p256.Key) -> bytes:
    return der.sequence(
        der.integer(1),
        der.octets(key.secret.to_bytes(32, "big")),
        der.explicit(0, der.oid("1.2.840.10045.3.1.7")),
        der.explicit(1, der.bits(key.public)),
    )


def _key_id(key: p256.Key) -> bytes:
    return hashlib.sha1(key.public, usedforsecurity=False).digest()


def _extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = der.boolean(True) if critical else b""
    return der.sequence(der.oid(kind), flag, der.octets(value))


def _alternative(name: str) -> bytes:
    try:
        return der.implicit(7, ipaddress.ip_address(name).packed)
    except ValueError:
        return der.implicit(2, name.encode("ascii"))


def _pem(label: str, content: bytes) -> str:
    encoded = base64.b64encode(content).decode()
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
