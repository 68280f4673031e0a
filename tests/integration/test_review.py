#!/usr/bin/env python3
"""Mail comes in, and whoever asks for it finds it: postern log, with the gateway running, killed and gone."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import unittest

import rig
from client import Client, id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
GOOD = (rig.SAMPLES / "good.eml").read_bytes()
SENDER = "anna.weber@partner.example"
CLIENT = "192.0.2.10"


def hostile(subject):
    return b"From: Anna <" + SENDER.encode() + b">\r\nSubject: " + subject + b"\r\nMessage-ID: <h1@partner.example>\r\n\r\nhello\r\n"


class Gateway(rig.Postern):
    def __init__(self, **more):
        super().__init__(MAILDIR, **more)

    def ask(self, *arguments):
        """Exit status, standard output and standard error of a command."""
        done = subprocess.run([rig.BINARY, *arguments, "-c", str(self.config)], capture_output=True, text=True, timeout=rig.PATIENCE,
                              env={**os.environ, "TZ": "UTC"})
        return done.returncode, done.stdout, done.stderr

    def ids(self, *arguments):
        status, out, _ = self.ask("log", "--json", *arguments)
        return [json.loads(line)["id"] for line in out.splitlines()] if status == 0 else []

    def send(self, *recipients, message=GOOD, sender=SENDER, client=CLIENT):
        with Client(self.port, client) as connection:
            return connection.send(message, sender, *(recipients or ["erika@example.com"]))

    def indexes(self):
        return sorted((self.folder / "state/journal").glob("*.sqlite"))

    def indexed(self, transaction):
        """Waits until an index has it, so that what follows is asked of the index."""
        def there():
            for file in self.indexes():
                # One that is being made is none yet.
                with contextlib.suppress(sqlite3.Error), sqlite3.connect(f"file:{file}?mode=ro", uri=True) as index:
                    if index.execute("SELECT count(*) FROM term WHERE term MATCH ?", (f'"i:{transaction.lower()}"',)).fetchone()[0]:
                        return True
            return False
        rig.wait_until(f"{transaction} in the index", there)


class Log(unittest.TestCase):
    def test_mail_that_came_in_is_found(self):
        with Gateway() as gateway:
            taken = id_in(gateway.send())
            gateway.record(taken)
            with Client(gateway.port, "203.0.113.66") as client:
                client.say("MAIL FROM:<x@elsewhere.example>", "250")
                client.say("RCPT TO:<nobody@not-ours.example>", "5")
            relayed = rig.wait_until("the refusal", lambda: gateway.ids("--rule", "@relay"))
            self.assertEqual(gateway.ids(), [*relayed, taken])
            for options in (["--sender", SENDER], ["--rcpt", "erika@example.com"], ["--domain", "partner.example"], ["--ip", CLIENT],
                            ["--ip", "192.0.2.0/24"], ["--verdict", "accept"], ["--verdict", "quarantine", "--verdict", "accept"],
                            ["--reply", "250"], ["--address", "ERIKA@example.com"], ["--since", "1h", "--sender", "partner.example"]):
                self.assertEqual(gateway.ids(*options), [taken], options)
            record = gateway.record(taken)
            self.assertEqual(gateway.ids("--message-id", record["message_id"]), [taken])
            word = max(re.findall("[a-z]+", record["subject"].lower()), key=len)
            self.assertEqual(gateway.ids("--subject", word), [taken])
            self.assertEqual(gateway.ids("--text", word), [taken])
            self.assertEqual(gateway.ask("log", "--count")[1], "2\n")
            self.assertEqual(gateway.ask("log", "--count", "--sender", "nobody@else.example")[:2], (1, "0\n"))
            gateway.indexed(taken)
            self.assertEqual(gateway.ids("--sender", SENDER, "--verdict", "accept"), [taken])

            # Without a gateway, and without an index.
            gateway.process.terminate()
            gateway.process.wait(timeout=rig.PATIENCE)
            self.assertEqual(gateway.ids("--sender", SENDER), [taken])
            for file in gateway.indexes():
                file.unlink()
            self.assertEqual(gateway.ids("--sender", SENDER), [taken])

    def test_the_list_for_people(self):
        with Gateway() as gateway:
            taken = id_in(gateway.send("erika@example.com", "hans@example.com"))
            gateway.record(taken)
            status, out, error = gateway.ask("log")
            self.assertEqual((status, error), (0, ""))
            head, line = out.splitlines()
            self.assertEqual(head.split("\t"), ["TIME", "ID", "VERDICT", "RULE", "CLIENT", "FROM", "TO", "SUBJECT"])
            cells = line.split("\t")
            self.assertRegex(cells[0], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$")
            self.assertEqual(cells[1], taken)
            self.assertEqual(cells[4:7], [CLIENT, SENDER, "erika@example.com +1"])

    def test_nothing_found_says_what_there_was(self):
        with Gateway() as gateway:
            gateway.record(id_in(gateway.send()))
            with Client(gateway.port, CLIENT) as client:
                client.say("QUIT", "221")
            rig.wait_until("the session", lambda: gateway.ids("--sessions"))
            status, out, _ = gateway.ask("log", "--sender", "nobody@else.example")
            self.assertEqual(status, 1)
            self.assertRegex(out, r"Nothing was found\.\nThe journal covers \d{4}-.* to \d{4}-.*: 1 with a message, \d+ without one\.")
            status, out, _ = gateway.ask("log", "--since", "2100-01-01", "--ip", CLIENT)
            self.assertIn("In the time asked for: 0 with a message, 0 without one.", out)
            status, out, _ = gateway.ask("log", "--sessions")
            self.assertEqual(status, 0)
            self.assertIn("\tquit\t", out)

    def test_bad_values_are_told_with_what_was_expected(self):
        with Gateway(start=False) as gateway:
            (gateway.folder / "state/journal").mkdir(parents=True)
            for option, value, expected in (("--since", "yesteryear", "2h or 7d"), ("--verdict", "rejct", "did you mean reject?"),
                                            ("--ip", "192.0.2.0/99", "a network such as"), ("--reply", "5", None),
                                            ("--reply", "six", "550, 5xx or 5.7.26"), ("--limit", "-1", "1 or more"),
                                            ("--limit", "ten", "1 or more"), ("--sender", "a b", "an address"), ("--subject", "*", "at least one word")):
                status, _, error = gateway.ask("log", option, value)
                self.assertEqual(status, 2 if expected else 1, (option, value))
                if expected:
                    self.assertRegex(error, f"^postern log: {option}: ")
                    self.assertIn(expected, error)
            self.assertEqual(gateway.ask("log", "--until", "2h", "--since", "1h")[0], 2)
            self.assertEqual(gateway.ask("log", "--follow", "--count")[0], 2)

    def test_an_empty_journal(self):
        with Gateway(start=False) as gateway:
            (gateway.folder / "state/journal").mkdir(parents=True)
            status, out, _ = gateway.ask("log")
            self.assertEqual(status, 1)
            self.assertIn("state/journal is empty", out)
            status, out, _ = gateway.ask("stats")
            self.assertEqual(status, 1)
            self.assertIn(": 0 with a message, 0 without one", out)
            status, _, error = gateway.ask("journal", "rebuild")
            self.assertEqual(status, 1)
            self.assertIn("no lines", error)

    def test_a_journal_that_is_not_there(self):
        with Gateway(start=False) as gateway:
            status, _, error = gateway.ask("log")
            self.assertEqual(status, 1)
            self.assertIn("state/journal cannot be read: No such file", error)

    def test_hostile_subjects_reach_no_terminal(self):
        with Gateway() as gateway:
            for subject in (b"\x1b[2J\x1b]0;owned\x07", "=?utf-8?q?=1B[31m=E2=80=AEevil?=".encode(), b"<script>alert(1)</script>", b"'; DROP TABLE record; --", b"a\tb"):
                gateway.record(id_in(gateway.send(message=hostile(subject))))
            for arguments in ([], ["--color", "never"], ["--json"]):
                _, out, _ = gateway.ask("log", *arguments)
                self.assertEqual(len(out.splitlines()), 5 if "--json" in arguments else 6)
                for bad in ("\x1b", "\x07", "\u202e"):
                    self.assertNotIn(bad, out)
            self.assertEqual(len(gateway.ids("--subject", "'; DROP TABLE record")), 1)

    def test_killed_the_index_catches_up(self):
        with Gateway() as gateway:
            first = id_in(gateway.send())
            gateway.indexed(first)
            second = id_in(gateway.send())
            gateway.record(second)
            gateway.kill()
            self.assertEqual(gateway.ids("--sender", SENDER), [second, first])
            gateway.start()
            third = id_in(gateway.send())
            gateway.indexed(second)
            gateway.indexed(third)
            self.assertEqual(gateway.ids("--sender", SENDER), [third, second, first])

    def test_follow(self):
        with Gateway() as gateway:
            first = id_in(gateway.send())
            gateway.record(first)
            with subprocess.Popen([*gateway.command("log"), "--follow", "--json", "--rcpt", "erika@example.com"], stdout=subprocess.PIPE, text=True) as follow:
                try:
                    self.assertEqual(json.loads(follow.stdout.readline())["id"], first)
                    gateway.send("hans@example.com")
                    second = id_in(gateway.send())
                    self.assertEqual(json.loads(follow.stdout.readline())["id"], second)
                finally:
                    follow.send_signal(signal.SIGINT)

    def test_who_has_seen_enough_may_leave(self):
        with Gateway() as gateway:
            gateway.record(id_in(gateway.send()))
            done = subprocess.run(f"{rig.BINARY} log -c {gateway.config} | true", shell=True, capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_switched_off_there_is_no_index_and_everything_is_found(self):
        with Gateway(more="[journal]\nindex = false") as gateway:
            taken = id_in(gateway.send())
            gateway.record(taken)
            self.assertEqual(gateway.ids("--sender", SENDER), [taken])
            self.assertEqual(gateway.indexes(), [])


class Show(unittest.TestCase):
    def test_the_story_of_a_delivered_message(self):
        with Gateway() as gateway:
            reply = gateway.send()
            taken = id_in(reply)
            record = gateway.record(taken)
            for words in ([taken], [taken.lower()], [f"[{taken}]"], [reply], reply.split()):
                status, out, error = gateway.ask("show", *words)
                self.assertEqual((status, error), (0, ""), words)
                for part in ("verdict: ", taken, f"<{SENDER}>", "spf ", "dmarc ", "delivery", "<erika@example.com>", "rules", "DNS", "session"):
                    self.assertIn(part, out)
            status, out, _ = gateway.ask("show", "--json", taken)
            self.assertEqual(json.loads(out), record)

    def test_attempts_of_a_message_are_linked(self):
        with Gateway() as gateway:
            ids = [id_in(gateway.send()), id_in(gateway.send(client="192.0.2.99"))]
            other = id_in(gateway.send("hans@example.com", message=hostile(b"another"), client="203.0.113.5"))
            for one in (*ids, other):
                gateway.record(one)
            status, out, _ = gateway.ask("show", *ids)
            self.assertEqual((status, out.count("verdict: ")), (0, 2))
            status, out, error = gateway.ask("show", ids[0][:11], ids[1])
            self.assertEqual((status, out), (2, ""))
            self.assertIn(f"there is no id in '{ids[0][:11]}'", error)
            self.assertRegex(gateway.ask("show", ids[0])[1], f"other attempts of this message\n  later    .* {ids[1]}  ")
            self.assertRegex(gateway.ask("show", ids[1])[1], f"other attempts of this message\n  earlier  .* {ids[0]}  ")
            self.assertNotIn(other, gateway.ask("show", ids[0])[1])
            self.assertNotIn("other attempts", gateway.ask("show", other)[1])

    def test_a_connection_without_a_message(self):
        with Gateway() as gateway:
            with Client(gateway.port, "198.51.100.9") as client:
                client.say("QUIT", "221")
            session = rig.wait_until("the session", lambda: gateway.ids("--sessions", "--ip", "198.51.100.9"))[0]
            status, out, _ = gateway.ask("show", session)
            self.assertEqual(status, 0)
            self.assertIn("ended: quit", out)
            self.assertIn("[198.51.100.9]", out)

    def test_what_is_not_there_or_no_id(self):
        with Gateway() as gateway:
            gateway.record(id_in(gateway.send()))
            status, _, error = gateway.ask("show", "0000000000ZZ")
            self.assertEqual(status, 1)
            self.assertRegex(error, "there is no record of 0000000000ZZ, which was made 2024-01-01 .*; the journal covers ")
            status, _, error = gateway.ask("show", "nonsense")
            self.assertEqual(status, 2)
            self.assertIn("12 letters and digits", error)
            self.assertEqual(gateway.ask("show")[0], 2)

    def test_hostile_texts_reach_no_terminal(self):
        with Gateway() as gateway:
            taken = id_in(gateway.send(message=hostile(b"=?utf-8?q?=1B[31m=E2=80=AE=07?=")))
            gateway.record(taken)
            _, out, _ = gateway.ask("show", taken, "--color", "never")
            for bad in ("\x1b", "\x07", "\u202e"):
                self.assertNotIn(bad, out)


class Stats(unittest.TestCase):
    def test_counts(self):
        with Gateway() as gateway:
            taken = id_in(gateway.send())
            gateway.record(taken)
            for indexed in (False, True):
                if indexed:
                    gateway.indexed(taken)
                status, out, error = gateway.ask("stats")
                self.assertEqual((status, error), (0, ""))
                self.assertIn(": 1 with a message, ", out)
                self.assertRegex(out, r"\nsender domains\n  partner\.example +1  100\.0 %  █+\n")
                counts = json.loads(gateway.ask("stats", "--json")[1])
                self.assertEqual((counts["messages"], counts["sender_domains"]), (1, {"partner.example": 1}))
                self.assertEqual(counts["verdicts"] | {"accept": 1}, {"accept": 1, "tag": 0, "quarantine": 0, "defer": 0, "reject": 0, "open": 0})
                self.assertEqual((sum(counts["rules"].values()), counts["session_rules"]), (1, {}))
            self.assertEqual(gateway.ask("stats", "--since", "soon")[0], 2)
            self.assertIn("lies in the future", gateway.ask("stats", "--since", "2199-01-01")[2])


class Journal(unittest.TestCase):
    def test_rebuild(self):
        with Gateway() as gateway:
            taken = id_in(gateway.send())
            gateway.indexed(taken)
            for damaged in (False, True):  # while the gateway runs
                if damaged:
                    gateway.indexes()[0].write_bytes(b"damaged" * 1000)
                status, out, error = gateway.ask("journal", "rebuild")
                self.assertEqual((status, error), (0, ""), out)
                self.assertRegex(out, r"^The index of one day was made anew, with \d+ records\.")
                self.assertEqual(gateway.ids("--sender", SENDER), [taken])
            again = id_in(gateway.send())
            gateway.indexed(again)
            self.assertEqual(gateway.ask("journal", "rebuild", "--day", "2001-01-01")[0], 1)
            self.assertEqual(gateway.ask("journal", "rebuild", "--day", "yesterday")[0], 2)

    def test_a_person_is_exported_and_erased_while_the_gateway_runs(self):
        with Gateway() as gateway:
            def ask(what, address):
                return gateway.ask("journal", what, "--address", address)
            first = id_in(gateway.send("erika@example.com"))
            other = id_in(gateway.send("hans@example.com"))
            gateway.indexed(other)
            status, out, _ = ask("export", "ERIKA@example.com")
            self.assertEqual(status, 0)
            self.assertEqual([json.loads(line)["id"] for line in out.splitlines()], [first])
            status, out, error = ask("erase", "erika@example.com")
            self.assertEqual((status, error), (0, ""))
            self.assertEqual(out, "erika@example.com was taken out of 1 records of 1 days.\n")
            last = id_in(gateway.send("erika@example.com"))  # what comes later is another matter, and is not lost
            gateway.indexed(last)
            self.assertEqual(gateway.ids("--rcpt", "erika@example.com"), [last])
            self.assertEqual(gateway.ids(), [last, other, first])
            record = gateway.record(first)
            self.assertEqual(record["recipients"][0]["address"], "erased@example.com")
            status, _, error = ask("export", "nobody@else.example")
            self.assertEqual(status, 1)
            self.assertIn("no record holds nobody@else.example", error)
            self.assertEqual(ask("erase", "nobody")[0], 2)

            status, out, _ = ask("erase", SENDER)
            self.assertEqual(status, 0)
            left = b"".join(file.read_bytes() for file in (gateway.folder / "state/journal").iterdir())
            self.assertNotIn(b"anna.weber", left.lower())


if __name__ == "__main__":
    unittest.main()
