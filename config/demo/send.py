#!/usr/bin/env python3
"""Sends the six samples of the demo to a running gateway and shows what became of each.

Usage: send.py SMTP_PORT JOURNAL_FOLDER.  Ends with 1 if a verdict is not the one the sample stands for."""

import json
import pathlib
import re
import socket
import sys
import time

MESSAGES = pathlib.Path(__file__).parent / "messages"
ERIKA = "erika@example.com"
# what, message, client, its HELO, sender, recipient, the verdict it stands for
SAMPLES = [
    ("good", "good", "192.0.2.10", "mx.partner.example", "anna.weber@partner.example", ERIKA, "accept"),
    ("forged, p=reject", "forged-reject", "203.0.113.66", "mail.attacker.example", "service@bank.example", ERIKA, "reject"),
    ("forged, p=quarantine", "forged-quarantine", "203.0.113.66", "mail.attacker.example", "orders@shop.example", ERIKA, "quarantine"),
    ("forwarded, DKIM only", "forwarded", "198.51.100.20", "out.alumni.example", "anna.weber@partner.example", ERIKA, "accept"),
    ("SPF softfail", "softfail", "198.51.100.77", "home.isp.example", "info@club.example", ERIKA, "accept"),
    ("unknown recipient", "good", "192.0.2.10", "mx.partner.example", "anna.weber@partner.example", "nobody@example.com", "reject"),
]
ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")


class Refused(Exception):
    pass


class Client:
    """One SMTP session, spoken by hand so that the octets of a message stay as they are."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.lines = self.socket.makefile("rb")

    def reply(self, wanted):
        text = []
        while True:
            line = self.lines.readline().decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                raise OSError("the gateway closed the connection")
            text.append(line[4:])
            if line[3:4] != "-":
                break
        whole = line[:4] + " ".join(text)
        if not whole.startswith(wanted):
            raise Refused(whole)
        return whole

    def say(self, line, wanted):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.reply(wanted)

    def send(self, message, address, helo, sender, recipient):
        self.reply("220")
        self.say("EHLO localhost", "250")
        self.say(f"XCLIENT ADDR={address} HELO={helo}", "220")  # as if it came from there
        self.say(f"EHLO {helo}", "250")
        self.say(f"MAIL FROM:<{sender}>", "250")
        self.say(f"RCPT TO:<{recipient}>", "250")
        self.say("DATA", "354")
        octets = re.sub(rb"(?m)^\.", b"..", message)
        self.socket.sendall(octets + (b"" if octets.endswith(b"\r\n") else b"\r\n"))
        return self.say(".", "250")

    def quit(self):
        try:
            self.say("QUIT", "221")
        except (OSError, Refused):
            pass
        self.socket.close()


def transaction(port, sample):
    _, file, address, helo, sender, recipient, _ = sample
    client = Client(port)
    try:
        return client.send((MESSAGES / f"{file}.eml").read_bytes(), address, helo, sender, recipient)
    except Refused as refusal:
        return str(refusal)
    finally:
        client.quit()


def record(journal, transaction_id):
    """The journal's line of that transaction; it is written just after the reply."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for file in sorted(journal.glob("*.jsonl")):
            for line in file.read_text(errors="replace").splitlines():
                if transaction_id in line and json.loads(line)["id"] == transaction_id:
                    return json.loads(line)
        time.sleep(0.05)
    return None


def because(told):
    """The finding on which the verdict rests, in a few words."""
    if told["refused_by"]:
        return told["reply"].split(" ", 2)[-1].partition(" (id")[0]
    facts = told["facts"]
    words = [f"{name} {facts[fact]}" for name, fact in
             (("SPF", "spf.mailfrom"), ("DKIM", "dkim.result"), ("DMARC", "dmarc.result"))
             if isinstance(facts.get(fact), str)]
    if facts.get("dmarc.result") == "fail":
        words[-1] += f" (p={facts.get('dmarc.policy')})"
    tags = [tag["rule"] for tag in told["verdict"].get("tags", [])]
    if tags:
        words.append("tagged by " + ", ".join(tags))
    return ", ".join(words)


def main():
    port, journal = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows, fine = [("sample", "reply", "verdict", "rule", "because", "id")], True
    for sample in SAMPLES:
        reply = transaction(port, sample)
        found = ID.search(reply)
        told = record(journal, found.group()) if found else None
        if not told:
            rows.append((sample[0], reply, "?", "", "no record in the journal", found.group() if found else ""))
            fine = False
            continue
        verdict = told["verdict"]
        if verdict["action"] != sample[-1]:
            fine = False
        rows.append((sample[0], " ".join(reply.split()[:2]), verdict["action"], verdict["rule"], because(told), told["id"]))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    if not fine:
        print("\nThis is not what the samples stand for: see the gateway's log.", file=sys.stderr)
    return 0 if fine else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        sys.exit(f"send.py: no conversation with the gateway: {error}")
