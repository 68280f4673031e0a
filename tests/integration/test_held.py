#!/usr/bin/env python3
"""What we hold: postern quarantine and postern queue, with mailstores that take, refuse, and do not answer."""

import concurrent.futures
import json
import os
import re
import signal
import subprocess
import unittest

import rig
from client import Client

HOLD_ALL = "[[rule]]\nid = 'look-first'\nwhen = 'true'\nthen = 'quarantine'\n"
TAKE_ALL = "[[rule]]\nid = 'all'\nwhen = 'true'\nthen = 'accept'\n"
MESSAGE = (b"From: Anna Weber <anna.weber@partner.example>\r\nTo: Erika Muster <erika@example.com>\r\n"
           b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_=E2=80=AEgpj?= invoice\r\nDate: Mon, 12 Jan 2026 09:14:03 +0100\r\n"
           b"Message-ID: <held@partner.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
           b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
           b"Sch=F6ne Gr=FC=DFe\x1b[31m\r\n--b\r\nContent-Type: application/pdf; name=invoice.pdf\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n--b--\r\n")
HTML = (b"From: a@partner.example\r\nTo: erika@example.com\r\nSubject: page\r\nContent-Type: text/html\r\n\r\n"
        b"<style>x</style><p>Dear <b>Erika</b>,<p><a href='https://evil.example/login'>your bank</a> &amp; you"
        b"<script>alert(1)</script><img src=x onerror=alert(1)>\r\n")


def smtp(port):
    return f'protocol = "smtp"\nservers = ["127.0.0.1:{port}"]\ntls = "off"'


def run(gateway, *words):
    """The exit status, standard output and standard error of a command."""
    done = subprocess.run([rig.BINARY, *words, "-c", str(gateway.config)], capture_output=True, text=True, timeout=rig.PATIENCE)
    return done.returncode, done.stdout, done.stderr


def send(gateway, message=MESSAGE, recipients=("erika@example.com",)):
    with Client(gateway.port) as client:
        client.say("MAIL FROM:<anna.weber@partner.example>", "250")
        for one in recipients:
            client.say(f"RCPT TO:<{one}>", "250")
        client.say("DATA", "354")
        client.socket.sendall(message + b".\r\n")
        return re.search(r"id ([0-9A-Z]{12})", client.expect("250"))[1]


