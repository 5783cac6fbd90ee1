"""What monitoring is told, read by the rules of Prometheus' text format."""

from __future__ import annotations

import os
import signal
import socket
import stat
import threading
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from proximity_tui import __version__
from proximity_tui.config import load as config
from proximity_tui.core.jobs.status import JobStatus
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.records import records
from proximity_tui.daemon.metrics import collector as collector_module
from proximity_tui.daemon.metrics.collector import DaemonCollector
from proximity_tui.daemon.metrics.exporters import TextFile
from proximity_tui.runtime.context import AppContext, build_context
from proximity_tui.runtime.services import Services
from proximity_tui.simulator import Simulator
from tests.daemon.site import Running, Site, held_by
from tests.support.house import House
from tests.support.timing.waiting import LONGEST, until

Labels = frozenset[tuple[str, str]]
Figures = dict[str, dict[Labels, float]]


def parsed(text: str) -> Figures:
    """The samples by name and labels. Every family must be there once, with its help, its type and a sample."""
    figures: Figures = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation.endswith(".")
        assert family.type in ("gauge", "counter")
        assert family.samples
        for sample in family.samples:
            labels = frozenset(sample.labels.items())
            assert labels not in figures.setdefault(sample.name, {}), sample
            figures[sample.name][labels] = sample.value
    assert text.count("# TYPE ") == len(figures)
    return figures


def the(figures: Figures, name: str, **labels: str) -> float | None:
    """One sample, or None when nothing is known of it."""
    return figures.get(f"proximity_{name}", {}).get(frozenset(labels.items()))


def scraped(port: int) -> Figures:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LONGEST) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return parsed(answer.read().decode())


def is_served(port: int) -> bool:
    try:
        scraped(port)
    except URLError:
        return False
    return True


def telling(site: Site, lab: Simulator, port: int, **options: str) -> Running:
    """A daemon that runs the jobs of the lab and tells its metrics."""
    site.configure(f'[metrics]\nlisten = "127.0.0.1:{port}"', lab=lab, **options)
    daemon = site.working()
    daemon.says("metrics are served at")
    return daemon


def test_jobs_leases_and_the_age_of_the_data_are_told(site: Site, lab: Simulator, port: int) -> None:
    daemon = telling(site, lab, port)
    reconciler = {"job": "reconciler", "cluster": "lab"}
    daemon.until(lambda: the(scraped(port), "job_last_run_outcome", **reconciler, outcome="complete") == 1)
    daemon.until(lambda: the(scraped(port), "cluster_healthy", cluster="lab") == 1)
    figures = scraped(port)
    taken, collected = (
        the(figures, "data_timestamp_seconds", cluster="lab"),
        the(figures, "collected_timestamp_seconds"),
    )
    age = the(figures, "data_age_seconds", cluster="lab")
    began = the(figures, "job_last_run_timestamp_seconds", **reconciler)
    lasted = the(figures, "job_last_run_duration_seconds", **reconciler)
    assert taken is not None
    assert collected is not None
    assert age == pytest.approx(collected - taken, abs=0.5)
    assert began is not None
    assert 0 <= collected - began < 60
    assert lasted is not None
    assert 0 < lasted < 60
    assert the(figures, "job_last_run_outcome", **reconciler, outcome="failed") == 0
    assert the(figures, "job_last_run_count", **reconciler, counter="real_vmids_count") == 24
    assert the(figures, "job_paused", job="janitor", cluster="lab") == 0
    assert the(figures, "scheduler_alive") == 1
    assert the(figures, "store_up") == 1
    assert the(figures, "lease_held", cluster="lab") == 1
    [holder] = figures["proximity_lease_info"]
    told = dict(holder)
    assert (told["cluster"], told["host"], told["daemon"]) == ("lab", socket.gethostname(), "true")
    assert told["owner"].startswith(f"{socket.gethostname()}:{daemon.pid}:daemon-")


def test_orphans_alerts_and_operations_are_told(site: Site, lab: Simulator, port: int) -> None:
    house = House({"lab": lab}, site.folder)
    adopted = house.adopted(101)
    house.adopted(102)
    daemon = telling(site, lab, port, every="1s")
    daemon.until(lambda: the(scraped(port), "containers", cluster="lab", presence="present") == 2)
    before = scraped(port)
    assert the(before, "orphans_total", **{"cluster": "lab", "class": "anomalous"}) == 0
    assert the(before, "alerts_waiting", severity="red") == 0
    assert the(before, "operations", cluster="lab", status="interrupted") == 0
    lab.world.destroy_outside(101)
    daemon.until(lambda: records.get(adopted.id).is_tombstone)
    after = scraped(port)
    assert the(after, "orphans_total", **{"cluster": "lab", "class": "anomalous"}) == 1
    assert the(after, "orphans_total", **{"cluster": "lab", "class": "expected"}) == 0
    assert the(after, "containers", cluster="lab", presence="present") == 1
    assert the(after, "alerts_waiting", severity="red") == 1
    assert the(after, "alerts_open", cluster="lab", severity="red", kind="anomalous_orphan") == 1
    told = alerts.raise_alert("store", Severity.AMBER, message="of no cluster", notify=True)
    assert the(scraped(port), "alerts_open", cluster="", severity="amber", kind="store") == 1
    pending = the(scraped(port), "notifications_pending")
    alerts.claim_notification(told.id, "jump2:20:bb")
    alerts.failed(told.id, "it answered 500", now() + timedelta(hours=1), token="jump2:20:bb")
    assert the(scraped(port), "notifications_pending") == pending, "it is tried again in an hour"


