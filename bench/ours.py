"""Our program for a benchmark: a configuration, and a database in which every guest of the cluster is recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.cluster import FIRST_VMID, NODES, config_of, name_of
from proximity_tui.core import store
from proximity_tui.core.doctrine.observation.identity import fingerprint_of
from proximity_tui.core.model import Action, ClinicalRecord, Kind, Presence, State, Status
from proximity_tui.core.store.records import clinical_records, records


@dataclass(frozen=True, slots=True)
class Access:
    """Where a cluster answers, and to whom."""

    url: str
    fingerprint: str
    token_id: str
    token_secret: str

    @property
    def arguments(self) -> list[str]:
        """Address, token and secret, as the other programs take them."""
        return [self.url, self.token_id, self.token_secret]


@contextmanager
def cluster(count: int, *, still: bool = False, churn: float = 0.0) -> Iterator[Access]:
    """Run a cluster of `count` guests; with `still` it always tells the same figures, and the share `churn` of them is
    started or stopped from one list to the next.
    """
    argv = [sys.executable, "-m", "bench.cluster", str(count), *(["--still"] if still else []), f"--churn={churn}"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Access(**json.loads(process.stdout.readline()))
        process.stdin.close()


def configure(folder: Path, access: Access, interval: str) -> Path:
    """Write a configuration that asks this cluster so often; return its path."""
    path = folder / "proximity-tui.toml"
    path.write_text(
        f"""\
database = "sqlite:///{folder / "proximity.db"}"
[clusters.lab]
url = "{access.url}"
token_id = "{access.token_id}"
token_secret = {{ env = "BENCH_SECRET" }}
fingerprint = "{access.fingerprint}"
[refresh]
interval = "{interval}"
"""
    )
    path.chmod(0o600)
    return path


def record_everything(folder: Path, count: int) -> None:
    """Record `count` guests as adopted, each with its clinical record."""
    store.open_store(f"sqlite:///{folder / 'proximity.db'}", make_new=True)
    with store.transaction():
        for number in range(count):
            vmid = FIRST_VMID + number
            config, at = config_of(vmid), datetime.now(UTC)
            added = records.add(
                records.NewRecord(
                    cluster="lab",
                    vmid=vmid,
                    node=f"pve{number % NODES + 1}",
                    name=name_of(number),
                    kind=Kind.ADOPTED,
                    state=State.RUNNING,
                    fingerprint=fingerprint_of(config),
                    seen=records.FirstSeen(status=Status.RUNNING, presence=Presence.PRESENT, observed_at=at),
                ),
                actor="bench",
                action=Action.ADOPT,
                message=f"adopted {name_of(number)}",
            )
            captured = ClinicalRecord(at, Status.RUNNING, "running", config, config["digest"], {}, (), (), (), ())
            clinical_records.add_revision(added.id, captured, "adopted")
    store.close_store()
