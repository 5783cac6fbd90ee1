"""A wire between a client and a server that can be cut, or go dead without a word, and be mended again."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress


class Wire:
    """Forwards connections on `port` of 127.0.0.1 to `target`, or, when dead, keeps all it takes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._alive = threading.Event()
        self._alive.set()
        self._ended = False
        self._unanswered: bytes | None = None
        self.accepted = 0
        """How many connections were made to it so far."""
        self._sockets: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def die(self) -> None:
        """Let nothing through any more. Both ends believe that all is well."""
        self._alive.clear()

    def lose_answer_to(self, words: bytes) -> None:
        """Deliver the next message of a client with these words, and cut its connection when the answer comes."""
        self._unanswered = words

    def mend(self) -> None:
        """Let new connections through. The old ones stay dead, as a firewall that was restarted knows them no more."""
        self.cut()
        self._alive.set()

    def cut(self) -> None:
        """Close every connection."""
        ended, self._sockets = self._sockets, []
        for one in ended:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take the wire away."""
        self._ended = True
        self._alive.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self.accepted += 1
            self._sockets.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._alive.wait()
        with client:
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._sockets.append(server)
            with server:
                self._forward(client, server)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        others = {client: server, server: client}
        while True:
            ready, _, _ = select.select([client, server], [], [])
            for one in ready:
                try:
                    data = one.recv(65536)
                    # What arrives on a dead wire was acknowledged to its sender, and gets no further.
                    self._alive.wait()
                    if not data:
                        return
                    others[one].sendall(data)
                    if one is client and self._unanswered is not None and self._unanswered in data:
                        self._unanswered = None
                        server.recv(65536)
                        return
                except OSError:
                    return
