"""Worker tasks: UPIDs, logs, exit statuses, and the invisible file lock that makes tasks of one container wait for
each other. A worker is a generator: it yields the seconds it takes or the lock it needs, and dies with `Died`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.world.timeline import Timeline

FLOCK_PATIENCE = 10.0


@dataclass(frozen=True)
class Flock:
    """Yielded by a worker that needs the configuration lock of a container before it goes on."""

    vmid: int


Worker = Generator[float | Flock, None, None]


@dataclass
class Task:
    """One worker. `exitstatus` and `endtime` are None while it runs; `user` carries the token, as the UPID does."""

    upid: str
    node: str
    pid: int
    pstart: int
    starttime: int
    type: str
    id: str
    user: str
    log: list[str] = field(default_factory=list)
    endtime: int | None = None
    exitstatus: str | None = None
    worker: Worker | None = None
    plot: Plot | None = None
    slept: bool = False

    @property
    def running(self) -> bool:
        return self.exitstatus is None

    @property
    def owner(self) -> str:
        return self._user_and_token[0]

    @property
    def token_name(self) -> str | None:
        return self._user_and_token[1]

    @property
    def _user_and_token(self) -> tuple[str, str | None]:
        """The user and the token. A user may hold "!", a realm and a token may not: the token follows the last one
        behind the last "@".
        """
        user, at, rest = self.user.rpartition("@")
        realm, _, token = rest.partition("!")
        return f"{user}{at}{realm}", token or None


@dataclass(frozen=True)
class Plot:
    """The order of a test for the next matching task: an exit status, or None for one that never ends."""

    type: str
    vmid: int | None
    exitstatus: str | None
    log: tuple[str, ...] = ()

    def matches(self, task: Task) -> bool:
        return task.type == self.type and (self.vmid is None or task.id == str(self.vmid))

    @property
    def harmless(self) -> bool:
        return self.exitstatus is not None and (self.exitstatus == "OK" or self.exitstatus.startswith("WARNINGS:"))


class Tasks:
    """All tasks of the cluster, oldest first, and the holder of each lock."""

    def __init__(self, timeline: Timeline) -> None:
        self.all: list[Task] = []
        self._by_upid: dict[str, Task] = {}
        self._timeline = timeline
        self._boot = timeline.start - 86_400.0
        self._pid = 0x310
        self._plots: list[Plot] = []
        self._holders: dict[int, Task] = {}
        self._waiting: dict[int, list[Task]] = {}

    def find(self, upid: str) -> Task | None:
        return self._by_upid.get(upid)

    def start(self, node: str, type: str, id: str, user: str, make: Callable[[Task], Worker]) -> Task:
        """Fork a worker: it runs up to its first wait before this returns."""
        task = self._new(node, type, id, user)
        task.plot = next((plot for plot in self._plots if plot.matches(task)), None)
        if task.plot:
            self._plots.remove(task.plot)
            task.log.extend(task.plot.log)
        task.worker = make(task)
        self._run(task)
        return task

    def note(self, node: str, type: str, id: str, user: str, log: Iterable[str] = (), status: str = "OK") -> Task:
        """Put a task in the log that is already over, as somebody else's commands leave one."""
        task = self._new(node, type, id, user)
        task.log.extend(log)
        self._finish(task, status)
        return task

    def abort(self, task: Task) -> None:
        if task.running and task.worker:
            task.worker.close()
            self._finish(task, "received interrupt")

    def go_on(self, task: Task) -> None:
        """Wake a worker that waits for nothing any more, as its plot had it."""
        self._run(task)

    def plot(self, plot: Plot) -> None:
        self._plots.append(plot)

    def holder(self, vmid: int) -> Task | None:
        """Return the task that holds the configuration lock of a container, if one does."""
        return self._holders.get(vmid)

    def active(self, vmid: int, type: str) -> list[Task]:
        return [task for task in self.all if task.running and task.id == str(vmid) and task.type == type]

    def forget(self, upid: str) -> None:
        """Rotate a task out of the index and delete its log."""
        self.all.remove(self._by_upid.pop(upid))

    def _new(self, node: str, type: str, id: str, user: str) -> Task:
        now = self._timeline.now
        self._pid += 7
        pstart = int((now - self._boot) * 100)
        upid = f"UPID:{node}:{self._pid:08X}:{pstart:08X}:{int(now):08X}:{type}:{id}:{user}:"
        task = Task(upid, node, self._pid, pstart, int(now), type, id, user)
        self.all.append(task)
        self._by_upid[upid] = task
        return task

    def _run(self, task: Task, death: Died | None = None) -> None:
        worker = task.worker
        while worker and task.running:
            try:
                wanted = worker.throw(death) if death else next(worker)
            except StopIteration:
                self._finish(task, _happy_end(task))
                return
            except Died as reason:
                self._finish(task, str(reason).replace("\n", " "))
                return
            death = None
            if isinstance(wanted, Flock):
                if not self._acquire(task, wanted.vmid):
                    return
            else:
                self._sleep(task, wanted)
                return
        return

    def _sleep(self, task: Task, seconds: float) -> None:
        plot, first = task.plot, not task.slept
        task.slept = True
        death: Died | None = None
        if plot and first and not plot.harmless:
            if plot.exitstatus is None:
                return
            death = Died(plot.exitstatus)
        self._timeline.after(seconds, lambda: self._run(task, death))

    def _acquire(self, task: Task, vmid: int) -> bool:
        holder = self._holders.setdefault(vmid, task)
        if holder is task:
            return True
        task.log.append("trying to acquire lock...")
        self._waiting.setdefault(vmid, []).append(task)
        self._timeline.after(FLOCK_PATIENCE, lambda: self._give_up(task, vmid))
        return False

    def _give_up(self, task: Task, vmid: int) -> None:
        if task in self._waiting.get(vmid, []):
            self._waiting[vmid].remove(task)
            self._run(task, Died(flock_timeout(vmid)))

    def _finish(self, task: Task, status: str) -> None:
        task.exitstatus = status
        task.endtime = int(self._timeline.now)
        task.worker = None
        if status == "OK":
            task.log.append("TASK OK")
        elif status.startswith("WARNINGS:"):
            task.log.append(f"TASK {status}")
        elif status != "unexpected status":
            task.log.append(f"TASK ERROR: {status}")
        for queue in self._waiting.values():
            if task in queue:
                queue.remove(task)
        for vmid in [vmid for vmid, holder in self._holders.items() if holder is task]:
            del self._holders[vmid]
            queue = self._waiting.get(vmid, [])
            if queue:
                following = queue.pop(0)
                following.log.append(" OK")
                self._holders[vmid] = following
                self._run(following)


def flock_timeout(vmid: int) -> str:
    return f"can't lock file '/run/lock/lxc/pve-config-{vmid}.lock' - got timeout"


def _happy_end(task: Task) -> str:
    return task.plot.exitstatus or "OK" if task.plot and task.plot.harmless else "OK"
