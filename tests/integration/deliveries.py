"""What the tests of real clients have in common: a hundred messages through Postern in one mode, compared octet for octet."""

import dataclasses
import re
import unittest

import rig
from mail_samples import samples
from tap import Tap

TAKE_ALL = "[[rule]]\nid = 'all'\nwhen = 'true'\nthen = 'accept'\n"
COUNT = 100
OURS = {"return-path", "received", "authentication-results"}  # the fields that Postern puts on top
KEY = re.compile(rb"(?m)^Message-ID: <([^@>]+)@")


@dataclasses.dataclass(frozen=True)
class Mode:
    """How the client is to speak; what it is not to use is hidden from it."""
    hide: tuple[str, ...]
    verb: str = "DATA"
    batched: bool | None = None  # None: cannot be seen, or does not matter
    tls: bool = False


MODES = {
    "plain": Mode(("PIPELINING", "CHUNKING", "STARTTLS"), batched=False),
    "starttls": Mode((), tls=True),
    "pipelining": Mode(("CHUNKING", "STARTTLS"), batched=True),
    "bdat": Mode(("STARTTLS",), verb="BDAT"),
}


def fields(header):
    return re.findall(rb"(?m)^([^\s:]+):", header)


class Deliveries(unittest.TestCase):
    """A subclass says how its client sends in `send(port, messages, tls)`."""

    OPEN_ENDS = False  # whether it can be given a message whose last line has no end
    ON_TOP = ()  # header fields the client puts above the message, by design
    maxDiff = None

    def send(self, port, messages, tls):
        raise NotImplementedError

    def expected(self, sample):
        """The octets that this client is to send for that message."""
        return sample.closed

    def hundred_messages(self, name):
        mode = MODES[name]
        messages = samples(COUNT, open_ends=self.OPEN_ENDS)
        self.assertEqual(len({one.key for one in messages}), COUNT)
        with (rig.Postern('protocol = "maildir"\npath = "Maildir"', policy=TAKE_ALL) as gateway,
              Tap(gateway.port, mode.hide, keep_first=bool(mode.batched)) as tap):
            self.addCleanup(lambda: self.assertEqual(tap.troubles, []))
            self.send(tap.port, messages, mode.tls)
            files = rig.wait_until(f"{COUNT} messages are there", lambda: self.delivered(gateway))
            arrived = {}
            for file in files:
                octets = file.read_bytes()
                arrived[KEY.search(octets)[1].decode()] = octets
            for sample in messages:
                with self.subTest(sample.key):
                    self.assert_same(arrived.get(sample.key), self.expected(sample), mode)
            self.assert_mode(tap, mode)

    def delivered(self, gateway):
        found = list(gateway.folder.glob("Maildir/new/*"))
        return found if len(found) == COUNT else None

    def assert_same(self, arrived, wanted, mode):
        self.assertIsNotNone(arrived, "it did not arrive")
        wanted = wanted.replace(b"\r\n", b"\n")  # as a Maildir keeps it
        top, same = arrived[:-len(wanted)], arrived[-len(wanted):]
        if same != wanted:
            at = next((n for n, (a, b) in enumerate(zip(reversed(arrived), reversed(wanted))) if a != b), len(wanted))
            self.fail(f"differs {at} octets before the end: {arrived[-at - 60:][:120]!r} is not {wanted[-at - 60:][:120]!r}")
        names = [name.decode().lower() for name in fields(top)]
        self.assertLessEqual(set(names), OURS | set(self.ON_TOP))
        received = " ".join(top.partition(b"\nReceived: ")[2].decode().split()).partition(";")[0]
        self.assertIn(" by mx1.example.com with ESMTPS id " if mode.tls else " by mx1.example.com with ESMTP id ", received)

    def assert_mode(self, tap, mode):
        if mode.tls:
            self.assertGreater(tap.said("STARTTLS"), 0)
            self.assertEqual(tap.said("MAIL"), 0)  # in clear
            return
        self.assertEqual(tap.said("MAIL"), COUNT)
        self.assertEqual(tap.said("DATA") > 0, mode.verb == "DATA")
        self.assertEqual(tap.said("BDAT") > 0, mode.verb == "BDAT")
        if mode.batched:
            self.assertGreaterEqual(tap.batched, COUNT)
        elif mode.batched is False:
            self.assertEqual(tap.batched, 0)


def tests(*able, unable=None):
    """A class decorator: a test for each mode the client is able to speak, a skipped one with the reason for each other."""
    def decorate(test_class):
        for name in MODES:
            if name in able:
                def test(self, name=name):
                    self.hundred_messages(name)
            else:
                def test(self, name=name):
                    self.skipTest(unable[name])
            setattr(test_class, f"test_{name}", test)
        return test_class
    return decorate
