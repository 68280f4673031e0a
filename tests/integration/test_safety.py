#!/usr/bin/env python3
"""250 means safe: nothing is promised before it is synced or taken, whenever the gateway is killed."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import unittest

import rig
from client import Client, stuffed

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
GOOD = (rig.SAMPLES / "good.eml").read_bytes()
PHISH = (rig.SAMPLES / "forged-quarantine.eml").read_bytes()
SENDER = "anna.weber@partner.example"
SENDS = re.compile(r"\b(sendto|sendmsg|write|writev)\(\d+<(socket|TCP)")


def nothing_kept(gateway):
    return not any([*gateway.folder.glob("Maildir/new/*"), *gateway.held("retry"), *gateway.held("quarantine")])


def takes_mail(gateway):
    with Client(gateway.port) as client:
        return client.send(GOOD, SENDER).startswith("250 ")


def can_trace():
    try:
        return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, timeout=60).returncode == 0
    except FileNotFoundError:
        return False


class Killed(unittest.TestCase):
    def test_during_data(self):
        with rig.Postern(MAILDIR) as gateway:
            for share in (0, 1, len(GOOD) // 2, len(stuffed(GOOD)) - 1):
                with self.subTest(octets=share), Client(gateway.port) as client:
                    client.envelope(SENDER, "erika@example.com")
                    client.socket.sendall(stuffed(GOOD)[:share])
                    gateway.kill()
                    self.assertEqual(client.reply(), "")
                    self.assertTrue(nothing_kept(gateway))
                    gateway.start()
            self.assertTrue(takes_mail(gateway))

    def test_between_end_of_data_and_the_reply(self):
        with rig.Sink() as sink, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"') as gateway:
            sink.may_answer.clear()
            with Client(gateway.port) as client:
                client.envelope(SENDER, "erika@example.com")
                client.socket.sendall(stuffed(GOOD))
                self.assertTrue(sink.asked.wait(rig.PATIENCE))
                gateway.kill()
                self.assertEqual(client.reply(), "")
            self.assertTrue(nothing_kept(gateway))
            sink.may_answer.set()
            gateway.start()
            self.assertTrue(takes_mail(gateway))

    def test_no_reply_before_the_mailstore_has_answered(self):
        with rig.Sink() as sink, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"') as gateway:
            sink.may_answer.clear()
            with Client(gateway.port) as client:
                client.envelope(SENDER, "erika@example.com")
                client.socket.sendall(stuffed(GOOD))
                self.assertTrue(sink.asked.wait(rig.PATIENCE))
                self.assertEqual(sink.answered, 0)
                client.socket.settimeout(0.3)
                self.assertEqual(client.reply(), "")  # nothing yet
                sink.may_answer.set()
                client.socket.settimeout(rig.PATIENCE)
                client.lines = client.socket.makefile("rb")  # the old one ended with its time-out
                self.assertRegex(client.reply(), "^250 ")

    def test_right_after_the_250_for_a_quarantined_message(self):
        with rig.Postern(MAILDIR) as gateway:
            with Client(gateway.port, "203.0.113.66", "mail.attacker.example") as client:
                reply = client.send(PHISH, "orders@shop.example")
                gateway.kill()
            self.assertRegex(reply, "^250 ")
            file, = gateway.held("quarantine")
            self.assertTrue(file.read_bytes().endswith(PHISH.partition(b"\r\n\r\n")[2]))
            gateway.start()
            self.assertEqual(gateway.held("quarantine"), [file])

    def test_a_held_message_is_still_there_after_a_crash(self):
        port = rig.free_port()
        with rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{port}"]\ntls = "off"') as gateway:
            with Client(gateway.port) as client:
                self.assertRegex(client.send(GOOD, SENDER), "^250 ")
                gateway.kill()
            self.assertEqual(len(gateway.held("retry")), 1)
            gateway.start()
            self.assertEqual(len(gateway.held("retry")), 1)

    def test_unreachable_mailstore_with_defer(self):
        port = rig.free_port()
        with rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{port}"]\ntls = "off"', more='[delivery]\nwhen_unreachable = "defer"') as gateway:
            with Client(gateway.port) as client:
                self.assertRegex(client.send(GOOD, SENDER), "^451 4.4.1 ")
            self.assertTrue(nothing_kept(gateway))

    def test_a_full_disk_defers(self):
        more = '[delivery]\nwhen_unreachable = "hold"'
        with rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{rig.free_port()}"]\ntls = "off"', more=more, start=False) as gateway:
            gateway.config.write_text(gateway.config.read_text().replace('min_free = "0%"', 'min_free = "100%"'))
            gateway.start()
            with Client(gateway.port) as client:
                self.assertRegex(client.send(GOOD, SENDER), "^452 4.3.1 ")
            self.assertTrue(nothing_kept(gateway))

    def test_asked_to_stop_it_finishes_what_it_began(self):
        with rig.Sink() as sink, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"') as gateway:
            sink.may_answer.clear()
            with Client(gateway.port) as client:
                client.envelope(SENDER, "erika@example.com")
                client.socket.sendall(stuffed(GOOD))
                self.assertTrue(sink.asked.wait(rig.PATIENCE))
                gateway.process.terminate()
                rig.wait_until("it takes no new clients", lambda: not rig.listens(gateway.port))
                sink.may_answer.set()
                self.assertRegex(client.reply(), "^250 ")
            self.assertEqual(gateway.process.wait(rig.PATIENCE), 0)

    def test_asked_twice_it_stops_at_once(self):
        with rig.Sink() as sink, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"') as gateway:
            with Client(gateway.port) as client:  # leaves a connection to the mailstore, ready for the next
                self.assertRegex(client.send(GOOD, SENDER), "^250 ")
            sink.may_answer.clear()
            sink.asked.clear()
            with Client(gateway.port) as client:
                client.envelope(SENDER, "erika@example.com")
                client.socket.sendall(stuffed(GOOD))
                self.assertTrue(sink.asked.wait(rig.PATIENCE))
                gateway.process.terminate()
                rig.wait_until("it takes no new clients", lambda: not rig.listens(gateway.port))
                gateway.process.terminate()
                self.assertEqual(gateway.process.wait(rig.PATIENCE), 0)
                self.assertIn("sessions_cut=1", gateway.log.read_text())
                self.assertRegex(client.reply(), "^421 4.3.2 ")
                self.assertEqual(client.socket.recv(100), b"")
                records = [json.loads(line) for file in (gateway.folder / "state/journal").glob("*.jsonl") for line in file.read_text().splitlines()]
                cut = [record for record in records if record.get("reply", "").startswith("421 4.3.2 ")]
                self.assertEqual([record["refused_by"] for record in cut], ["@mailstore"], "the mailstore may take it yet")
                self.assertEqual([one["fate"] for one in cut[0]["recipients"]], ["perhaps delivered"])


@rig.needs("prlimit")
class Flooded(unittest.TestCase):
    """Connections as many as descriptors: who is in is served, the others are told to come back."""

    DESCRIPTORS = 256  # half of them are kept for messages under way

    def few_descriptors(self, gateway):
        limit = self.DESCRIPTORS
        gateway.start("prlimit", f"--nofile=64:{limit}", "--")
        limits = pathlib.Path(f"/proc/{gateway.process.pid}/limits")
        rig.wait_until("it raises its limit as far as it may", lambda: re.search(rf"Max open files +{limit} +{limit} ", limits.read_text()))
        return limit

    def test_messages_under_way_are_taken_and_the_door_opens_again(self):
        with rig.Sink() as sink, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"',
                                             more="connections_per_network = 1000", start=False) as gateway, contextlib.ExitStack() as crowd:
            limit = self.few_descriptors(gateway)
            rig.wait_until("it warns", lambda: re.search(rf"event=descriptors_few limit={limit} needed=1\d{{4}} ", gateway.log.read_text()))
            first = crowd.enter_context(Client(gateway.port))
            first.envelope(SENDER, "erika@example.com")
            crowded = []
            for _ in range(2 * limit):
                client = crowd.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", gateway.port), timeout=rig.PATIENCE)))
                greeting = client.makefile("rb").readline()
                if greeting.startswith(b"421 4.7.0 "):
                    break
                self.assertRegex(greeting, b"^220 ")
                crowded.append(client)
            else:
                self.fail("nobody was turned away")
            self.assertLess(len(crowded), limit / 2)
            first.socket.sendall(stuffed(GOOD))
            self.assertRegex(first.reply(), "^250 ")
            self.assertEqual(sink.answered, 1)  # delivered while the crowd was there
            for client in crowded:
                client.close()

            def greeted():
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=rig.PATIENCE) as client:
                    return client.makefile("rb").readline().startswith(b"220 ")
            rig.wait_until("it takes new clients", greeted)
            # Each event loop that turned somebody away says so, once.
            self.assertIn(gateway.log.read_text().count("event=descriptors_short"), range(1, os.cpu_count() + 1))

    def test_connections_without_a_message_are_recorded_and_no_more_than_a_few(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            gateway.start()
            for _ in range(100):
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=rig.PATIENCE) as client:
                    client.sendall(b"QUIT\r\n")
                    while client.recv(1000):
                        pass

            def records():
                files = (gateway.folder / "state/journal").glob("*.jsonl")
                lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
                return [line for line in lines if line["kind"] == "session"]
            rig.wait_until("records", lambda: len(records()) >= 20)
            rig.wait_until("an alert", lambda: "event=sessions_unrecorded count=" in gateway.log.read_text())
            self.assertLess(len(records()), 90)  # 20, and one in ten seconds: this would take a quarter of an hour
            quits = [record for record in records() if record["ended"] == "quit"]
            self.assertEqual(quits[-1]["last_command"], "QUIT")
            self.assertEqual(quits[-1]["client"]["ip"], "127.0.0.1")
            self.assertIn(f"{quits[-1]['id']} session=quit client=unknown[127.0.0.1]", gateway.log.read_text())


@rig.needs("strace")
@unittest.skipIf("address" in os.environ.get("POSTERN_SANITIZE", ""), "LeakSanitizer does not work under strace")
@unittest.skipUnless(can_trace(), "processes cannot be traced here")
class SyncOrder(unittest.TestCase):
    """The order of system calls, of all threads: `-y` shows what a descriptor stands for."""

    def traced(self, mailstore, message, sender, address, helo):
        with rig.Postern(mailstore, start=False) as gateway:
            trace = gateway.folder / "trace"
            # -D: the process we start is the gateway, and strace a child of it.
            gateway.start("strace", "-D", "-f", "-y", "-s", "80", "-o", str(trace),
                          "-e", "trace=openat,write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg")
            with Client(gateway.port, address, helo) as client:
                self.assertRegex(client.send(message, sender), "^250 ")
            gateway.process.terminate()
            gateway.process.wait(rig.PATIENCE)
            pid = gateway.process.pid
            rig.wait_until("the trace is complete", lambda: re.search(rf"(?m)^{pid} +\+\+\+ exited", trace.read_text(errors="replace")))
            return self.in_order(trace.read_text(errors="replace").splitlines())

    def in_order(self, lines):
        """Calls that other threads interrupted: what makes safe counts when it is done, what is sent when it begins."""
        ordered, begun = [], {}
        for line in lines:
            pid = line.split()[0]
            if line.endswith("<unfinished ...>"):
                begun[pid] = line.removesuffix("<unfinished ...>")
                if SENDS.search(line):
                    ordered.append(line)
            elif " resumed>" in line:
                ordered.append(begun.pop(pid, "") + line.partition("resumed>")[2])
            else:
                ordered.append(line)
        return ordered

    def assert_order(self, lines, *patterns):
        """Each pattern is found below the line of the one before."""
        at = 0
        for pattern in patterns:
            while at < len(lines) and not re.search(pattern, lines[at]):
                at += 1
            self.assertLess(at, len(lines), f"not found in this order: {pattern}\n" + "\n".join(lines[-60:]))
            at += 1
        first = next(i for i, line in enumerate(lines) if SENDS.search(line) and "250 2.0.0 Ok" in line)
        self.assertEqual(first, at - 1, "the 250 was sent before")

    def test_maildir(self):
        lines = self.traced(MAILDIR, GOOD, SENDER, "192.0.2.10", "mx.partner.example")
        self.assert_order(lines, r"openat\(.*Maildir/tmp/.*O_CREAT\|O_EXCL", r"write\w*\(\d+<[^>]*Maildir/tmp/", r"fsync\(\d+<[^>]*Maildir/tmp/.* = 0",
                          r"rename(at2?)?\(.*Maildir/tmp/.*Maildir/new/.* = 0", r"fsync\(\d+<[^>]*Maildir/new>.* = 0", SENDS.pattern + r".*250 2\.0\.0 Ok")
        self.assert_nothing_between(lines, r"fsync\(\d+<[^>]*Maildir/tmp/", r"rename.*Maildir/new/", r"write.*Maildir/tmp/")

    def test_quarantine(self):
        lines = self.traced(MAILDIR, PHISH, "orders@shop.example", "203.0.113.66", "mail.attacker.example")
        self.assert_order(lines, r"openat\(.*held/quarantine/.*\.tmp.*O_CREAT\|O_EXCL", r"write\w*\(\d+<[^>]*\.tmp", r"fsync\(\d+<[^>]*\.tmp.* = 0",
                          r"rename(at2?)?\(.*\.tmp.*\.held.* = 0", r"fsync\(\d+<[^>]*held/quarantine>.* = 0", SENDS.pattern + r".*250 2\.0\.0 Ok")
        self.assert_nothing_between(lines, r"fsync\(\d+<[^>]*\.tmp", r"rename.*\.held", r"write.*\.tmp")

    def assert_nothing_between(self, lines, first, last, unwanted):
        start = next(i for i, line in enumerate(lines) if re.search(first, line))
        end = next(i for i, line in enumerate(lines) if re.search(last, line))
        self.assertEqual([line for line in lines[start + 1:end] if re.search(unwanted, line)], [])


@rig.needs("strace")
@unittest.skipIf("address" in os.environ.get("POSTERN_SANITIZE", ""), "LeakSanitizer does not work under strace")
@unittest.skipUnless(can_trace(), "processes cannot be traced here")
class FailingCalls(unittest.TestCase):
    """System calls of the running gateway fail: the sender keeps the mail, and nothing is left that looks like a message."""

    @contextlib.contextmanager
    def failing(self, gateway, call, error):
        strace = subprocess.Popen(["strace", "-f", "-p", str(gateway.process.pid), "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}"],
                                  stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        try:
            self.assertIn("attached", strace.stderr.readline())
            yield
        finally:
            strace.terminate()
            strace.communicate(timeout=rig.PATIENCE)

    def deferred(self, message, sender, address, helo, call, error):
        with rig.Postern(MAILDIR) as gateway:
            self.assertTrue(takes_mail(gateway))  # directories are there
            for file in gateway.folder.glob("Maildir/new/*"):
                file.unlink()
            with self.failing(gateway, call, error), Client(gateway.port, address, helo) as client:
                self.assertRegex(client.send(message, sender), r"^(451 4\.|452 4\.3\.1 )")
            # A rename that was done stays where only the sync behind it failed: twice is better than never.
            if call != "fsync":
                self.assertTrue(nothing_kept(gateway))
            self.assertTrue(takes_mail(gateway), "it goes on when the disk is well again")

    def test_maildir(self):
        for call, error in (("fsync", "EIO"), ("fsync", "ENOSPC"), ("rename", "EIO"), ("rename", "ENOSPC")):
            with self.subTest(call=call, error=error):
                self.deferred(GOOD, SENDER, "192.0.2.10", "mx.partner.example", call, error)

    def test_quarantine(self):
        for call, error in (("fsync", "EIO"), ("fsync", "ENOSPC"), ("rename", "EIO"), ("rename", "ENOSPC")):
            with self.subTest(call=call, error=error):
                self.deferred(PHISH, "orders@shop.example", "203.0.113.66", "mail.attacker.example", call, error)


if __name__ == "__main__":
    unittest.main()
