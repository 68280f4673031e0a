#!/usr/bin/env python3
"""Mail servers as clients: each passes a hundred messages on to Postern in each mode it knows, and all of them arrive without a
difference in octets.  Each puts a Received field of its own on top."""

import re
import smtplib
import unittest

import private
import rig
from deliveries import COUNT, Deliveries, tests
from exim import Exim
from mail_samples import RECIPIENTS, SENDER
from opensmtpd import OpenSmtpd

NO_BDAT = "as a client it has no CHUNKING"


def hand_over(port, messages, recipients=RECIPIENTS):
    with smtplib.SMTP("127.0.0.1", port, local_hostname="user.example.net", timeout=rig.PATIENCE) as client:
        for sample in messages:
            client.sendmail(SENDER, recipients, sample.octets, ["BODY=8BITMIME"])


@rig.needs("postfix", root=True)
@tests("plain", "starttls", "pipelining", unable={"bdat": NO_BDAT})
class Postfix(Deliveries):
    ON_TOP = ("received",)

    def send(self, port, messages, tls):
        hand_over(self.enterContext(rig.Postfix(relay=port)).port, messages)


@private.needs_unpacked("exim4-daemon-light")
@tests("plain", "starttls", "pipelining", "bdat")
class EximClient(Deliveries):
    ON_TOP = ("received",)

    def send(self, port, messages, tls):
        batch = b"EHLO user.example.net\r\n"
        for sample in messages:
            batch += b"MAIL FROM:<%s>\r\n" % SENDER.encode() + b"".join(b"RCPT TO:<%s>\r\n" % one.encode() for one in RECIPIENTS)
            batch += b"DATA\r\n" + re.sub(rb"(?m)^\.", b"..", sample.octets) + b".\r\n"
        exim = self.enterContext(Exim(port, tls))
        exim.run("-bS", input=batch + b"QUIT\r\n")
        exim.run("-qf")
        log = exim.log()
        rest = "\n".join(line for line in log.splitlines() if not re.search(" (<=|=>|->) | Completed$", line))
        self.assertEqual(log.count("Completed"), COUNT, rest[-3000:])


@private.needs_unpacked("opensmtpd")
@tests("plain", "starttls", unable={"pipelining": "as a client it waits for each reply", "bdat": NO_BDAT})
class OpenSmtpdClient(Deliveries):
    ON_TOP = ("received",)

    def send(self, port, messages, tls):
        # To several recipients it may send a message several times.
        hand_over(self.enterContext(OpenSmtpd(port, tls)).port, messages, RECIPIENTS[:1])


if __name__ == "__main__":
    unittest.main()
