"""HTTP over TLS as pveproxy speaks it: HTTP/1.1 with keep-alive, five idle seconds, one send per answer, and a closed
connection after every error. A thread per connection; the handshake is its first work, so accepting never waits."""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import ssl
import threading
from collections.abc import Callable
from email.utils import formatdate

from proximity_tui.simulator.api import Answer
from proximity_tui.simulator.server.wire import Malformed, Message, read_message

IDLE_SECONDS = 5.0
_HANDSHAKE_SECONDS = 10.0
_TLS_HANDSHAKE = 0x16
_SMALLEST_GZIP = 1024


class Hangup(Exception):
    """Raised by a handler to close the connection without an answer, after sending `last` if there is any."""

    def __init__(self, last: bytes = b"") -> None:
        super().__init__()
        self.last = last


Handler = Callable[[Message], Answer]


class Server:
    """Listens, and serves every connection from its own daemon thread."""

    def __init__(self, listen: tuple[str, int], context: ssl.SSLContext, handler: Handler) -> None:
        self.context = context
        self.stopping = threading.Event()
        self.accepted = 0
        """The number of connections that were ever made."""
        self._handler = handler
        self._listener = _listener(*listen)
        host, port = self._listener.getsockname()[:2]
        self.address = str(host), int(port)
        self._waker, self._woken = socket.socketpair()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept, name="simulator", daemon=True)

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT` or `https://[::1]:PORT`."""
        host, port = self.address
        return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"

    def start(self) -> None:
        self._acceptor.start()

    def stop(self) -> None:
        """Close every connection at once and wait for the threads that served them."""
        self.stopping.set()
        self._waker.send(b"x")
        if self._acceptor.is_alive():
            self._acceptor.join(5)
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join(5)
        for end in (self._listener, self._waker, self._woken):
            end.close()

    def _accept(self) -> None:
        while True:
            readable, _, _ = select.select([self._listener, self._woken], [], [])
            if self._woken in readable or self.stopping.is_set():
                return
            try:
                connection, _ = self._listener.accept()
            except OSError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), name="simulator-connection", daemon=True)
            with self._lock:
                self._connections[connection] = thread
            self.accepted += 1
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        connection: socket.socket = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(_HANDSHAKE_SECONDS)
            first = plain.recv(1, socket.MSG_PEEK)
            if not first:
                return
            if first[0] != _TLS_HANDSHAKE:
                self._redirect(plain)
                return
            connection = self._secured(plain)
            while not self.stopping.is_set() and self._exchange(connection):
                pass
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            with contextlib.suppress(OSError):
                connection.close()

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        secure = self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._connections[secure] = self._connections.pop(plain, threading.current_thread())
        try:
            if self.stopping.is_set():
                raise OSError("stopped during the handshake")
            secure.do_handshake()
        except (OSError, ValueError):
            with self._lock:
                self._connections.pop(secure, None)
            secure.close()
            raise
        return secure

    def _exchange(self, connection: socket.socket) -> bool:
        """Serve one request; return False when the connection is to be closed."""
        connection.settimeout(IDLE_SECONDS)
        try:
            message = read_message(connection)
        except Malformed as reason:
            connection.sendall(render(Answer(501, str(reason)), None))
            return False
        if message is None:
            return False
        try:
            answer = self._handler(message)
        except Hangup as hangup:
            if hangup.last:
                connection.sendall(hangup.last)
            return False
        if answer.delay:
            self.stopping.wait(answer.delay)
        connection.settimeout(_HANDSHAKE_SECONDS)
        content = render(answer, message)
        if answer.pace:
            return self._trickle(connection, content, answer.pace)
        connection.sendall(content)
        return answer.status < 400 and message.keep_alive

    def _trickle(self, connection: socket.socket, content: bytes, pace: float) -> bool:
        """Send a byte every `pace` seconds, and close the connection in the end; return False."""
        for byte in content:
            connection.sendall(bytes((byte,)))
            if self.stopping.wait(pace):
                break
        return False

    def _redirect(self, plain: socket.socket) -> None:
        """Redirect plain HTTP on the TLS port to the right scheme."""
        message = read_message(plain)
        target = message.target if message else "/"
        where = f"{self.url}{target}"
        plain.sendall(render(Answer(301, "Moved Permanently", headers={"Location": where}), None))


def _listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of IPv4 or IPv6, or on the first of a name, IPv4 before IPv6."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return socket.create_server(address, family=family, backlog=128)


def render(answer: Answer, message: Message | None) -> bytes:
    """Return header and body as one piece; errors and answers to unreadable requests close the connection."""
    body = answer.body or b""
    keep = answer.status < 400 and message is not None and message.keep_alive
    headers = {
        "Cache-Control": "max-age=0",
        "Connection": "Keep-Alive" if keep else "close",
        "Date": formatdate(usegmt=True),
        "Pragma": "no-cache",
        "Server": "pve-api-daemon/3.0",
        "Expires": formatdate(usegmt=True),
    }
    if answer.body is not None:
        headers["Content-Type"] = "application/json;charset=UTF-8"
        if message and message.accepts_gzip and len(body) >= _SMALLEST_GZIP:
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
    headers |= answer.headers
    headers["Content-Length"] = str(len(body))
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body
