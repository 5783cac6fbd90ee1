"""How a daemon begins, what it logs, and that it ends at once and leaves nothing held."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from proximity_tui.core.base import process_id
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.simulator import Simulator
from tests.daemon.pipes import fill
from tests.daemon.site import PATIENT, Running, Site, held_by, holder
from tests.support.timing.waiting import LONGEST, until


def test_it_runs_both_jobs_under_a_lease_that_tells_a_daemon_from_a_screen(site: Site) -> None:
    daemon = site.working()
    site.open()
    daemon.until(lambda: job_runs.last("reconciler", "lab") and job_runs.last("janitor", "lab"))
    run = job_runs.last("reconciler", "lab")
    assert run is not None
    assert run.outcome is JobOutcome.COMPLETE
    lease = holder()
    assert lease is not None
    assert process_id.read(lease.owner).daemon
    assert run.run_by == lease.owner


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_gives_the_lease_back(site: Site, number: signal.Signals) -> None:
    daemon = site.working()
    site.open()
    daemon.until(lambda: held_by(daemon))
    assert (daemon.ended_by(number), holder()) == (0, None)
    assert any(line.endswith("info: ended") for line in daemon.lines)


TOLD_TOO_EARLY = """
import os, signal, sys
from proximity_tui.__main__ import main

