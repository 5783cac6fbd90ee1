"""Which cluster answers: its root CA tells, whatever the name, the address and the certificate of the server say.

It reads what a cluster shows of itself. By which root CA a cluster is known, it is told (`Recall`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.reading import Malformed, as_text, require_list_of_dicts
from proximity_tui.core.proxmox.trust import normal_fingerprint

Recall = Callable[[str, str], str | None]
"""From our name of a cluster and the root CA that it shows to the root CA it is known by; None when nobody can tell.
A cluster that is met for the first time is known by what it shows."""

RECOGNISED_FOR = 300.0
"""Seconds after which a server is asked again who it is, also when its connections never failed."""

ROOT_CA = "pve-root-ca.pem"
"""The file whose fingerprint is the identity of a cluster."""

_NODES_ASKED = 3


def root_ca(certificates: Any) -> str:
    """The fingerprint of the root CA among the certificates of a node. Malformed when it is not there."""
    for row in require_list_of_dicts(certificates, "the certificates"):
        if row.get("filename") == ROOT_CA:
            try:
                return normal_fingerprint(as_text(row.get("fingerprint"), "the fingerprint"))
            except ValueError as error:
                raise Malformed(str(error)) from None
    raise Malformed(f"there is no {ROOT_CA}")


def shown(ask: Callable[[ApiPath], Any]) -> str:
    """The root CA that a server shows; `ask` reads a path from exactly that server. Any token may ask.

    It is one file for the whole cluster, so whichever node answers will do. Malformed, or the last error of `ask`.
    """
    rows = require_list_of_dicts(ask(paths.top("nodes")), "the nodes")
    try:
        online = [paths.node_name(row.get("node")) for row in rows if row.get("status") == "online"]
    except ValueError as error:
        raise Malformed(str(error)) from None
    failure: Exception = Malformed("no node is online to say which cluster this is")
    for node in online[:_NODES_ASKED]:
        try:
            return root_ca(ask(paths.node(node, "certificates", "info")))
        except errors.Unknown as error:
            failure = error
    raise failure


def wrong_cluster(cluster: str, url: str, known: str, seen: str) -> errors.WrongCluster:
    """The error for a server of another cluster than the one that has this name with us."""
    return errors.WrongCluster(
        f"{cluster}: another cluster answers at {url}: its root CA is {seen}, but {cluster} is known by {known}. "
        "Nothing is believed of it or sent to it; correct the URL, or accept it with: "
        f"proximity-tui connect --retrust {cluster}",
        expected=known,
        seen=seen,
    )
