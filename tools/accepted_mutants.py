"""The mutants that make no difference, with the reason: no test can notice them, so no sample has them.

Each is named by its module in `core/`, by its line as it stands there, and by the change.
"""

from __future__ import annotations

from collections.abc import Mapping

_OTHER_STEP = "the step that proves another one has another name, so it is never that step itself"

ACCEPTED: Mapping[tuple[str, str, str], str] = {
    (
        "doctrine/actions/sent_requests.py",
        "shown = (one.outcome for one in operation.steps if one.name is proof and one.seq > step.seq)",
        "Gt -> GtE",
    ): _OTHER_STEP,
    (
        "doctrine/actions/sent_requests.py",
        "shown = (one for one in operation.steps if one.name is _PROOFS.get(step.name) and one.seq > step.seq)",
        "Gt -> GtE",
    ): _OTHER_STEP,
    (
        "doctrine/figures/forecast.py",
        "full_in = left / slope if left is not None and slope > 0 and straight >= STRAIGHT else None",
        "Gt -> GtE",
    ): "a line without a slope explains none of the differences, so it is not straight",
    (
        "engine/downloads.py",
        "_RECENT = 1000",
        "1000 -> 1001",
    ): "how far back is far enough is a choice: it makes a difference only beyond any number of events that matters",
}
