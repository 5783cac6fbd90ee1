"""How a recorded context with the real API is cut into scenes that can be replayed one by one: where each
begins, the state it needs, what happens outside the API in between, and which exchanges are no business of a
container simulator and why. Ids are those of the recording; nothing here looks at an answer."""

from __future__ import annotations

import re
from typing import Any

SCENES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    # name, first id, last id, needs
    ("identity", "013", "047", ("lab",)),
    ("empty cluster", "057", "069", ("no guests",)),
    ("reads", "070", "168", ("lab",)),
    ("life of containers", "169", "375", ("lab",)),
    ("visibility", "376", "561", ("later lab", "105 just started")),
    ("long task", "562", "576", ("later lab",)),
    ("node refuses", "581", "594", ("later lab", "pve2 refuses connections")),
    ("node offline", "595", "614", ("later lab", "pve2 offline")),
    ("no quorum", "615", "631", ("later lab", "no quorum", "asked at pve2")),
    ("rejoined", "632", "633", ("later lab", "202 stopped")),
    ("packets dropped", "634", "635", ("later lab", "pve2 drops packets")),
    ("pvedaemon back", "636", "646", ("later lab",)),
    ("high availability", "647", "658", ("later lab", "173 managed by HA")),
    ("volumes", "659", "671", ("later lab", "180 with mp0", "180 with a stray volume")),
    ("purge", "672", "681", ("later lab", "181 stopped")),
    ("http", "682", "710", ("later lab", "173 gone")),
    ("backups", "711", "727", ("later lab", "103 tagged a;b", "103 described", "103 backed up")),
    ("parallel start", "728", "733", ("later lab",)),
    ("create while watched", "734", "747", ("later lab", "173 gone", "103 tagged a;b", "103 just stopped")),
    ("stale list", "748", "755", ("later lab", "173 gone", "103 tagged a;b")),
    ("node offline for minutes", "856", "861", ("later lab", "173 gone", "pve2 offline", "five minutes pass")),
    ("mixed", "868", "892", ("later lab", "173 gone", "103 tagged a;b")),
    ("pmxcfs down", "900", "915", ("later lab", "173 gone", "103 tagged a;b", "pmxcfs down")),
    ("defaults", "919", "929", ("later lab",)),
    ("only root", "934", "940", ("later lab",)),
    ("delete without quorum", "941", "943", ("later lab", "no quorum", "asked at pve2")),
)

BETWEEN: dict[str, tuple[str, ...]] = {
    # what happened outside the API before this exchange
    "200": ("107 fails to start next",),
    "336": ("tasks end",),
    "365": ("tasks end", "broadcast"),
    "600": ("pve2 drops packets",),
    "601": ("pve2 has no route",),
    "609": ("two minutes pass",),
    "668": ("180 with mp0",),
    "678": ("181 stopped",),
    "731": ("tasks end",),
    "738": ("most of a task passes",),
    "742": ("tasks end",),
    "743": ("broadcast",),
    "749": ("tasks end", "broadcast"),
    "752": ("broadcast",),
    "754": ("tasks end",),
    "861": ("pve2 back", "broadcast"),
    "911": ("pmxcfs up",),
    "913": ("broadcast",),
}

CREDENTIALS = {"032": "bearer"}
"""Exchanges whose credentials were sent in a way their `as` does not tell."""

_ARTEFACT = "artefact of the recording laboratory"
_OUTSIDE: tuple[tuple[str, str], ...] = (
    # a pattern on "METHOD path as", and why such an exchange is no business of a container simulator
    (r" (root|tkt-\S+)$", "ticket login"),
    (r" /access/ticket", "ticket login"),
    (r"^POST /access/users", "users and tokens"),
    (r"^POST /cluster/ha/", "HA administration"),
    (r" /cluster/ha/status", "HA administration"),
    (r" /cluster/backup", "backup jobs"),
    (r"local%3Abackup", "deletion of volumes"),
    (r" /nodes/[^/]+/qemu", "virtual machines"),
    (r"/move_volume ", "move volume"),
    (r"^GET .*/migrate ", "migrate preconditions"),
    (r" /api2/xml", "other formats than JSON"),
    (r"tasks/UPID[^/]*(move_volume|imgdel)", "task of what is not simulated"),
)
_SINGLE: dict[str, str] = {
    "026": "users and tokens",
    "027": "users and tokens",
    "066": "download of a log as a file",
    "076": "software defined networks",
    "113": "figures of nodes over time",
    **{str(number): f"{_ARTEFACT}: a guest migration lock" for number in range(324, 333)},
    **{str(number): "a dead pvedaemon" for number in range(636, 645)},
    **{str(number): f"{_ARTEFACT}: no tools for backups" for number in (*range(682, 686), *range(713, 717))},
    "891": "move volume",
    "914": f"{_ARTEFACT}: a relay answered for the API",
}


def scene_of(exchange_id: str) -> str | None:
    """The name of the scene an exchange belongs to, None for one between scenes."""
    return next((name for name, first, last, _ in SCENES if first <= exchange_id <= last), None)


def why_not(exchange: dict[str, Any]) -> str | None:
    """Why this exchange is not compared, None if it is."""
    if exchange["id"] in _SINGLE:
        return _SINGLE[exchange["id"]]
    request = f"{exchange['method']} {exchange['path']} {exchange['as']}"
    return next((why for pattern, why in _OUTSIDE if re.search(pattern, request)), None)
