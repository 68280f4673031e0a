#!/usr/bin/env python3
"""What is refused, deferred and quarantined, and that reply, journal and `explain` tell the same story."""

import copy
import json
import subprocess
import unittest

import rig
from client import Client, id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
DEMO_ZONE = json.loads((rig.SOURCE / "config/demo/zone.json").read_text())
KEY = "s2026._domainkey.partner.example"


def sample(name):
    return (rig.SAMPLES / f"{name}.eml").read_bytes()


def arrived(gateway):
    return list((gateway.folder / "Maildir").glob("new/*"))


class Verdicts(unittest.TestCase):
    def test_demo(self):
        with rig.Postern(MAILDIR, policy=(rig.SOURCE / "config/demo/policy.toml").read_text(), start=False) as gateway:
            gateway.write("recipients.txt", (rig.SOURCE / "config/demo/recipients.txt").read_text())
            gateway.config.write_text(gateway.config.read_text().replace('mailstore = "main"', 'mailstore = "main"\nrecipients = { file = "recipients.txt" }'))
            gateway.start()
            done = subprocess.run(["python3", "-B", rig.SOURCE / "config/demo/send.py", str(gateway.port), gateway.folder / "state/journal"],
                                  capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), 7, done.stdout)
            self.assertEqual(len(arrived(gateway)), 3)
            self.assertEqual(len(gateway.held("quarantine")), 1)

    def test_forged_message_of_a_rejecting_domain(self):
        with rig.Postern(MAILDIR) as gateway:
            with Client(gateway.port, "203.0.113.66", "mail.attacker.example") as client:
                reply = client.send(sample("forged-reject"), "service@bank.example")
            self.assertRegex(reply, r"^550 5\.7\.26 ")
            self.assertEqual(arrived(gateway), [])
            record = gateway.record(id_in(reply))
            self.assertEqual(record["reply"], reply)
            self.assertEqual((record["verdict"]["action"], record["verdict"]["rule"]), ("reject", "dmarc-reject"))
            told = gateway.explain("--ip", "203.0.113.66", "--helo", "mail.attacker.example", "--from", "service@bank.example",
                                   "--to", "erika@example.com", str(rig.SAMPLES / "forged-reject.eml"))
            self.assert_same_story(record, told)
            asked = {(one["name"], one["type"], one["status"]) for one in record["dns"]}
            self.assertIn(("bank.example", "TXT", "ok"), asked)
            self.assertIn(("_dmarc.bank.example", "TXT", "ok"), asked)
            log = gateway.log.read_text()
            self.assertIn(f"{record['id']} verdict=reject rule=dmarc-reject ", log)

    def test_good_message(self):
        with rig.Postern(MAILDIR) as gateway:
            with Client(gateway.port) as client:
                reply = client.send(sample("good"), "anna.weber@partner.example")
            self.assertRegex(reply, r"^250 2\.0\.0 ")
            self.assertEqual(len(arrived(gateway)), 1)
            told = gateway.explain("--ip", "192.0.2.10", "--helo", "mx.partner.example", "--from", "anna.weber@partner.example",
                                   "--to", "erika@example.com", str(rig.SAMPLES / "good.eml"))
            self.assert_same_story(gateway.record(id_in(reply)), told)

    def assert_same_story(self, record, told):
        for member in ("action", "rule", "score", "trial"):
            self.assertEqual(record["verdict"][member], told["verdict"][member], member)
        if record["verdict"]["action"] == "reject":  # of an acceptance the last word is the mailstore's
            self.assertEqual(told["verdict"]["reply"].partition(" (id")[0], record["reply"].partition(" (id")[0])
        self.assertEqual(record["evidence"], told["evidence"])
        self.assertEqual(record["rules"], told["rules"])
        self.assertTrue(record["rules"])
        by_question = lambda answers: sorted(json.dumps(one, sort_keys=True) for one in answers)
        self.assertEqual(by_question(record["dns"]), by_question(told["dns"]))
        self.assertTrue(record["dns"])
        of_the_moment = {"now", "listener", "client.trusted", "client.relay", "client.early_talker", "tls.version", "tls.cipher", "tls.client_name"}
        facts = [{name: value for name, value in one["facts"].items() if name not in of_the_moment} for one in (record, told)]
        self.assertEqual(*facts)

    def trouble(self, status, message="forwarded", address="198.51.100.20"):
        zone = copy.deepcopy(DEMO_ZONE)
        zone[KEY] = {"status": status}
        with rig.Postern(MAILDIR, zone=zone) as gateway:
            with Client(gateway.port, address, "out.alumni.example") as client:
                reply = client.send(sample(message), "anna.weber@partner.example")
            return reply, gateway.record(id_in(reply)), arrived(gateway), gateway.held("quarantine")

    def test_key_that_cannot_be_asked_for_defers(self):
        for status in ("timeout", "servfail", "refused", "bogus"):
            with self.subTest(status):
                reply, record, delivered, held = self.trouble(status)
                self.assertRegex(reply, r"^451 4\.4\.3 ")
                self.assertEqual((delivered, held), ([], []))
                self.assertEqual((record["verdict"]["action"], record["verdict"]["rule"]), ("defer", "@trouble"))
                said = " ".join(record["verdict"]["trouble"])
                self.assertIn("dmarc-reject", said)
                self.assertIn(KEY, said)
                self.assertNotEqual(record["facts"]["dmarc.result"], "pass")

    def test_key_that_does_not_exist_is_an_answer(self):
        reply, record, delivered, _ = self.trouble("nxdomain")
        self.assertRegex(reply, r"^550 5\.7\.26 ")
        self.assertEqual(delivered, [])
        self.assertEqual(record["verdict"]["rule"], "dmarc-reject")

    def test_trouble_on_which_nothing_hangs_changes_nothing(self):
        reply, record, delivered, _ = self.trouble("timeout", "good", "192.0.2.10")  # SPF passes, aligned
        self.assertRegex(reply, r"^250 ")
        self.assertEqual(len(delivered), 1)
        self.assertEqual(record["facts"]["dmarc.result"], "pass")

    def test_reload_takes_up_rules_and_keeps_them_where_they_are_wrong(self):
        with rig.Postern(MAILDIR) as gateway:
            def reply():
                with Client(gateway.port) as client:
                    return client.send(sample("good"), "anna.weber@partner.example")
            self.assertRegex(reply(), "^250 ")
            gateway.write("policy.toml", "[[rule]]\nid = 'none'\nwhen = 'client.ip in 192.0.2.0/24'\nthen = 'reject'\nreply = '550 5.7.1 not today'\n")
            subprocess.run(gateway.command("reload"), check=True, timeout=rig.PATIENCE, capture_output=True)
            with Client(gateway.port) as client:
                client.say("MAIL FROM:<anna.weber@partner.example>", "250")
                self.assertRegex(client.say("RCPT TO:<erika@example.com>"), r"^550 5\.7\.1 not today")
            gateway.write("policy.toml", "[[rule]]\nid = 'x'\nwhen = 'client.ipp in 192.0.2.0/24'\nthen = 'reject'\n")
            done = subprocess.run(gateway.command("reload"), timeout=rig.PATIENCE, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("did you mean client.ip", done.stdout + done.stderr)
            with Client(gateway.port) as client:
                client.say("MAIL FROM:<anna.weber@partner.example>", "250")
                self.assertRegex(client.say("RCPT TO:<erika@example.com>"), r"^550 5\.7\.1 not today")


if __name__ == "__main__":
    unittest.main()