def test_a_channel_that_was_removed_has_no_figures_and_its_alert_ends(site: Site, lab: Simulator, port: int) -> None:
    house = House({"lab": lab}, site.folder)
    house.adopted(101)
    told = alerts.raise_alert("store", Severity.AMBER, message="of no cluster")
    token = f"{socket.gethostname()}:1:daemon-aaaa"
    for channel, owner in (("gone", token), ("elsewhere", "jump2:1:daemon-aaaa")):
        notifications.claim(told.id, channel, owner)
        notifications.failed(told.id, channel, "it answered 404", now() + timedelta(hours=1), token=owner)
    failed = alerts.raise_alert(AlertKind.CHANNEL_FAILED, Severity.AMBER, name="gone", message="takes no messages")
    daemon = telling(site, lab, port)
    daemon.until(lambda: alerts.get(failed.id).resolved_at is not None)
    daemon.until(lambda: the(scraped(port), "store_up") == 1)
    assert the(scraped(port), "channel_stuck", channel="gone") is None
    assert the(scraped(port), "channel_stuck", channel="elsewhere") == 1


def test_of_a_cluster_that_never_answered_no_age_is_claimed(site: Site, lab: Simulator, port: int) -> None:
    lab.faults.unauthorized("/cluster/resources")
    daemon = telling(site, lab, port)
    daemon.until(lambda: the(scraped(port), "cluster_healthy", cluster="lab") == 0)
    figures = scraped(port)
    assert "proximity_data_age_seconds" not in figures
    assert the(figures, "lease_held", cluster="lab") == 1


class Hanging(Services):
    """Services whose database does not answer."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.over = threading.Event()

    def status(self) -> tuple[JobStatus, ...]:
        self.over.wait()
        return super().status()


def test_a_database_that_hangs_keeps_no_scrape_waiting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prometheus gives up after ten seconds: then nothing would be told, not even that the records cannot be read."""
    site.open()
    services = Hanging(build_context(config.load(site.config)))
    collector = DaemonCollector(services)
    monkeypatch.setattr(collector_module, "IN_TIME", 0.01)
    asked = set()
    try:
        for _ in range(2):
            told: list[str] = []
            scrape = threading.Thread(target=lambda told=told: told.append(collector.text()), daemon=True)
            scrape.start()
            until(lambda told=told: told)
            assert the(parsed(told[0]), "store_up") == 0
            asked.add(collector._reading)
        assert len(asked) == 1, "requests do not pile up"
    finally:
        services.over.set()
    monkeypatch.setattr(collector_module, "IN_TIME", LONGEST)
    assert the(parsed(collector.text()), "store_up") == 1


def test_only_metrics_are_there(site: Site, lab: Simulator, port: int) -> None:
    telling(site, lab, port)
    with pytest.raises(HTTPError) as other:
        urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST)
    assert other.value.code == 404
    other.value.close()
    with pytest.raises(HTTPError) as posted:
        urlopen(f"http://127.0.0.1:{port}/metrics", data=b"x", timeout=LONGEST)
    assert posted.value.code == 501
    posted.value.close()


def test_a_port_that_is_taken_costs_the_metrics_and_not_the_jobs(site: Site, lab: Simulator, port: int) -> None:
    first = telling(site, lab, port)
    second = site.start()
    second.says(f"metrics cannot be served at 127.0.0.1 port {port}")
    second.says("jobs of lab are run by")
    first.ended_by(signal.SIGTERM)
    second.says("metrics are served at")
    site.open()
    second.until(lambda: held_by(second))
    second.until(lambda: the(scraped(port), "lease_held", cluster="lab") == 1)


def test_a_reload_moves_the_metrics(site: Site, lab: Simulator, port: int) -> None:
    daemon = telling(site, lab, port)
    daemon.send(signal.SIGHUP)
    daemon.until(lambda: daemon.said.count("metrics are served at") == 2)
    assert the(scraped(port), "store_up") == 1
    site.configure(lab=lab)
    daemon.send(signal.SIGHUP)
    daemon.until(lambda: daemon.said.count("the new configuration is in force") == 2)
    daemon.until(lambda: not is_served(port))


def test_a_file_for_node_exporter_is_whole_readable_and_gone_at_the_end(site: Site, lab: Simulator) -> None:
    file = site.folder / "out" / "proximity.prom"
    file.parent.mkdir()
    site.configure('[metrics]\nfile = "out/proximity.prom"', lab=lab)
    daemon = site.working()
    daemon.until(file.exists)
    assert the(parsed(file.read_text()), "info", version=__version__) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert listed(file.parent) == [file.name]
    daemon.ended_by(signal.SIGTERM)
    assert listed(file.parent) == []


def test_a_planted_link_is_replaced_and_never_followed(site: Site) -> None:
    """Also where the name of the file beside it can be guessed: whoever may write there may plant a link."""
    precious = site.folder / "precious"
    precious.write_text("keep me")
    precious.chmod(0o600)
    file = site.folder / "proximity.prom"
    for planted in (file, file.with_name(f".{file.name}.{os.getpid()}")):
        planted.symlink_to(precious)
    exporter = TextFile(file, lambda: "up 1\n")
    exporter.start()
    until(lambda: not file.is_symlink())
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("up 1\n", 0o644)
    exporter.stop()
    assert not file.exists()
    assert (precious.read_text(), stat.S_IMODE(precious.stat().st_mode)) == ("keep me", 0o600)


def test_a_file_that_cannot_be_written_costs_the_metrics_and_not_the_jobs(site: Site, lab: Simulator) -> None:
    site.configure('[metrics]\nfile = "nowhere/proximity.prom"', lab=lab)
    daemon = site.working()
    daemon.says("metrics cannot be written to")
    assert daemon.ended_by(signal.SIGTERM) == 0


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
