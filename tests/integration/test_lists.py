#!/usr/bin/env python3
"""Lists in the DNS that are well, dead, wildcarded, or want no more of us: no good message pays for a bad list."""

import json
import struct
import unittest

import rig
from client import Client, id_in
from name_server import NameServer, TYPES, wire_data

KEY = "s3cretkey"
CLIENT = "192.0.2.10"
LISTED = "198.51.100.66"
MESSAGE = (rig.SAMPLES / "good.eml").read_bytes()
POLICY = """
[[rule]]
id = "listed"
when = 'dnsbl.score >= 1'
then = "reject"
reply = '550 5.7.1 listed by {dnsbl.listed}'
"""
LISTS = """
[filter.dnsbl]
lists = [
  { id = "good", zone = "{key}.good.example", key_file = "key", codes = { "127.0.0.2-11" = 3.0 } },
  { id = "dead", zone = "dead.example", weight = 3 },
  { id = "wild", zone = "wild.example", weight = 3 },
  { id = "open", zone = "open.example", weight = 3 },
]
"""


class Lists(NameServer):
    """`good` lists one address and its test point; `dead` says nothing; `wild` lists whatever is asked for; `open` refuses us by a code."""

    def __init__(self):
        zone = json.loads((rig.SOURCE / "config/demo/zone.json").read_text())
        zone["2.0.0.127.%s.good.example" % KEY] = {"A": ["127.0.0.2"]}
        zone["66.100.51.198.%s.good.example" % KEY] = {"A": ["127.0.0.4"]}
        self.dead, self.wild = {"dead.example"}, {"wild.example"}
        super().__init__(zone)

    def reply(self, query, transport):
        reply = super().reply(query, transport)
        name, kind = self.asked[-1][2:]
        below = lambda zones: any(name.endswith("." + zone) for zone in zones)
        if below(self.dead):
            return b""
        code = "127.0.0.2" if below(self.wild) else "127.255.255.254" if below({"open.example"}) else None
        if code is None or kind != "A":
            return reply
        data = wire_data("A", code)
        question = query[12:self.question_end(query)]
        return (query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question
                + b"\xc0\x0c" + struct.pack(">HHIH", TYPES["A"], 1, 1, len(data)) + data)

    def send_datagram(self, reply, client):
        if reply:
            super().send_datagram(reply, client)

    def names(self):
        return [name for _, _, name, _ in self.asked]


class Gateway(rig.Postern):
    def __init__(self, server):
        super().__init__('protocol = "discard"', dns=server.address, policy=POLICY, more=LISTS, start=False)
        self.write("key", KEY + "\n")
        self.start()

    def said(self):
        return self.log.read_text(errors="replace")


class DnsLists(unittest.TestCase):
    def test_bad_lists_cost_no_good_message(self):
        with Lists() as server, Gateway(server) as gateway:
            with Client(gateway.port, CLIENT) as client:
                replies = [client.send(MESSAGE, "anna.weber@partner.example", "erika@example.com") for _ in range(3)]
            for reply in replies:
                self.assertRegex(reply, "^250 ")
            record = gateway.record(id_in(replies[0]))
            aside = dict(text.split(": ", 1) for text in record["facts"]["dns_lists.set_aside"])
            self.assertEqual(record["facts"]["dnsbl.score"], 0)
            self.assertEqual(set(aside), {"dead", "wild", "open"})
            self.assertRegex(aside["wild"], "which no list may")
            self.assertRegex(aside["open"], r"127\.255\.255\.254 \(asked through an open resolver\)")
            evidence = {one["list"]: one for one in record["evidence"] if one["method"] == "dnsbl"}
            self.assertEqual(evidence["good"]["outcome"], "none")
            self.assertIn("is set aside", evidence["wild"]["reason"])
            # Nobody waits for a list that is set aside, for it is not asked.
            self.assertFalse([name for name in server.names() if name.startswith("10.2.0.192.") and name.endswith((".dead.example", ".wild.example"))])

            with Client(gateway.port, LISTED) as client:
                client.say("MAIL FROM:<anna.weber@partner.example>", "250")
                reply = client.say("RCPT TO:<erika@example.com>")
            self.assertRegex(reply, "^550 5.7.1 listed by good")
            for name, why in (("wild", "which no list may"), ("open", "127.255.255.254")):
                self.assertRegex(gateway.said(), f"event=list_set_aside list={name} reason=\".*{why}")
            rig.wait_until("the dead list in the log", lambda: "event=list_set_aside list=dead reason=\"it does not answer" in gateway.said())

            records = "".join(file.read_text() for file in (gateway.folder / "state/journal").glob("*.jsonl"))
            self.assertIn("{key}.good.example", records)
            self.assertNotIn(KEY, records)
            self.assertNotIn(KEY, gateway.said())

    def test_a_list_that_turns_bad_is_found_out(self):
        with Lists() as server, Gateway(server) as gateway:
            server.wild.add(KEY + ".good.example")
            for last in range(20, 60):
                with Client(gateway.port, f"203.0.113.{last}") as client:
                    client.say("MAIL FROM:<anna.weber@partner.example>", "250")
                    reply = client.say("RCPT TO:<erika@example.com>")
                if reply.startswith("250"):
                    break
            self.assertRegex(reply, "^250 ")
            self.assertLess(last, 30)
            rig.wait_until("the alert", lambda: "event=list_set_aside list=good reason=" in gateway.said())


if __name__ == "__main__":
    unittest.main()
