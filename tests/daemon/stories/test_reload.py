"""SIGHUP: a good configuration takes effect, a bad one is refused with one line and changes nothing."""

from __future__ import annotations

import signal

import pytest

from proximity_tui.simulator import RealClock, Simulator
from tests.daemon.site import Site, held_by, holder

IN_FORCE = "the new configuration is in force"
REFUSED = "the configuration was not reloaded, the old one stays in force"


def test_a_good_configuration_takes_effect(site: Site, lab: Simulator) -> None:
    daemon = site.working()
    site.open()
    with Simulator("demo", seed=2, clock=RealClock(50.0)) as other:
        site.configure(lab=lab, other=other)
        daemon.send(signal.SIGHUP)
        daemon.says(IN_FORCE)
        daemon.until(lambda: held_by(daemon) and held_by(daemon, "other"))
        daemon.until(lambda: other.journal.count("GET", "/cluster/resources"))
        assert daemon.ended_by(signal.SIGTERM) == 0
    assert (holder(), holder("other")) == (None, None)


def test_what_is_not_configured_any_more_is_given_back(site: Site, lab: Simulator) -> None:
    site.configure(lab=lab, other=site.table("other", lab))
    daemon = site.working("other")
    site.open()
    site.configure(lab=lab)
    daemon.send(signal.SIGHUP)
    daemon.until(lambda: held_by(daemon) and holder("other") is None)


def test_a_secret_that_was_exchanged_is_fetched_again(site: Site, lab: Simulator) -> None:
    site.configure(lab=lab)
    (site.folder / "lab.token").write_text("00000000-0000-0000-0000-000000000000")
    daemon = site.start()
    daemon.says("lab cannot be read")
    site.configure(lab=lab)
    daemon.send(signal.SIGHUP)
    daemon.says("reconciler of lab: complete")


BAD = {
    "is no TOML": "[clusters",
    "has an unknown key": "read_onyl = true",
    "has no cluster": "",
    "names another database": 'database = "sqlite:////tmp/elsewhere.db"\n{lab}',
    "has no such secret": "{lab_without_secret}",
    "has no such secret for one of two": "{lab_without_secret}\n{second}",
}


@pytest.mark.parametrize("toml", BAD.values(), ids=BAD)
def test_a_bad_configuration_is_refused_with_one_line(site: Site, lab: Simulator, toml: str) -> None:
    daemon = site.working()
    site.open()
    before, lines = holder(), len(daemon.lines)
    gone = f'database = "{site.url}"\n' + site.table("lab", lab, token_secret='{ env = "NOT_SET" }')
    tables = {"lab": site.table("lab", lab), "second": site.table("second", lab), "lab_without_secret": gone}
    site.config.write_text(toml.format(**tables) if "{" in toml else toml)
    daemon.send(signal.SIGHUP)
    daemon.says(REFUSED)
    told = [line for line in daemon.lines[lines:] if "error: " in line]
    assert len(told) == 1
    lease = holder()
    assert before is not None
    assert lease is not None
    assert (lease.owner, lease.token) == (before.owner, before.token)
    assert held_by(daemon)


def test_a_reload_that_hangs_keeps_no_signal_waiting(site: Site, lab: Simulator) -> None:
    daemon = site.working()
    reached = site.folder / "reached"
    command = f"sh -c 'touch {reached}; exec sleep infinity'"
    site.configure(lab=site.table("lab", lab, token_secret=f'{{ command = "{command}" }}'))
    daemon.send(signal.SIGHUP)
    daemon.until(reached.exists)
    assert daemon.ended_by(signal.SIGTERM) == 0
    assert "did not answer" not in daemon.said, "it did not wait until the command was given up"


def test_who_asks_twice_gets_what_was_written_last(site: Site, lab: Simulator) -> None:
    daemon = site.working()
    reached, go_on = site.folder / "reached", site.folder / "go-on"
    waiting = f"sh -c 'touch {reached}; while ! test -e {go_on}; do sleep 0.05; done; cat {site.folder}/lab.token'"
    site.configure(lab=site.table("lab", lab, token_secret=f'{{ command = "{waiting}" }}'))
    daemon.send(signal.SIGHUP)
    daemon.until(reached.exists)
    site.configure(lab=lab, second=site.table("second", lab))
    daemon.send(signal.SIGHUP)
    go_on.touch()
    daemon.says("clusters lab, second")