class TellsToEnd:
    def find_spec(self, name, path=None, target=None):
        if name == WHILE_LOADING:
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, TellsToEnd())
sys.argv = ["proximity-tui", "daemon"]
sys.exit(main())
"""


@pytest.mark.parametrize("loading", ["proximity_tui.cli", "proximity_tui.daemon.daemon_process"])
def test_a_daemon_that_is_told_to_end_before_it_is_up_ends_with_0(site: Site, lab: Simulator, loading: str) -> None:
    lab.journal.clear()
    environ = {**os.environ, "PROXIMITY_TUI_CONFIG": str(site.config)}
    command = [sys.executable, "-c", TOLD_TOO_EARLY.replace("WHILE_LOADING", repr(loading))]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LONGEST)
    assert (ended.returncode, lab.journal.entries()) == (0, []), ended.stderr


def test_a_job_that_hangs_in_a_dead_connection_holds_nobody_back(site: Site, lab: Simulator) -> None:
    lab.faults.hang("/cluster/resources")
    daemon = site.working()
    site.open()
    daemon.until(lambda: job_runs.recent("reconciler", "lab") and lab.journal.count("GET", "/cluster/resources"))
    assert (daemon.ended_by(signal.SIGTERM), holder()) == (0, None)
    assert "cannot be read" not in daemon.said, "it did not wait until the read was given up"


def test_a_signal_is_heard_while_a_secret_is_still_waited_for(bare: Site, lab: Simulator) -> None:
    reached = bare.folder / "reached"
    command = f"sh -c 'touch {reached}; exec sleep infinity'"
    bare.configure(lab=bare.table("lab", lab, token_secret=f'{{ command = "{command}" }}'))
    daemon = bare.start()
    daemon.until(reached.exists)
    assert daemon.ended_by(signal.SIGTERM) == 0
    assert "did not answer" not in daemon.said, "it did not wait until the command was given up"


@pytest.mark.parametrize("section", ["[sentry]\ndsn", '[[notify]]\nname = "pager"\nurl'])
def test_a_signal_is_heard_while_the_secret_of_a_receiver_is_still_waited_for(
    bare: Site, lab: Simulator, section: str
) -> None:
    reached = bare.folder / "reached"
    command = f"sh -c 'touch {reached}; exec sleep infinity'"
    bare.configure(f'{section} = {{ command = "{command}" }}', lab=lab)
    daemon = bare.start()
    daemon.until(reached.exists)
    assert daemon.ended_by(signal.SIGTERM) == 0
    assert "did not answer" not in daemon.said, "it did not wait until the command was given up"


def test_for_the_journal_each_line_has_a_priority_and_no_time(site: Site, lab: Simulator) -> None:
    lab.faults.drop("/cluster/resources")
    daemon = site.working(JOURNAL_STREAM="8:4711")
    daemon.says("<4>lab cannot be read")
    daemon.ended_by(signal.SIGTERM)
    assert all(re.match(r"<[2-7]>[A-Za-z]", line) for line in daemon.lines), daemon.said
    assert any(line.startswith("<6>proximity-tui") for line in daemon.lines)
    assert lab.token_secret not in daemon.said


def test_elsewhere_each_line_has_its_time_and_level(site: Site) -> None:
    daemon = site.working()
    daemon.ended_by(signal.SIGTERM)
    assert all(re.match(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4} [a-z]+: ", line) for line in daemon.lines), daemon.said


def test_it_keeps_no_log_file(site: Site, own_home: object) -> None:
    daemon = site.working(HOME=str(site.folder / "home"))
    daemon.ended_by(signal.SIGTERM)
    assert not (site.folder / "home").exists()


def test_a_cluster_that_does_not_answer_is_told_once_and_again_when_it_answers(bare: Site, lab: Simulator) -> None:
    rule = lab.faults.unauthorized("/cluster/resources")
    bare.configure('[refresh]\ninterval = "1s"', lab=lab)
    daemon = bare.start()
    daemon.says("lab cannot be read")
    asked = lab.journal.count("GET", "/cluster/resources")
    daemon.until(lambda: lab.journal.count("GET", "/cluster/resources") > asked + 2)
    lab.faults.remove(rule)
    daemon.says("lab answers again")
    assert daemon.said.count("lab cannot be read") == 1


def never_starts(daemon: Running) -> tuple[int, str]:
    return daemon.ended(), daemon.said


def test_a_configuration_that_cannot_be_used_is_one_line_and_exit_2(bare: Site) -> None:
    bare.config.write_text("[refersh]")
    code, said = never_starts(bare.start(JOURNAL_STREAM="8:1"))
    assert code == 2
    assert re.fullmatch(r"<2>.*did you mean refresh\?", said)


def test_without_a_cluster_there_is_nothing_to_do(bare: Site) -> None:
    bare.configure()
    code, said = never_starts(bare.start())
    assert code == 2
    assert "no cluster is enabled" in said


def test_a_database_that_is_away_is_exit_1_for_the_service_manager_to_try_again(bare: Site, lab: Simulator) -> None:
    bare.url = f"sqlite:///{bare.config}/proximity.db"
    bare.configure(lab=lab)
    code, said = never_starts(bare.start())
    assert code == 1
    assert "cannot be made" in said


def test_a_store_of_secrets_that_is_away_is_exit_1_too(bare: Site, lab: Simulator) -> None:
    bare.configure(lab=lab)
    text = bare.config.read_text()
    bare.config.write_text(re.sub(r"token_secret = .*", 'token_secret = { command = "false" }', text))
    code, said = never_starts(bare.start())
    assert code == 1
    assert "command false failed with exit code 1" in said


def test_a_cluster_whose_token_cannot_be_had_keeps_the_jobs_from_no_other(site: Site, lab: Simulator) -> None:
    site.configure(lab=lab, attic=site.table("attic", lab, token_secret='{ env = "NOT_SET" }'))
    daemon = site.start()
    daemon.says("reconciler of lab: complete")
    daemon.says("clusters.attic.token_secret, environment variable NOT_SET is not set")
    assert daemon.ended_by(signal.SIGTERM) == 0


def test_a_log_that_nobody_reads_holds_up_nothing(site: Site) -> None:
    """As of a terminal after Ctrl-S, or of a journal that hangs: whoever logs would wait for ever, and a process that
    runs no job would keep the lease.
    """
    reading, writing = os.pipe()
    fill(writing)
    site.open()
    # Who ends waits for the lines of its log, too, and these never leave.
    program = PATIENT.replace("log.WRITTEN_WITHIN = 60.0", "log.WRITTEN_WITHIN = 0.0")
    command = [sys.executable, "-c", program, "--config", str(site.config), "daemon"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=writing) as daemon:
        try:
            until(lambda: (last := job_runs.last("reconciler", "lab")) and last.run_by.split(":")[1] == str(daemon.pid))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(LONGEST) == 0
            assert holder() is None
        finally:
            daemon.kill()
            os.close(writing)
            os.close(reading)


def test_a_daemon_whose_stderr_is_closed_works(site: Site) -> None:
    site.open()
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-c", PATIENT]
    command += ["--config", str(site.config), "daemon"]
    environment = {**os.environ, "JOURNAL_STREAM": "8:4711"}
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment) as daemon:
        try:
            until(lambda: daemon.poll() is not None or job_runs.last("reconciler", "lab"))
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(LONGEST) == 0
        finally:
            daemon.kill()
