"""Between a client and Postern: passes everything on, notes how the client spoke, and can hide extensions that are offered,
which is how a client is made to do without them."""

import contextlib
import re
import socket
import threading


class Conversation:
    """What one connection has said so far, up to STARTTLS."""

    def __init__(self):
        self.lock = threading.Lock()
        self.open_replies = 1  # commands that have not been answered yet; the greeting is one to none
        self.text_left = None  # in a message: the octets of the chunk still to come, or None for "up to the final dot"
        self.in_text = False
        self.tail = b"\r\n"
        self.awaits_text = False
        self.under_tls = False
        self.pending = b""
        self.verbs = []
        self.batched = 0  # commands said before the one before was answered

    def heard(self, octets):
        with self.lock:
            while octets and not self.under_tls:
                octets = self.text(octets) if self.in_text else self.command(octets)

    def command(self, octets):
        line, end, rest = octets.partition(b"\n")
        if not end:
            self.pending += line
            return b""
        line, self.pending = self.pending + line, b""
        verb, *arguments = line.split() or [b""]
        verb = verb.upper()
        self.verbs.append(verb.decode("latin-1"))
        self.batched += self.open_replies > 0
        self.open_replies += 1
        if verb == b"DATA":
            self.awaits_text = True
        elif verb == b"BDAT" and int(arguments[0]) > 0:
            self.in_text, self.text_left = True, int(arguments[0])
        return rest

    def text(self, octets):
        if self.text_left is not None:  # a chunk
            taken = min(self.text_left, len(octets))
            self.text_left -= taken
            self.in_text = self.text_left > 0
            return octets[taken:]
        seen = self.tail + octets
        end = seen.find(b"\r\n.\r\n")
        if end < 0:
            self.tail = seen[-4:]
            return b""
        self.in_text = False
        self.open_replies += 1  # to the message
        return seen[end + 5:]

    def answered(self, line):
        """The last line of a reply is about to reach the client."""
        with self.lock:
            self.open_replies -= 1
            if line.startswith(b"354") and self.awaits_text:
                self.in_text, self.text_left, self.tail = True, None, b"\r\n"
            self.awaits_text = self.awaits_text and self.open_replies > 0
            self.under_tls = line.startswith(b"220") and self.verbs[-1:] == ["STARTTLS"]


class Tap:
    """Listens on .port and passes on to `target`; `hide` are keywords of EHLO replies."""

    def __init__(self, target, hide=()):
        self.target = target
        self.hidden = re.compile(rb"^(250[- ])(" + b"|".join(word.encode() for word in hide) + rb")\b.*?(\r?\n)$") if hide else None
        self.conversations = []
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    client.close()
                    continue
                self.sockets += [client, server]
                conversation = Conversation()
                self.conversations.append(conversation)
                threading.Thread(target=self.forth, args=(client, server, conversation), daemon=True).start()
                threading.Thread(target=self.back, args=(server, client, conversation), daemon=True).start()

    def forth(self, client, server, conversation):
        with contextlib.suppress(OSError):
            while octets := client.recv(65536):
                conversation.heard(octets)
                server.sendall(octets)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def back(self, server, client, conversation):
        with contextlib.suppress(OSError), server.makefile("rb", buffering=0) as replies:
            while octets := replies.read(65536):
                if not conversation.under_tls:
                    while not octets.endswith(b"\n"):
                        octets += replies.read(65536) or b"\n"
                    octets = b"".join(self.shown(line, conversation) for line in octets.splitlines(keepends=True))
                client.sendall(octets)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)

    def shown(self, line, conversation):
        if line[3:4] != b"-":
            conversation.answered(line)
        return self.hidden.sub(rb"\1XHIDDEN\3", line) if self.hidden else line

    @property
    def batched(self):
        return sum(one.batched for one in self.conversations)

    def said(self, verb):
        return sum(one.verbs.count(verb) for one in self.conversations)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for one in self.sockets:
            one.close()
