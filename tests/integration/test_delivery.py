#!/usr/bin/env python3
"""Real clients and real mailstores: what arrives, and what stands on top of it."""

import email
import email.policy
import subprocess
import unittest

import rig
from client import Client

HEADER = (b"From: Anna Weber <anna.weber@partner.example>\r\nTo: Erika Muster <erika@example.com>\r\n"
          b"Subject: octets\r\nDate: Mon, 12 Jan 2026 09:14:03 +0100\r\nMessage-ID: <octets@partner.example>\r\n\r\n")
BODY = (b".\r\n..\r\n.leading dots\r\n...\r\n"
        b"latin \xe4\xf6\xfc\xff, utf-8 \xc3\xa4\xe2\x82\xac\r\n" +
        b"a" * 998 + b"\r\n" + b"long " * 400 + b"\r\n"
        b"  blanks at the end   \t\r\n\r\n\r\nFrom the start of a line\r\nlast line\r\n")
TAKE_ALL = "[[rule]]\nid = 'all'\nwhen = 'true'\nthen = 'accept'\n"


def parts(file):
    """The fields as a list of name and value, and the body's octets."""
    octets = file.read_bytes()
    header, _, body = octets.partition(b"\n\n")
    message = email.message_from_bytes(header + b"\n\n", policy=email.policy.compat32)
    return message, body


