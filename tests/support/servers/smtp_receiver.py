"""A mail server on the loopback: it speaks as much SMTP as a client needs, and keeps the mails that it took."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default

from tests.support.servers.serving import serving


class SmtpReceiver:
    """What was received. While `refusing` is set every mail is refused for now."""

    def __init__(self) -> None:
        self.refusing = threading.Event()
        self.mails: list[Message] = []
        self.recipients: list[str] = []
        self.port = 0

    def take(self, content: bytes) -> str:
        """Keep a mail, and return what is answered."""
        if self.refusing.is_set():
            return "451 try again later"
        self.mails.append(message_from_bytes(content, policy=default))
        return "250 taken"


@contextmanager
def smtp_receiver() -> Iterator[SmtpReceiver]:
    """A server that listens on a free port of the loopback."""
    receiver = SmtpReceiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 mail.example ready")
            while line := self.rfile.readline().decode().strip():
                match line.split(" ", 1)[0].upper():
                    case "DATA":
                        self._say("354 go on")
                        self._say(receiver.take(self._content()))
                    case "QUIT":
                        self._say("221 bye")
                        return
                    case "RCPT":
                        receiver.recipients.append(line.partition("<")[2].rstrip(">"))
                        self._say("250 ok")
                    case _:
                        self._say("250 ok")

        def _content(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                # A dot at the beginning of a line is sent twice.
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with serving(Server(("127.0.0.1", 0), Handler)) as receiver.port:
        yield receiver