def audits(gateway, transaction):
    """What the journal tells of what was done to it, in order."""
    found = []
    for file in sorted((gateway.folder / "state/journal").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            record = json.loads(line)
            if record["kind"] == "audit" and record["id"] == transaction:
                found.append(record)
    return found


def release_cut_short(gateway, store, transaction):
    """The mailstore says 250, and the gateway is killed before it can hear that."""
    answered = store.answered
    store.asked.clear()
    store.may_answer.clear()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        release = pool.submit(run, gateway, "quarantine", "release", transaction)
        if not store.asked.wait(rig.PATIENCE):
            raise AssertionError("the mailstore was not asked")
        rig.wait_until("that it begins is in the journal", lambda: audits(gateway, transaction)[-1:] and audits(gateway, transaction)[-1]["result"] == "begun")
        gateway.process.send_signal(signal.SIGSTOP)
        store.may_answer.set()
        rig.wait_until("the mailstore has answered", lambda: store.answered > answered)
        gateway.kill()
        done = release.result()
    gateway.start()
    return done


class Quarantine(unittest.TestCase):
    def test_a_release_that_a_kill_cut_short_is_known_and_not_repeated_unasked(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction, other = send(gateway), send(gateway)
            status, _, error = release_cut_short(gateway, store, transaction)
            self.assertEqual(status, 1)
            self.assertIn("what came of it is not known", error)
            self.assertEqual((store.answered, len(gateway.held("quarantine"))), (1, 2))

            status, out, error = run(gateway, "quarantine", "list")
            self.assertEqual(status, 0)
            self.assertRegex(out, rf"(?m)\t{transaction}\trelease begun \(look-first\)\t")
            self.assertRegex(out, rf"(?m)\t{other}\tlook-first\t")
            self.assertIn("Of 1 of them a release was begun and its end is not known", error)
            listed = {one["id"]: one["release_begun"] for one in map(json.loads, run(gateway, "quarantine", "list", "--json")[1].splitlines())}
            self.assertIsNone(listed[other])
            self.assertEqual((listed[transaction]["recipients"], listed[transaction]["via"]), (["erika@example.com"], "control"))
            out = run(gateway, "quarantine", "show", transaction)[1]
            self.assertRegex(out, r"a release was begun \S+Z by .+ and its end is not known")
            self.assertIsNotNone(json.loads(run(gateway, "quarantine", "show", transaction, "--json")[1])["message"]["release_begun"])

            status, out, _ = run(gateway, "quarantine", "release", transaction)
            self.assertEqual(status, 1)
            self.assertIn("its end is not known: the mailstore may have the message for erika@example.com", out)
            self.assertIn("--again", out)
            self.assertEqual(store.answered, 1)
            self.assertEqual(run(gateway, "quarantine", "release", other)[0], 0, "nothing is known against this one")
            status, out, _ = run(gateway, "quarantine", "release", transaction, "--again")
            self.assertEqual(status, 0, out)
            self.assertEqual((store.answered, gateway.held("quarantine")), (3, []))
            self.assertEqual(list((gateway.folder / "state/held/quarantine").iterdir()), [])
            told = rig.wait_until("all is in the journal", lambda: audits(gateway, transaction)[-1]["result"] == "done" and audits(gateway, transaction))
            self.assertEqual([one["result"] for one in told if one["action"] == "release"], ["begun", "failed", "begun", "done"])

    def test_a_release_that_a_kill_cut_short_can_be_deleted(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            release_cut_short(gateway, store, transaction)
            self.assertEqual(run(gateway, "quarantine", "delete", transaction)[0], 0)
            self.assertEqual(list((gateway.folder / "state/held/quarantine").iterdir()), [])

    def test_a_release_says_what_the_mailstore_said(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            kept = gateway.held("quarantine")[0].read_bytes()
            store.unknown = b"erika"
            status, out, _ = run(gateway, "quarantine", "release", transaction)
            self.assertEqual(status, 1)
            self.assertIn("550 5.1.1 nobody is there", out)
            self.assertNotIn("taken", out)
            self.assertEqual(gateway.held("quarantine")[0].read_bytes(), kept, "it must stay as it was")

            store.unknown = None
            store.answered = 0
            status, out, error = run(gateway, "quarantine", "release", f"[{transaction.lower()}]")
            self.assertEqual((status, error), (0, ""))
            self.assertRegex(out, rf"(?m)^{transaction}  taken  erika@example.com: 250 2.0.0 taken \(127.0.0.1:{store.port}\)$")
            self.assertEqual(gateway.held("quarantine"), [])
            self.assertEqual(store.answered, 1)

            status, out, _ = run(gateway, "quarantine", "release", transaction)
            self.assertEqual(status, 1)
            self.assertIn("no message with this id is in quarantine", out)
            self.assertEqual(store.answered, 1)

            told = rig.wait_until("both are in the journal", lambda: len(audits(gateway, transaction)) == 4 and audits(gateway, transaction))
            self.assertEqual([(one["action"], one["result"]) for one in told], [("release", result) for result in ("begun", "failed", "begun", "done")])
            self.assertEqual(told[2]["recipients"], [{"address": "erika@example.com", "fate": "begun", "reply": ""}])
            self.assertEqual(told[3]["recipients"], [{"address": "erika@example.com", "fate": "taken", "reply": "250 2.0.0 taken"}])
            self.assertEqual(told[3]["via"], "control")
            self.assertIn("root" if os.geteuid() == 0 else "", told[3]["who"])
            status, out, _ = run(gateway, "show", transaction)
            self.assertEqual(status, 0)
            self.assertRegex(out, "(?s)what was done later.*release begun by .*released by .*250 2.0.0 taken")
            status, out, _ = run(gateway, "log", "--audit", "--id", transaction)
            self.assertEqual((status, len(out.splitlines())), (0, 5))

    def test_the_octets_are_those_received_below_our_trace_fields(self):
        with rig.Postern('protocol = "maildir"\npath = "Maildir"', policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            status = subprocess.run([rig.BINARY, "quarantine", "show", transaction, "--raw", "-c", gateway.config], capture_output=True)
            self.assertEqual(status.returncode, 0)
            raw = status.stdout
            self.assertTrue(raw.endswith(MESSAGE))
            self.assertRegex(raw, rb"(?s)^Received: .*Authentication-Results: mx1.example.com;")
            self.assertEqual(run(gateway, "quarantine", "release", transaction)[0], 0)
            file, = (gateway.folder / "Maildir/new").iterdir()
            arrived = file.read_bytes()
            self.assertEqual(arrived[arrived.index(b"Received:"):], raw.replace(b"\r\n", b"\n"))

    def test_a_mailstore_that_does_not_answer_gets_nothing_and_nothing_is_lost(self):
        with rig.Postern(smtp(rig.free_port()), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            status, out, _ = run(gateway, "quarantine", "release", transaction, "--json")
            self.assertEqual(status, 1)
            answer = json.loads(out)
            self.assertFalse(answer["ok"])
            self.assertEqual(answer["messages"][0]["result"], "failed")
            self.assertIn("refused", answer["messages"][0]["recipients"][0]["reply"].lower())
            self.assertEqual(len(gateway.held("quarantine")), 1)

    def test_who_got_his_copy_is_taken_off(self):
        with rig.Sink(unknown=b"hans") as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway, recipients=("erika@example.com", "hans@example.com", "karl@example.com"))
            status, out, _ = run(gateway, "quarantine", "release", transaction, "--to", "karl@example.com", "--to", "karla@example.com")
            self.assertEqual(status, 1, "one of them is nobody")
            self.assertIn("karla@example.com is not among those it waits for", out)
            self.assertEqual(store.answered, 0)
            status, out, _ = run(gateway, "quarantine", "release", transaction, "--to", "karl@example.com")
            self.assertEqual(status, 0, out)
            status, out, _ = run(gateway, "quarantine", "release", transaction)
            self.assertEqual(status, 1)
            self.assertRegex(out, r"taken  erika@example.com")
            self.assertRegex(out, r"failed for good  hans@example.com: 550 5.1.1")
            self.assertNotIn("karl", out)
            listed = json.loads(run(gateway, "quarantine", "list", "--json")[1])
            self.assertEqual(listed["recipients"], ["hans@example.com"])
            status, out, _ = run(gateway, "quarantine", "release", transaction, "--to", "erika@example.com")
            self.assertEqual(status, 1)
            self.assertIn("not among those it waits for: hans@example.com", out)
            self.assertEqual(store.answered, 2)

    def test_two_who_release_at_once_deliver_once(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            store.may_answer.clear()
            with concurrent.futures.ThreadPoolExecutor() as pool:
                first = pool.submit(run, gateway, "quarantine", "release", transaction)
                self.assertTrue(store.asked.wait(rig.PATIENCE))
                others = [pool.submit(run, gateway, "quarantine", what, transaction) for what in ("release", "delete", "release")]
                store.may_answer.set()
                self.assertEqual(first.result()[0], 0)
                for one in others:
                    status, out, _ = one.result()
                    self.assertEqual(status, 1, out)
                    self.assertRegex(out, "somebody else has released or deleted it|no message with this id")
            self.assertEqual(store.answered, 1)

    def test_it_is_listed_and_found_by_the_filters_of_log(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            status, out, _ = run(gateway, "quarantine", "list")
            self.assertEqual((status, out), (1, "Nothing is in quarantine.\n"))
            first, second = send(gateway), send(gateway, HTML, ("hans@example.com",))
            status, out, _ = run(gateway, "quarantine", "list")
            self.assertEqual(status, 0)
            self.assertRegex(out, rf"(?s)^TIME\tID\tREASON.*{second}.*{first}")
            self.assertNotIn("\u202e", out)
            for words, wanted in ((("--rcpt", "hans@example.com"), second), (("--subject", "invoice"), first),
                                  (("--rule", "look-first", "--text", "page"), second), (("--id", first), first)):
                with self.subTest(words=words):
                    found = [json.loads(line)["id"] for line in run(gateway, "quarantine", "list", "--json", *words)[1].splitlines()]
                    self.assertEqual(found, [wanted])
            self.assertEqual(run(gateway, "quarantine", "list", "--sender", "nobody.example")[0], 1)
            self.assertEqual(run(gateway, "quarantine", "list", "--count")[1], "2\n")
            status, out, _ = run(gateway, "quarantine", "list", "--json", "--limit", "1")
            self.assertEqual(json.loads(out)["id"], second)
            self.assertEqual(run(gateway, "quarantine", "list", "--verdict", "acept")[0], 2)

    def test_a_safe_view_shows_what_there_is_and_nothing_is_active(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            first, second = send(gateway), send(gateway, HTML)
            status, out, _ = run(gateway, "quarantine", "show", f"250 2.0.0 Ok, id {first}")
            self.assertEqual(status, 0)
            self.assertIn("Schöne Grüße\\x1b[31m", out)
            self.assertIn("invoice.pdf, application/pdf, 5 octets", out)
            self.assertIn("Subject: Grüße \\xe2\\x80\\xaegpj invoice", out)
            self.assertNotIn("\x1b", out)
            view = json.loads(run(gateway, "quarantine", "show", second, "--json")[1])
            self.assertEqual(view["text_type"], "text/html")
            self.assertIn("Dear Erika,", view["text"])
            self.assertIn("your bank <https://evil.example/login> & you", view["text"])
            self.assertNotIn("alert", view["text"])
            self.assertNotIn("<p>", view["text"])
            told = rig.wait_until("the reading is in the journal", lambda: audits(gateway, first))
            self.assertEqual((told[0]["action"], told[0]["result"]), ("read", "done"))

    def test_several_are_deleted_at_once_and_the_wrong_one_is_named(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            ids = [send(gateway) for _ in range(3)]
            status, out, _ = run(gateway, "quarantine", "delete", ids[0], "000000000000", ids[1])
            self.assertEqual(status, 1)
            self.assertIn("000000000000  failed  no message with this id is in quarantine", out)
            self.assertEqual([file.stem for file in gateway.held("quarantine")], [ids[2]])
            self.assertEqual(run(gateway, "quarantine", "delete", "no-id")[0], 2)
            self.assertEqual(store.answered, 0)

    def test_a_mistyped_id_leaves_the_others_alone(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            for words in (["release", transaction, "foo"], ["delete", transaction[:11], transaction]):
                status, out, error = run(gateway, "quarantine", *words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("nothing was done", error)
            self.assertEqual((store.answered, len(gateway.held("quarantine"))), (0, 1))
            self.assertEqual(run(gateway, "quarantine", "release", f"450 Transmission held (id {transaction})")[0], 0)
            self.assertEqual((store.answered, gateway.held("quarantine")), (1, []))

    def test_without_a_gateway_nothing_is_released_and_lists_work(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL) as gateway:
            transaction = send(gateway)
            gateway.process.terminate()
            gateway.process.wait()
            status, _, error = run(gateway, "quarantine", "release", transaction)
            self.assertEqual(status, 1)
            self.assertIn("is it running?", error)
            self.assertEqual(run(gateway, "quarantine", "list")[0], 0)
            self.assertEqual(len(gateway.held("quarantine")), 1)

    def test_the_oldest_go_when_they_are_old_or_too_much(self):
        more = '[quarantine]\nkeep_days = 2\nmax_size = "1MB"\n'
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=HOLD_ALL, more=more) as gateway:
            large = MESSAGE + b"x" * 900 + b"\r\n" + (b"y" * 900 + b"\r\n") * 400
            ids = [send(gateway, large) for _ in range(5)]
            rig.wait_until("the oldest are gone", lambda: [file.stem for file in gateway.held("quarantine")] == ids[3:])
            self.assertIn(f"event=quarantine_removed id={ids[0]} why=quarantine.max_size", gateway.log.read_text())
            told = rig.wait_until("it is in the journal", lambda: audits(gateway, ids[0]))
            self.assertEqual((told[0]["who"], told[0]["via"], told[0]["detail"]), ("postern", "retention", "quarantine.max_size"))
            gateway.kill()
            old = gateway.held("quarantine")[0]
            os.utime(old, (0, old.stat().st_mtime - 3 * 86400))
            gateway.start()
            rig.wait_until("the old one is gone", lambda: [file.stem for file in gateway.held("quarantine")] == ids[4:])


class Queue(unittest.TestCase):
    def test_what_waits_is_listed_tried_and_given_up(self):
        port = rig.free_port()
        with rig.Postern(smtp(port), policy=TAKE_ALL) as gateway:
            first, second = send(gateway), send(gateway)
            status, out, _ = run(gateway, "queue", "list", "--json")
            self.assertEqual(status, 0)
            self.assertEqual({json.loads(line)["id"] for line in out.splitlines()}, {first, second})
            self.assertEqual(json.loads(out.splitlines()[0])["reason"], "unreachable")
            self.assertIn("mailstore main", run(gateway, "queue", "show", first)[1])
            status, out, _ = run(gateway, "queue", "retry", first)
            self.assertEqual(status, 1)
            self.assertIn("failed for now", out)
            self.assertEqual(len(gateway.held("retry")), 2)
            status, out, _ = run(gateway, "queue", "fail", second)
            self.assertEqual(status, 0)
            self.assertIn("in quarantine now, as undeliverable", out)
            self.assertEqual([file.stem for file in gateway.held("retry")], [first])
            self.assertEqual(json.loads(run(gateway, "quarantine", "list", "--json")[1])["reason"], "undeliverable")

    def test_a_retry_delivers_at_once_when_the_mailstore_is_back(self):
        with rig.Sink() as store:
            with rig.Postern(smtp(rig.free_port()), policy=TAKE_ALL) as gateway:
                transaction = send(gateway)
                text = gateway.config.read_text()
                gateway.config.write_text(re.sub(r'servers = \["127.0.0.1:\d+"\]', f'servers = ["127.0.0.1:{store.port}"]', text))
                self.assertEqual(run(gateway, "reload")[0], 0)
                status, out, _ = run(gateway, "queue", "retry", transaction)
                self.assertEqual(status, 0, out)
                self.assertIn("250 2.0.0 taken", out)
                self.assertEqual(gateway.held("retry"), [])
                self.assertEqual(store.answered, 1)

    def test_an_undeliverable_one_can_be_released(self):
        with rig.Sink() as store, rig.Postern(smtp(rig.free_port()), policy=TAKE_ALL) as gateway:
            transaction = send(gateway)
            self.assertEqual(run(gateway, "queue", "fail", transaction)[0], 0)
            text = gateway.config.read_text()
            gateway.config.write_text(re.sub(r'servers = \["127.0.0.1:\d+"\]', f'servers = ["127.0.0.1:{store.port}"]', text))
            self.assertEqual(run(gateway, "reload")[0], 0)
            self.assertEqual(run(gateway, "quarantine", "release", transaction)[0], 0)
            self.assertEqual(store.answered, 1)


if __name__ == "__main__":
    unittest.main()
