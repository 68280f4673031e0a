#!/usr/bin/env python3
"""Real look-ups through libunbound, at a name server that is slow, forgetful of datagrams, or in trouble."""

import json
import socket
import sys
import time
import unittest

import rig
from client import Client, id_in
from name_server import NameServer

LATE = 0.1  # seconds between a question and its answer
ZONE = json.loads((rig.SOURCE / "config/demo/zone.json").read_text())
# As much SPF as fits into three round trips: a record, its include, a host named there.
ZONE["partner.example"] = {"TXT": ["v=spf1 include:_spf.partner.example -all"]}
ZONE["_spf.partner.example"] = {"TXT": ["v=spf1 a:out.partner.example -all"]}
ZONE["out.partner.example"] = {"CNAME": "mx.partner.example"}
MESSAGE = (rig.SAMPLES / "good.eml").read_bytes()


def pipelined(client):
    """The reply to a message that is sent at once with all that belongs to it, and how long it took."""
    begun = time.monotonic()
    client.socket.sendall(b"MAIL FROM:<anna.weber@partner.example> BODY=8BITMIME\r\nRCPT TO:<erika@example.com>\r\n"
                          b"BDAT %d LAST\r\n" % len(MESSAGE) + MESSAGE)
    client.expect("250")
    client.expect("250")
    return client.reply(), time.monotonic() - begun


class Dns(unittest.TestCase):
    def outcomes(self, gateway, reply):
        record = gateway.record(id_in(reply))
        return record, [(one["method"], one["outcome"]) for one in record["evidence"] if one["method"] in ("spf", "dkim", "dmarc")]

    def test_slow_answers_are_waited_for_together(self):
        with NameServer(ZONE, late=LATE) as server, rig.Postern('protocol = "discard"', dns=server.address) as gateway:
            with Client(gateway.port) as client:
                reply, seconds = pipelined(client)
                self.assertRegex(reply, "^250 ")
                _, warm = pipelined(client)
            record, outcomes = self.outcomes(gateway, reply)
            self.assertEqual(outcomes, [("spf", "pass"), ("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass")])
            self.assertLessEqual({one["status"] for one in record["dns"]}, {"ok", "nodata", "nxdomain"})
            print(f"{len(server.asked)} questions, each answered {1000 * LATE:.0f} ms late: the reply came {1000 * seconds:.0f} ms behind "
                  f"the last octet, {1000 * warm:.0f} ms with the answers remembered", file=sys.stderr)

    def test_what_does_not_fit_into_a_datagram_comes_by_tcp(self):
        with NameServer(ZONE, most=200) as server, rig.Postern('protocol = "discard"', dns=server.address) as gateway:
            with Client(gateway.port) as client:
                reply, _ = pipelined(client)
            _, outcomes = self.outcomes(gateway, reply)
            self.assertIn(("dkim", "pass"), outcomes)
            self.assertIn(("tcp", "s2026._domainkey.partner.example"), {(transport, name) for _, transport, name, _ in server.asked})

    def test_a_server_that_is_not_there_defers(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % silent.getsockname()[1]
            with rig.Postern('protocol = "discard"', dns=address) as gateway, Client(gateway.port) as client:
                reply, _ = pipelined(client)
                self.assertRegex(reply, r"^451 4\.4\.3 ")
                record, outcomes = self.outcomes(gateway, reply)
        self.assertEqual({outcome for _, outcome in outcomes}, {"temperror"})
        self.assertEqual({one["status"] for one in record["dns"]}, {"timeout"})


if __name__ == "__main__":
    unittest.main()