class Delivery(unittest.TestCase):
    def only_message(self, store):
        return rig.wait_until("the message is there", store.messages)[0]

    def assert_arrived(self, file, body=BODY):
        message, arrived = parts(file)
        self.assertEqual(arrived, body.replace(b"\r\n", b"\n"))
        ours = [value for value in message.get_all("Received") if "by mx1.example.com" in value]
        self.assertEqual(len(ours), 1, message.get_all("Received"))
        self.assertIn("[192.0.2.10]", ours[0])
        results = " ".join(message["Authentication-Results"].split())
        self.assertTrue(results.startswith("mx1.example.com; "), results)
        self.assertIn("spf=pass", results)
        return message, results

    def send(self, gateway):
        with Client(gateway.port) as client:
            reply = client.send(HEADER + BODY, "anna.weber@partner.example")
        self.assertRegex(reply, r"^250 2\.0\.0 ")

    @rig.needs("postfix", root=True)
    def test_octets_reach_postfix(self):
        with rig.Postfix() as store, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{store.port}"]\ntls = "off"',
                                                 policy=TAKE_ALL) as gateway:
            self.send(gateway)
            self.assert_arrived(self.only_message(store))

    @rig.needs("postfix", root=True)
    def test_what_postfix_offers_is_promised_and_kept(self):
        """DSN is offered when the mailstore is known to offer it, and its notification comes from there."""
        with rig.Postfix() as store, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{store.port}"]\ntls = "off"',
                                                 policy=TAKE_ALL) as gateway:
            def offers():
                with Client(gateway.port) as client:
                    return client.say("EHLO mx.partner.example", "250").split(" ")
            words = rig.wait_until("Postfix was asked what it offers", lambda: "DSN" in (said := offers()) and said)
            self.assertEqual(words[words.index("SIZE") + 1], str(10240000 - 16384))  # Postfix's own limit, less our trace fields
            self.assertNotIn("BINARYMIME", words)
            self.assertNotIn("REQUIRETLS", words)
            with Client(gateway.port) as client:
                client.say("MAIL FROM:<anna.weber@partner.example> RET=HDRS ENVID=QQ+2B314", "250")
                client.say("RCPT TO:<erika@example.com> NOTIFY=SUCCESS ORCPT=rfc822;muster@example.com", "250")
                client.say("DATA", "354")
                client.socket.sendall(HEADER + b"Hello\r\n.\r\n")
                client.expect("250")
            self.only_message(store)
            rig.wait_until("Postfix notifies of the delivery",
                           lambda: "sender delivery status notification" in (store.folder / "maillog").read_text())

    @rig.needs("dovecot", root=True)
    def test_octets_reach_dovecot_over_lmtp(self):
        with rig.DovecotLmtp() as store, rig.Postern(f'protocol = "lmtp"\nservers = ["127.0.0.1:{store.port}"]\ntls = "off"',
                                                     policy=TAKE_ALL) as gateway:
            self.send(gateway)
            self.assert_arrived(self.only_message(store))

    def test_octets_reach_a_maildir(self):
        with rig.Postern('protocol = "maildir"\npath = "Maildir"', policy=TAKE_ALL) as gateway:
            self.send(gateway)
            file, = (gateway.folder / "Maildir/new").iterdir()
            self.assert_arrived(file)
            self.assertEqual(list((gateway.folder / "Maildir/tmp").iterdir()), [])

    @rig.needs("swaks")
    @rig.needs("postfix", root=True)
    def test_swaks_to_postfix(self):
        with rig.Postfix() as store, rig.Postern(f'protocol = "smtp"\nservers = ["127.0.0.1:{store.port}"]') as gateway:
            self.swaks(gateway)
            self.assert_signed_mail(self.only_message(store))

    @rig.needs("swaks")
    @rig.needs("dovecot", root=True)
    def test_swaks_to_dovecot_over_lmtp(self):
        with rig.DovecotLmtp() as store, rig.Postern(f'protocol = "lmtp"\nservers = ["127.0.0.1:{store.port}"]\ntls = "off"') as gateway:
            self.swaks(gateway)
            self.assert_signed_mail(self.only_message(store))

    def swaks(self, gateway):
        done = subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{gateway.port}", "--xclient", "ADDR=192.0.2.10 HELO=mx.partner.example", "--ehlo", "mx.partner.example",
             "--from", "anna.weber@partner.example", "--to", "erika@example.com", "--data", f"@{rig.SAMPLES / 'good.eml'}"],
            capture_output=True, text=True, timeout=rig.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def assert_signed_mail(self, file):
        body = (rig.SAMPLES / "good.eml").read_bytes().partition(b"\r\n\r\n")[2]
        _, results = self.assert_arrived(file, body + b"\r\n")  # swaks ends the data with an empty line
        self.assertIn("dkim=pass header.d=partner.example", results)
        self.assertIn("dmarc=pass", results)

    @rig.needs("postfix", root=True)
    def test_a_postfix_sends_through_postern(self):
        with rig.Postern('protocol = "maildir"\npath = "Maildir"') as gateway, rig.Postfix(relay=gateway.port) as sender:
            with Client(sender.port, address=None) as client:
                self.assertRegex(client.send((rig.SAMPLES / "good.eml").read_bytes(), "someone@partner.example"), "^250 ")
            new = gateway.folder / "Maildir/new"
            file = rig.wait_until("the message is there", lambda: new.is_dir() and list(new.iterdir()))[0]
            message, body = parts(file)
            self.assertEqual(body, (rig.SAMPLES / "good.eml").read_bytes().partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n"))
            self.assertEqual(message["Return-Path"], "<someone@partner.example>")
            results = " ".join(message["Authentication-Results"].split())
            self.assertIn("dkim=pass header.d=partner.example", results)
            self.assertIn("spf=fail", results)  # 127.0.0.1 is not its mail server; DKIM alone vouches for it
            self.assertIn("with ESMTP", message.get_all("Received")[0])

    def test_fields_that_claim_our_name_are_removed(self):
        forged = (b"Authentication-Results: mx1.example.com; dmarc=pass header.from=bank.example\r\n"
                  b"Authentication-Results: MX1.EXAMPLE.COM (really) ; spf=pass\r\n"
                  b"Authentication-Results: other.example; spf=fail\r\nX-Postern-Score: -100\r\n")
        with rig.Postern('protocol = "maildir"\npath = "Maildir"') as gateway:
            with Client(gateway.port) as client:
                self.assertRegex(client.send(forged + (rig.SAMPLES / "good.eml").read_bytes(), "anna.weber@partner.example"), "^250 ")
            file, = (gateway.folder / "Maildir/new").iterdir()
            message, _ = parts(file)
            results = message.get_all("Authentication-Results")
            self.assertEqual([value.split(";")[0].strip() for value in results], ["mx1.example.com", "other.example"])
            self.assertNotIn("bank.example", results[0])
            self.assertIsNone(message["X-Postern-Score"])


if __name__ == "__main__":
    unittest.main()
