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

    def ends_in_first_recipient(self):
        with self.lock:
            return self.verbs[-2:] == ["MAIL", "RCPT"]

    def answered(self, line):
        """The last line of a reply is about to reach the client."""
        with self.lock:
            self.open_replies -= 1
            if line.startswith(b"354") and self.awaits_text:
                self.in_text, self.text_left, self.tail = True, None, b"\r\n"
            self.awaits_text = self.awaits_text and self.open_replies > 0
            self.under_tls = line.startswith(b"220") and self.verbs[-1:] == ["STARTTLS"]


def shut(one, how):
    with contextlib.suppress(OSError):
        one.shutdown(how)


class Tap:
    """Listens on .port and passes on to `target`; `hide` are keywords of EHLO replies.  `keep_first`: the first of two RCPT is passed
    on with the second, so that a client which waits for the reply to the first comes no further."""

    def __init__(self, target, hide=(), keep_first=False):
        self.target = target
        self.keep_first = keep_first
        self.over = threading.Event()
        self.hidden = re.compile(rb"^(250[- ])(" + b"|".join(word.encode() for word in hide) + rb")\b.*?(\r?\n)$") if hide else None
        self.conversations = []
        self.open = set()  # sockets, to be shut when the test is over
        self.troubles = []  # why a client could not be passed on
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError as error:
                if not self.over.is_set():
                    self.troubles.append(error)
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError as error:
                self.troubles.append(error)
                client.close()
                continue
            conversation = Conversation()
            self.conversations.append(conversation)
            self.open |= {client, server}
            self.threads.append(threading.Thread(target=self.converse, args=(client, server, conversation)))
            self.threads[-1].start()

    def converse(self, client, server, conversation):
        """To the end of both directions; no socket stays open behind it."""
        with client, server:
            forth = threading.Thread(target=self.forth, args=(client, server, conversation))
            forth.start()
            self.back(server, client, conversation)
            forth.join()
            self.open -= {client, server}

    def forth(self, client, server, conversation):
        with contextlib.suppress(OSError):
            kept = b""
            while octets := client.recv(65536):
                conversation.heard(octets)
                kept += octets
                if not (self.keep_first and conversation.ends_in_first_recipient()):
                    server.sendall(kept)
                    kept = b""
        shut(server, socket.SHUT_WR)

    def back(self, server, client, conversation):
        with contextlib.suppress(OSError):
            while octets := server.recv(65536):
                if not conversation.under_tls:
                    while not octets.endswith(b"\n"):
                        octets += server.recv(65536) or b"\n"
                    octets = b"".join(self.shown(line, conversation) for line in octets.splitlines(keepends=True))
                client.sendall(octets)
        shut(client, socket.SHUT_RDWR)  # the server has said its last: `forth` ends too

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
        self.over.set()
        shut(self.listener, socket.SHUT_RDWR)  # wakes who waits there
        self.threads[0].join()  # nothing is added after it
        for one in list(self.open):
            shut(one, socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.listener.close()
