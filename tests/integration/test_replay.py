#!/usr/bin/env python3
"""postern replay on the journal of a gateway that ran: the same policy makes no difference, another one the difference it should."""

import json
import os
import pty
import subprocess
import unittest

import rig
from client import Client, id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'


def sample(name):
    return (rig.SAMPLES / f"{name}.eml").read_bytes()


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = rig.Postern(MAILDIR)
        cls.addClassCleanup(cls.gateway.stop)
        with Client(cls.gateway.port, "203.0.113.66", "mail.attacker.example") as client:
            cls.forged = id_in(client.send(sample("forged-reject"), "service@bank.example"))
        with Client(cls.gateway.port) as client:
            cls.good = id_in(client.send(sample("good"), "anna.weber@partner.example", "erika@example.com", "max@example.com"))
            client.say("MAIL FROM:<x@partner.example>", "250")
            cls.relay = id_in(client.say("RCPT TO:<someone@elsewhere.example>", "55"))
            client.say("QUIT", "221")
        for one in (cls.forged, cls.good, cls.relay):
            cls.gateway.record(one)
        cls.policy = (cls.gateway.folder / "policy.toml").read_text()

    def replay(self, *arguments, policy=None):
        if policy is not None:
            arguments = ("--policy", str(self.gateway.write("other.toml", policy)), *arguments)
        done = subprocess.run([*self.gateway.command("replay"), *arguments], capture_output=True, text=True, timeout=rig.PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def found(self, *arguments, policy=None):
        status, out, error = self.replay("--json", *arguments, policy=policy)
        self.assertEqual((status, error), (0, ""))
        return json.loads(out)

    def test_the_same_policy_makes_no_difference(self):
        found = self.found("--fail-on", "any", "--fail-on", "rule,tags,cannot-tell")
        self.assertEqual((found["verdicts"], found["same"], found["changes"], found["hanging"]), (3, 3, [], []))
        self.assertEqual(found["transactions"], 3)
        self.assertEqual(found["outside_rules"], {"@relay": 1})
        self.assertEqual(self.gateway.record(self.good)["policy_version"], found["policy"]["version"])

    def test_a_policy_without_rules_accepts_what_was_refused(self):
        found = self.found(policy="# nothing\n")
        self.assertEqual(found["changed"], 1)
        [change] = found["changes"]
        self.assertEqual((change["from"], change["to"], change["rule_before"], change["rule_after"]), ("reject", "accept", "dmarc-reject", "@default"))
        self.assertEqual([one["id"] for one in change["samples"]], [self.forged])

    def test_people_read_it(self):
        status, out, _ = self.replay(policy="[[rule]]\nid = 'max'\nwhen = 'rcpt.address == \"max@example.com\"'\nthen = 'reject'\n")
        self.assertEqual(status, 0)
        self.assertIn("would be accepted that were refused: 1 (33.3 %)", out)
        self.assertIn("would be refused that were accepted: 1 (33.3 %)", out)
        self.assertLess(out.index("accepted that were refused"), out.index("refused that were accepted"))
        self.assertIn(f"{self.good}", out)
        self.assertIn("to <max@example.com>", out)
        self.assertIn("1 recipient refused outside the rules: @relay 1", out)

    def test_what_cannot_be_told(self):
        found = self.found(policy="[[rule]]\nid = 'tool'\nwhen = 'header(\"X-Tool\") contains \"x\"'\nthen = 'reject'\n")
        self.assertEqual(found["cannot_tell"], 3 - found["changed"] - found["same"])
        self.assertEqual({tuple(one["facts"]) for one in found["hanging"]}, {('header("X-Tool")',)})
        self.assertEqual({one["why"] for one in found["hanging"]}, {"not recorded"})

    def test_rules_on_trial(self):
        policy = "[[rule]]\nid = 'all'\nwhen = 'true'\nthen = 'quarantine'\ntrial = true\n" + self.policy
        found = self.found("--trial", policy=policy)
        trial = {one["rule"]: one for one in found["trial"]}
        self.assertEqual(trial["all"]["count"], 3)
        self.assertEqual(sum(one["count"] for one in trial["all"]["would"]), 3)
        self.assertEqual(found["changed"], 0)

    def test_exit_status(self):
        nothing = "# nothing\n"
        for words, status in (("any", 1), ("accepted", 1), ("refused", 0), ("rule", 0), ("quarantined,accepted", 1), ("cannot-tell", 0)):
            self.assertEqual(self.replay("--fail-on", words, policy=nothing)[0], status, words)
        for arguments in (["--fail-on", "something"], ["--since", "never"], ["--since", "1h", "--until", "2h"], ["--samples", "-1"], ["--until", "x"]):
            status, _, error = self.replay(*arguments)
            self.assertEqual(status, 2, arguments)
            self.assertTrue(error)
        status, _, error = self.replay("--since", "2199-01-01")
        self.assertEqual(status, 2)
        self.assertRegex(error, "--since: 2199-01-01 .* lies in the future")
        status, _, error = self.replay(policy="[[rule]]\nid = 'a'\nwhen = 'spf.result == fail'\nthen = 'reject'\n")
        self.assertEqual(status, 1)
        self.assertIn("other.toml:3:9: unknown fact", error)
        status, _, error = self.replay("--journal", "/nonexistent")
        self.assertEqual(status, 1)
        self.assertIn("/nonexistent", error)

    def test_a_record_becomes_a_test_that_passes(self):
        def command(name, *arguments):
            return subprocess.run([*self.gateway.command(name), *arguments], capture_output=True, text=True, timeout=rig.PATIENCE)
        for one in (self.forged, self.good, self.relay):
            for more in ([], ["--as-is"]):
                written = command("show", one, "--as-test", *more)
                self.assertEqual((written.returncode, written.stderr), (0, ""))
                self.assertIn(f'name    = "{one}: ', written.stdout)
                done = command("test", str(self.gateway.write("written.toml", written.stdout)))
                self.assertEqual((done.returncode, done.stdout), (0, "1 test, 0 failed\n"), written.stdout + done.stderr)
        self.assertEqual(command("show", self.forged, "--as-is").returncode, 2)

    def test_a_period_without_mail(self):
        status, out, error = self.replay("--since", "2001-01-01", "--until", "2001-01-02")
        self.assertEqual(status, 1)
        self.assertIn("nothing is recorded in", error)
        found = json.loads(self.replay("--since", "2001-01-01", "--until", "2001-01-02", "--json")[1])
        self.assertEqual(found["transactions"], 0)

    def test_torn_and_foreign_lines_are_counted(self):
        copy = self.gateway.folder / "copy"
        copy.mkdir()
        for file in (self.gateway.folder / "state/journal").glob("*.jsonl"):
            (copy / file.name).write_bytes(file.read_bytes() + b'{"format":1,"kind":"transaction","id":"torn\n\x1b[31m nothing\n{"kind":"transac')
        found = self.found("--journal", str(copy))
        self.assertEqual((found["transactions"], found["unreadable"], found["changed"]), (3, 3, 0))

    def test_a_terminal_gets_progress_and_no_escapes_of_strangers(self):
        copy = self.gateway.folder / "hostile"
        copy.mkdir()
        record = self.gateway.record(self.forged)
        record["subject"] = "\x1b]0;owned\x07\u202e"
        record["recipients"][0]["address"] = record["sender"] = "\x1b[31m<script>\r\n"
        [file] = (self.gateway.folder / "state/journal").glob("*.jsonl")
        (copy / file.name).write_text(json.dumps(record) + "\n")
        status, out, _ = self.replay("--journal", str(copy), "--color", "never", policy="# nothing\n")
        self.assertEqual(status, 0)
        self.assertIn(self.forged, out)
        for hostile in ("\x1b", "\x07", "\u202e", "\r"):
            self.assertNotIn(hostile, out)
        master, slave = pty.openpty()
        done = subprocess.run([*self.gateway.command("replay"), "--color", "never", "--policy", str(self.gateway.write("none.toml", "# nothing\n"))],
                              stdout=subprocess.DEVNULL, stderr=slave, timeout=rig.PATIENCE)
        os.close(slave)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"\r", os.read(master, 4096))
        os.close(master)


if __name__ == "__main__":
    unittest.main()
