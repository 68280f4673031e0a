#!/usr/bin/env python3
"""From as `explain` reads it beside Python's own reader (email.headerregistry): what is taken names the domain that it shows, too."""

import email.headerregistry
import email.policy
import random
import unittest

import rig

PIECES = ["Erika", "M.", '"Muster, Erika"', "=?utf-8?q?Erika?=", "=?utf-8?q?y=40b.example?=", "(note)", "(x@a.example)", "(y@b.example)",
          "<x@a.example>", "<X@A.example>", "<y@b.example>", "x@a.example", "y@b.example", '"x y"@a.example', "a..b@a.example",
          "<a.@a.example>", ",", ";", ":", "Group:", "@", "<", ">", "\r\n "]
KNOWN = {
    "x@a.example": "a.example", "Erika <x@a.example>": "a.example", '"y@b.example" <x@a.example>': "a.example",
    "x@a.example (Erika)": "a.example", "<x@a.example>, Y <y@A.EXAMPLE>": "a.example", "a..b@a.example": "a.example",
    "x@a.example (y@b.example)": "", "y@b.example <x@a.example>": "", "x@a.example, y@b.example": "", "G: x@a.example;": "",
    "<@b.example:x@a.example>": "", "x@a.example.": "",
}


def other_readers_domains(value):
    """Of every mailbox that Python finds; empty where it finds the field wrong and shows none."""
    addresses = email.policy.default.header_factory("From", value.replace("\r\n", "")).addresses
    return {address.domain.lower() for address in addresses if address.domain}


class FromReading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = rig.Postern('protocol = "discard"', start=False)
        cls.addClassCleanup(cls.gateway.stop)

    def read(self, value):
        message = self.gateway.write("message.eml", "")
        message.write_bytes(f"From: {value}\r\nSubject: x\r\n\r\nx\r\n".encode())
        return self.gateway.explain(str(message))["facts"]

    def test_known(self):
        for value, domain in KNOWN.items():
            with self.subTest(value):
                facts = self.read(value)
                self.assertEqual(facts["from.domain"], domain)
                self.assertEqual(facts["from.defect"] == "", domain != "")
                if domain:
                    self.assertEqual(other_readers_domains(value), {domain})

    def test_values_by_chance(self):
        chance = random.Random(18)
        taken = 0
        for _ in range(150):
            value = " ".join(chance.choices(PIECES, k=chance.randint(1, 4)))
            if not value.strip():
                continue
            facts = self.read(value)
            if facts["from.defect"]:
                self.assertEqual(facts["dmarc.result"], "permerror")
                continue
            taken += 1
            self.assertLessEqual(other_readers_domains(value), {facts["from.domain"]}, value)
        self.assertGreater(taken, 10)


if __name__ == "__main__":
    unittest.main()
