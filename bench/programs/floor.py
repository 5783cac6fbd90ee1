"""What CPython itself costs: the same list without a toolkit, written to the terminal by hand."""

from __future__ import annotations

import http.client
import json
import os
import select
import shutil
import ssl
import sys
import termios
import time
import tty

from bench.programs.cells import line_of


def main() -> None:
    """Ask, draw what differs, follow the arrow keys, end at ctrl+c or q."""
    host, token, interval = sys.argv[1].removeprefix("https://"), f"{sys.argv[2]}={sys.argv[3]}", float(sys.argv[4])
    columns, height = shutil.get_terminal_size()
    saved = termios.tcgetattr(0)
    tty.setraw(0)
    os.write(1, b"\x1b[?1049h\x1b[2J")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, context=context)
    lines: list[str] = []
    shown: list[str] = [""] * height
    cursor = top = 0
    due = 0.0
    try:
        while True:
            if time.monotonic() >= due:
                connection.request(
                    "GET", "/api2/json/cluster/resources", headers={"Authorization": f"PVEAPIToken={token}"}
                )
                rows = json.loads(connection.getresponse().read())["data"]
                lines = [line_of(row)[:columns] for row in rows if row["type"] == "lxc"]
                due = time.monotonic() + interval
            wanted = [
                ("\x1b[7m" if top + y == cursor else "\x1b[0m") + text
                for y, text in enumerate(lines[top : top + height])
            ]
            os.write(1, "".join(difference(y, shown[y], text) for y, text in enumerate(wanted)).encode())
            shown[: len(wanted)] = wanted
            if select.select([0], [], [], max(0.0, due - time.monotonic()))[0]:
                key = os.read(0, 64)
                if key in (b"\x03", b"q", b""):
                    return
                cursor = max(0, min(len(lines) - 1, cursor + key.count(b"\x1b[B") - key.count(b"\x1b[A")))
                top = min(max(top, cursor - height + 1), cursor)
    finally:
        os.write(1, b"\x1b[0m\x1b[?1049l")
        termios.tcsetattr(0, termios.TCSADRAIN, saved)


def difference(y: int, before: str, after: str) -> str:
    """Return what has to be written to line `y`."""
    if before == after:
        return ""
    style, old, new = after[:4], before[4:], after[4:]
    if before[:4] != style or len(old) != len(new):
        return f"\x1b[{y + 1}H{style}{new}"
    changed = [x for x, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return f"\x1b[{y + 1};{changed[0] + 1}H{style}{new[changed[0] : changed[-1] + 1]}"


if __name__ == "__main__":
    main()
