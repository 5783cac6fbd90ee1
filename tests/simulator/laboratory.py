"""A simulator furnished like the cluster that was recorded, and the words by which a scene asks for a state. What is
asked of it and what it should answer is not known here."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from proximity_tui.simulator import Fault, ManualClock, Simulator
from tests.simulator import furniture

ROUND = 10.0
PATIENCE = 120.0
TASK_SECONDS = 0.5


class Laboratory:
    """One simulator whose time stands still unless a word or a task moves it. Use it as a context manager."""

    def __init__(self, needs: tuple[str, ...]) -> None:
        self.clock = ManualClock(furniture.AFTER_THE_RECORDING)
        self._needs = needs
        self._simulator = Simulator("empty", clock=self.clock, task_seconds=TASK_SECONDS)
        self._world = self._simulator.world
        self._faults: list[Fault] = []
        self._secrets: dict[str, str] = {}

    def __enter__(self) -> Laboratory:
        self._simulator.start()
        try:
            furniture.populate(self._world)
            for sender, (token, acl) in furniture.TOKENS.items():
                self._secrets[sender] = f"PVEAPIToken={token}={self._simulator.add_token(token, acl)}"
            for need in self._needs:
                self.arrange(need)
        except BaseException:
            self._simulator.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._simulator.stop()

    @property
    def address(self) -> tuple[str, int]:
        url = urlsplit(self._simulator.url)
        return str(url.hostname), int(url.port or 0)

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts the simulated cluster's own root CA and nothing else."""
        return ssl.create_default_context(cadata=self._simulator.ca_pem)

    def authorization(self, sender: str) -> str | None:
        """The header by which a sender identifies itself, None for one who does not."""
        return self._secrets.get(sender) or furniture.STRANGERS[sender]

    def arrange(self, word: str) -> None:
        """Bring about the state that a word of the scenes stands for."""
        number, _, rest = word.partition(" ")
        if number.isdigit():
            self._guest(int(number), rest)
        else:
            _WORDS[word](self)

    def wait_for(self, upid: str) -> None:
        """Let time pass until a task is over."""
        self._wait(lambda: any(task.upid == upid and not task.running for task in self._tasks()))

    def _guest(self, vmid: int, rest: str) -> None:
        world = self._world
        if rest == "gone":
            world.destroy_outside(vmid)
        elif rest == "stopped" and world.container(vmid):
            world.set_status(vmid, "stopped")
        elif rest == "just started":
            world.set_status(vmid, "stopped")
            world.broadcast()
            world.set_status(vmid, "running")
        elif rest == "just stopped":
            world.set_status(vmid, "running")
            world.broadcast()
            world.set_status(vmid, "stopped")
        elif rest == "fails to start next":
            world.fail_next_task("vzstart", vmid, f"startup for container '{vmid}' failed")
        elif rest == "managed by HA":
            world.set_ha(vmid, "stopped")
        elif rest.startswith("tagged "):
            world.set_config(vmid, tags=rest.removeprefix("tagged "))
        else:
            furniture.extra(world, vmid, rest)

    def _answer_for_pve2(self, reason: str) -> None:
        self._clear_faults()
        self._faults.append(self._simulator.faults.answer(595, reason, "/nodes/pve2/"))

    def _clear_faults(self) -> None:
        while self._faults:
            self._simulator.faults.remove(self._faults.pop())

    def _pmxcfs(self, up: bool) -> None:
        self._clear_faults()
        if up:
            self._world.forget_broadcasts("pve1")
        else:
            self._faults.append(self._simulator.faults.pmxcfs_down())

    def _pve2(self, online: bool) -> None:
        self._clear_faults()
        self._world.set_node_online("pve2", online)

    def _all_tasks_end(self) -> None:
        self._wait(lambda: not any(task.running for task in self._tasks()))

    def _wait(self, done: Callable[[], bool]) -> None:
        waited = 0.0
        while not done():
            assert waited < PATIENCE, "a task that should end does not"
            self.clock.advance(0.25)
            waited += 0.25

    def _tasks(self) -> list[Any]:
        with self._world.entered() as cluster:
            return list(cluster.tasks.all)

    def _pass(self, seconds: float) -> None:
        for _ in range(int(seconds // ROUND)):
            self.clock.advance(ROUND)
            self._tasks()


_WORDS: dict[str, Callable[[Laboratory], None]] = {
    "no guests": lambda lab: None,
    "lab": lambda lab: furniture.guests(lab._world),
    "later lab": lambda lab: furniture.later_guests(lab._world),
    "broadcast": lambda lab: lab._world.broadcast(),
    "tasks end": Laboratory._all_tasks_end,
    "most of a task passes": lambda lab: lab.clock.advance(TASK_SECONDS * 0.75),
    "two minutes pass": lambda lab: lab._pass(120.0),
    "five minutes pass": lambda lab: lab._pass(310.0),
    "no quorum": lambda lab: lab._world.set_quorate(False),
    "asked at pve2": lambda lab: lab._world.set_node_online("pve1", False),
    "pve2 offline": lambda lab: lab._pve2(False),
    "pve2 back": lambda lab: lab._pve2(True),
    "pve2 has no route": lambda lab: lab._clear_faults(),
    "pve2 drops packets": lambda lab: lab._answer_for_pve2("Connection timed out"),
    "pve2 refuses connections": lambda lab: lab._answer_for_pve2("Connection refused"),
    "pmxcfs down": lambda lab: lab._pmxcfs(False),
    "pmxcfs up": lambda lab: lab._pmxcfs(True),
}
