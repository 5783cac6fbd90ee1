"""A statement with columns from memory is the one that peewee writes, in whatever part of it they stand."""

from __future__ import annotations

from typing import Any

import peewee
import pytest

from proximity_tui.core.store.database import backend_for
from proximity_tui.core.store.db.statements import Statement
from proximity_tui.core.store.schema.container_tables import ContainerRow, PortRow
from proximity_tui.core.store.schema.operation_tables import OperationRow

OTHER = ContainerRow.alias("other")
HOLDS = (OperationRow.container_id == ContainerRow.id) & OperationRow.status.in_(("open", "interrupted"))
HELD = PortRow.select(PortRow.container_id).where(PortRow.released_at.is_null())
STATEMENTS: dict[str, Any] = {
    "every column": ContainerRow.select().order_by(ContainerRow.name.desc(), ContainerRow.id).limit(3),
    "join": ContainerRow.select(ContainerRow, OperationRow.id).join(OperationRow, peewee.JOIN.LEFT_OUTER, on=HOLDS),
    "second table first": ContainerRow.select(OperationRow.id).join(OperationRow, on=HOLDS),
    "alias": ContainerRow.select(OTHER.name).join(OTHER, on=(OTHER.predecessor == ContainerRow.id)),
    "query within": ContainerRow.select(peewee.fn.COUNT(ContainerRow.id)).where(ContainerRow.id.in_(HELD)),
    "insert": PortRow.insert(container_id=1, public=80, container_port=8080),
    "on conflict": PortRow.insert(id=1, public=80).on_conflict(
        conflict_target=[PortRow.id], preserve=[PortRow.public], where=PortRow.released_at.is_null()
    ),
    "update": ContainerRow.update(version=ContainerRow.version + 1, node=None).where(ContainerRow.id == 4),
    "delete": PortRow.delete().where(PortRow.container_id.in_(HELD)),
}


@pytest.mark.parametrize("which", STATEMENTS)
@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/proximity.db", "postgresql://nobody@nowhere/none"], ids=lambda url: url[:6]
)
def test_a_statement_is_the_one_that_peewee_writes(url: str, which: str) -> None:
    db: Any = backend_for(url).db
    options = db.get_context_options()
    assert db.context_class is Statement
    written = Statement(**options).sql(STATEMENTS[which]).query()
    assert written == peewee.Context(**options).sql(STATEMENTS[which]).query()
    assert " " in written[0]
