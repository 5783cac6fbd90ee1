"""The decoding of answers: as proxmoxer does it, but the long list of guests row by row."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from proxmoxer.backends.https import JsonSerializer
from requests import Response

ROW_BY_ROW = "/cluster/resources"
"""The end of the path whose rows are left undecoded where all are asked for, for `inventory`: one call of a decoder
that takes the whole list of 50,000 guests would keep every other thread waiting."""


class Answers(JsonSerializer):  # type: ignore[misc]
    """The serializer of one connection."""

    def loads(self, response: Response) -> Any:
        """Return the `data` of an answer; of the list of guests as `UndecodedRows`, unless something is odd in it."""
        asked = urlsplit(response.url)
        if asked.path.endswith(ROW_BY_ROW) and not asked.query:
            # Imported late: nothing else needs the library, and a command may not list guests at all.
            from proximity_tui.core.proxmox.decode.guest_rows import split_rows

            rows = split_rows(response.content)
            if rows is not None:
                return rows
        return super().loads(response)
