"""A mutation that this process carries out, and how it ended, in words. It starts nothing itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from proximity_tui.core.engine.operations.outcome import Result


@dataclass(frozen=True, slots=True)
class TaskResult:
    """The end of a mutation: its result, or `error` where the call itself raised."""

    label: str
    result: Result | None
    error: str | None = None

    @property
    def success(self) -> bool:
        """Whether everything was done as planned."""
        return self.result is not None and self.result.success

    @property
    def sentence(self) -> str:
        """How it is told to a person: `delete web1: done`. Holds text from outside, so never markup."""
        return f"{self.label}: {self.outcome}"

    @property
    def outcome(self) -> str:
        """The end without its label: `done`, or what was refused or failed and why."""
        if self.result is None:
            return f"failed: {self.error}"
        if self.result.success:
            return "done"
        if self.result.refused is not None:
            return f"refused: {self.result.refused.reason}"
        if self.result.interrupted:
            return f"interrupted, can be resumed: {self.result.error}"
        return f"failed: {self.result.error}"


@dataclass(eq=False, slots=True)
class BackgroundTask:
    """A mutation under way; `ended` is None until it has an end. To be made on the event loop."""

    label: str
    began_at: datetime
    ended: TaskResult | None = None
    _end: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, ended: TaskResult) -> None:
        """Note how it ended. Called by the desk."""
        self.ended = ended
        self._end.set()

    async def wait(self) -> TaskResult:
        """How it ended, as soon as it has. To stop waiting does not stop the errand."""
        await self._end.wait()
        assert self.ended is not None
        return self.ended
