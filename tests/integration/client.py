"""An SMTP client that sends exactly the octets it is given, as if it came from any address (XCLIENT)."""

import re
import socket

from rig import PATIENCE

ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")


def id_in(reply):
    found = ID.search(reply)
    if not found:
        raise AssertionError(f"no transaction id in {reply!r}")
    return found.group()


def stuffed(message):
    """Octets for DATA, with the final dot."""
    assert message.endswith(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", message) + b".\r\n"


class Client:
    def __init__(self, port, address="192.0.2.10", helo="mx.partner.example"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.lines = self.socket.makefile("rb")
        self.expect("220")
        self.say("EHLO localhost", "250")
        if address:
            self.say(f"XCLIENT ADDR={address} HELO={helo}", "220")
            self.say(f"EHLO {helo}", "250")

    def reply(self):
        """The whole reply on one line, or "" when the connection is gone."""
        text = []
        while True:
            try:
                line = self.lines.readline().decode("utf-8", "replace").rstrip("\r\n")
            except OSError:
                line = ""
            if not line:
                return ""
            text.append(line[4:])
            if line[3:4] != "-":
                return line[:4] + " ".join(text)

    def expect(self, wanted):
        reply = self.reply()
        if not reply.startswith(wanted):
            raise AssertionError(f"wanted {wanted}, got {reply!r}")
        return reply

    def say(self, line, wanted=""):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.expect(wanted)

    def envelope(self, sender, *recipients):
        self.say(f"MAIL FROM:<{sender}> BODY=8BITMIME", "250")
        for recipient in recipients:
            self.say(f"RCPT TO:<{recipient}>", "250")
        self.say("DATA", "354")

    def send(self, message, sender, *recipients):
        """The reply to the message."""
        self.envelope(sender, *(recipients or ["erika@example.com"]))
        self.socket.sendall(stuffed(message))
        return self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()
