"""How a recorded session with the real API is cut into scenes that can be replayed one by one: where each
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
    ("visibility", "376", "561", ("later lab",)),
    ("long task", "562", "576", ("later lab",)),
    ("node refuses", "581", "594", ("later lab", "pve2 refuses connections")),
    ("node offline", "595", "614", ("later lab", "pve2 offline")),
    ("no quorum", "615", "631", ("later lab", "no quorum", "asked at pve2")),
    ("rejoined", "632", "633", ("later lab", "202 stopped")),
    ("packets dropped", "634", "635", ("later lab", "pve2 drops packets")),
    ("pvedaemon down", "636", "646", ("later lab", "pvedaemon down")),
    ("high availability", "647", "658", ("later lab", "173 managed by HA")),
    ("volumes", "659", "671", ("later lab", "180 with mp0", "180 with a volume nobody refers to")),
    ("purge", "672", "681", ("later lab", "181 stopped")),
    ("http", "682", "710", ("later lab", "173 gone")),
    ("backups", "711", "727", ("later lab",)),
    ("parallel start", "728", "733", ("later lab",)),
    ("create while watched", "734", "747", ("later lab", "173 gone", "103 tagged a;b")),
    ("stale list", "748", "755", ("later lab", "173 gone", "103 tagged a;b")),
    ("node offline for minutes", "856", "861", ("later lab", "173 gone", "pve2 long offline")),
    ("mixed", "868", "892", ("later lab", "173 gone", "103 tagged a;b")),
    ("pmxcfs down", "900", "915", ("later lab", "173 gone", "103 tagged a;b", "pmxcfs down")),
    ("defaults", "919", "929", ("later lab",)),
    ("only root", "934", "940", ("later lab",)),
    ("delete without quorum", "941", "943", ("later lab", "no quorum", "asked at pve2")),
)

BETWEEN: dict[str, tuple[str, ...]] = {
    # what happened outside the API before this exchange
    "366": ("broadcast",),
    "600": ("pve2 drops packets",),
    "601": ("pve2 has no route",),
    "609": ("five minutes pass",),
    "646": ("pvedaemon up",),
    "668": ("180 with mp0",),
    "678": ("181 stopped",),
    "743": ("tasks end", "broadcast"),
    "752": ("broadcast",),
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
    (r" /nodes/[^/]+/vzdump|local%3Abackup", "backups and restores"),
    (r" /nodes/[^/]+/network", "network"),
    (r" /nodes/[^/]+/qemu", "virtual machines"),
    (r"/resize ", "resize"),
    (r"/move_volume ", "move volume"),
    (r"/migrate ", "migrate"),
    (r" /api2/xml", "other formats than JSON"),
    (r"tasks/UPID[^/]*(resize|move_volume|vzdump|vzrestore|imgdel)", "task of what is not simulated"),
)
_SINGLE: dict[str, str] = {
    **dict.fromkeys([f"{number}" for number in range(324, 333)], f"{_ARTEFACT}: a guest migration lock"),
    **dict.fromkeys(("076",), "software defined networks"),
    **dict.fromkeys(("716", "720", "726"), "backups and restores"),
    "066": "download of a log as a file",
    "685": "backups and restores",
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
    if str(exchange.get("params", {}).get("restore", "")) == "1":
        return "backups and restores"
    return next((why for pattern, why in _OUTSIDE if re.search(pattern, request)), None)
