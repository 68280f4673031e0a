#!/usr/bin/env python3
"""What the gateway remembers of clients and senders: greylisting with clients that come again, a crash, a damaged file."""

import unittest

import rig
from client import Client, id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
POLICY = """
[[rule]]
id = "greylist"
when = 'greylist == new or greylist == waiting'
then = "defer"
reply = "451 4.7.1 Please come again after {greylist.until}"
"""
ZONE = {"pool.example": {"TXT": ["v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 -all"]}}
MESSAGE = b"From: News <news@pool.example>\r\nTo: erika@example.com\r\nSubject: News\r\n\r\nNews.\r\n"
FILTERS = '[filter.rate]\n[filter.reputation]\n[filter.greylist]\ndelay = "{}"\n'


def gateway(delay):
    return rig.Postern(MAILDIR, zone=ZONE, policy=POLICY, more=FILTERS.format(delay))


def send(server, address="192.0.2.1", sender="bounce-1@pool.example", recipient="erika@example.com"):
    """The reply to RCPT if that was refused, else to the message."""
    with Client(server.port, address, "out.pool.example") as client:
        client.say(f"MAIL FROM:<{sender}>", "250")
        reply = client.say(f"RCPT TO:<{recipient}>")
        if reply.startswith("250"):
            client.say("DATA", "354")
            client.socket.sendall(MESSAGE + b".\r\n")
            reply = client.reply()
        client.say("QUIT")
        return reply


def facts(server, reply):
    return server.record(id_in(reply))["facts"]


class Remembering(unittest.TestCase):
    def saved(self, server):
        """What has been learnt until now is in the file: what another client taught has been written after it."""
        file = server.folder / "state/shared.state"
        before = file.stat().st_size
        send(server, "203.0.113.9", "x@other.example")
        rig.wait_until("the state is saved", lambda: file.stat().st_size > before)

    def test_a_pool_that_comes_again_is_not_delayed_again(self):
        with gateway("1s") as server:
            first = send(server)
            self.assertRegex(first, r"^451 4\.7\.1 Please come again after 20\d\d-")
            self.assertEqual(facts(server, first)["greylist"], "new")
            taken = rig.wait_until("it passes", lambda: (reply := send(server, "198.51.100.9", "bounce-2@pool.example")).startswith("250") and reply)
            record = server.record(id_in(taken))
            self.assertEqual(record["facts"]["greylist"], "passed")
            self.assertEqual(record["facts"]["client.refused_rate"], 0)
            self.assertGreater(record["facts"]["sender.rate"], 1)
            self.assertEqual(record["facts"]["sender.seen_days"], 0)
            marks = [row for row in record["state"] if row["table"] == "greylist"]
            self.assertEqual([row.get("count") for row in marks], [1])
            again = send(server, "192.0.2.77")
            self.assertRegex(again, "^250 ")
            self.assertIn("came first at", facts(server, again)["greylist.reason"])
            stranger = send(server, "203.0.113.5")
            self.assertRegex(stranger, "^451 ")

    def test_what_was_learnt_before_the_last_seconds_survives_kill_9(self):
        with gateway("1h") as server:
            rig.wait_until("the file is there", (server.folder / "state/shared.state").exists)
            self.assertEqual(facts(server, send(server))["greylist"], "new")
            self.saved(server)
            server.kill()
            server.start()
            after = send(server, "198.51.100.9")
            self.assertEqual(facts(server, after)["greylist"], "waiting")
            self.assertEqual(facts(server, after)["sender.rate"], 2)
            self.assertNotIn("event=state_", server.log.read_text())

    def test_a_clean_stop_keeps_all(self):
        with gateway("1h") as server:
            self.assertEqual(facts(server, send(server))["greylist"], "new")
            server.process.terminate()
            server.process.wait(timeout=rig.PATIENCE)
            server.start()
            self.assertEqual(facts(server, send(server))["greylist"], "waiting")

    def test_a_damaged_file_is_told_of_and_costs_only_what_was_in_it(self):
        with gateway("1h") as server:
            send(server)
            for damage in (lambda octets: octets[:-3], lambda octets: b"x" + octets[1:], lambda octets: b""):
                server.process.terminate()
                server.process.wait(timeout=rig.PATIENCE)
                file = server.folder / "state/shared.state"
                file.write_bytes(damage(file.read_bytes()))
                server.start()
                self.assertRegex(send(server), "^451 ")
            self.assertEqual(server.log.read_text().count("event=state_damaged"), 3)
            self.assertTrue((server.folder / "state/shared.state.damaged").exists())

    def test_recipients_named_in_vain_are_counted(self):
        with rig.Sink(unknown=b"nobody@") as sink:
            mailstore = f'protocol = "smtp"\nservers = ["127.0.0.1:{sink.port}"]\ntls = "off"'
            with rig.Postern(mailstore, zone=ZONE, policy="", more="[filter.rate]\n") as server:
                self.assertRegex(send(server, recipient="x@elsewhere.example"), "^550 ")
                self.assertRegex(send(server, recipient="nobody@example.com"), "^550 5.1.1 ")
                taken = send(server, "192.0.2.99")
                self.assertRegex(taken, "^250 ")
                self.assertEqual([facts(server, taken)[name] for name in ("client.refused_rate", "client.rate", "rcpt.rate")], [2, 3, 1])

    def test_explain_changes_nothing_and_takes_what_it_is_given(self):
        with gateway("1h") as server:
            asked = ("--ip", "192.0.2.1", "--helo", "out.pool.example", "--from", "x@pool.example", "--to", "erika@example.com")
            for _ in range(2):
                told = server.explain(*asked)
                self.assertEqual(told["facts"]["greylist"], "new")
                self.assertEqual(told["verdict"]["rule"], "greylist")
            told = server.explain(*asked, "--fact", "greylist=passed", "--fact", "sender.seen_days=40")
            self.assertEqual((told["facts"]["greylist"], told["facts"]["sender.seen_days"]), ("passed", 40))
            self.assertEqual(facts(server, send(server))["greylist"], "new")


if __name__ == "__main__":
    unittest.main()
