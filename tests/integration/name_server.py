"""A name server on a loopback port that is as slow as a test wants: answers over UDP and TCP come so much later, all at the same pace.
Knows the zones of `explain --dns`: TXT, A, MX and CNAME."""

import ipaddress
import socket
import struct
import threading
import time

TYPES = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode("latin-1") for label in name.split(".") if label) + b"\0"


def wire_data(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "MX":
        return struct.pack(">H", value[0]) + wire_name(value[1])
    if kind == "CNAME":
        return wire_name(value)
    octets = "".join(value).encode("latin-1")
    return b"".join(bytes([len(octets[i:i + 255])]) + octets[i:i + 255] for i in range(0, len(octets), 255)) or b"\0"


class NameServer:
    """`late` seconds lie between a question and its answer; `most` octets go into a datagram, what is longer comes by TCP."""

    def __init__(self, zone, late=0.0, most=1232):
        self.zone = {name.lower(): records for name, records in zone.items()}
        self.late, self.most = late, most
        self.asked = []  # (when, transport, name, type)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        while True:  # until a port is free for both
            self.udp.bind(("127.0.0.1", 0))
            self.tcp = socket.socket()
            try:
                self.tcp.bind(self.udp.getsockname())
                break
            except OSError:
                self.tcp.close()
                self.udp.close()
                self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.listen(16)
        self.address = "127.0.0.1:%d" % self.udp.getsockname()[1]
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for listener in (self.udp, self.tcp):
            listener.close()

    def later(self, send, *args):
        if not self.late:
            return send(*args)
        timer = threading.Timer(self.late, send, args)
        timer.daemon = True
        timer.start()

    def serve_udp(self):
        while True:
            try:
                query, client = self.udp.recvfrom(65536)
            except OSError:
                return
            reply = self.reply(query, "udp")
            if len(reply) > self.most:
                reply = reply[:2] + struct.pack(">HHHHH", 0x8380, 1, 0, 0, 0) + query[12:self.question_end(query)]
            self.later(self.send_datagram, reply, client)

    def send_datagram(self, reply, client):
        try:
            self.udp.sendto(reply, client)
        except OSError:
            pass  # the test is over

    def serve_tcp(self):
        while True:
            try:
                client, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_client, args=(client,), daemon=True).start()

    def serve_client(self, client):
        with client, client.makefile("rb") as stream:
            while len(size := stream.read(2)) == 2:
                reply = self.reply(stream.read(struct.unpack(">H", size)[0]), "tcp")
                time.sleep(self.late)
                try:
                    client.sendall(struct.pack(">H", len(reply)) + reply)
                except OSError:
                    return

    @staticmethod
    def question_end(query):
        at = 12
        while query[at]:
            at += 1 + query[at]
        return at + 5

    def reply(self, query, transport):
        end, labels, at = self.question_end(query), [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        name, kind = ".".join(labels).lower(), struct.unpack(">H", query[end - 4:end - 2])[0]
        self.asked.append((time.monotonic(), transport, name, next((word for word, number in TYPES.items() if number == kind), str(kind))))
        answers = []
        for _ in range(8):
            records = self.zone.get(name, {})
            if "CNAME" not in records:
                break
            answers.append((name, "CNAME", records["CNAME"]))
            name = records["CNAME"]
        for word, number in TYPES.items():
            if number == kind and word != "CNAME":
                answers += [(name, word, value) for value in records.get(word, [])]
        exists = name in self.zone or any(other.endswith("." + name) for other in self.zone)
        message = query[:2] + struct.pack(">HHHHH", 0x8180 | (0 if exists else 3), 1, len(answers), 0, 0) + query[12:end]
        for owner, word, value in answers:
            data = wire_data(word, value)
            message += wire_name(owner) + struct.pack(">HHIH", TYPES[word], 1, 300, len(data)) + data
        return message
