#!/usr/bin/env python3
"""The policy is read again and again while messages come in: each is judged by one version, the one its record names.

POSTERN_MESSAGES and POSTERN_RELOADS make it longer."""

import email
import os
import subprocess
import threading
import unittest

import rig
from client import Client, id_in

MESSAGES = int(os.environ.get("POSTERN_MESSAGES", "400"))
RELOADS = int(os.environ.get("POSTERN_RELOADS", "12"))
CLIENTS = 4
MESSAGE = b"From: News <news@a.example>\r\nTo: erika@example.com\r\nSubject: News\r\n\r\nNews.\r\n"
BROKEN = "[[rule]]\nid = \"tag\"\nwhen = 'no.such.fact'\nthen = \"tag\"\n"


def policy(number):
    """Two rules that must be of one version."""
    return "".join(f"[[rule]]\nid = \"{name}\"\nwhen = 'not client.trusted'\nthen = \"tag\"\nheader = \"X-{name}: {number}\"\n"
                   for name in ("First", "Last"))


class Reload(unittest.TestCase):
    def send(self, gateway, replies, stop):
        while len(replies) < MESSAGES // CLIENTS or not stop.is_set():
            with Client(gateway.port) as client:
                for _ in range(5):
                    replies.append(client.send(MESSAGE, "x@a.example", "erika@example.com"))

    def test_each_message_is_judged_by_the_version_its_record_names(self):
        with rig.Postern('protocol = "maildir"\npath = "Maildir"', zone={}, policy=policy(0)) as gateway:
            stop = threading.Event()
            replies = [[] for _ in range(CLIENTS)]
            threads = [threading.Thread(target=self.send, args=(gateway, mine, stop)) for mine in replies]
            for thread in threads:
                thread.start()
            refused = 0
            for number in range(1, RELOADS + 1):
                gateway.write("policy.toml", policy(number) if number % 3 else BROKEN)
                done = subprocess.run(gateway.command("reload"), capture_output=True, text=True, timeout=rig.PATIENCE)
                self.assertEqual(done.returncode, 0 if number % 3 else 1, done.stdout + done.stderr)
                refused += done.returncode
            stop.set()
            for thread in threads:
                thread.join()
            self.assertEqual(refused, RELOADS // 3)
            taken = [reply for mine in replies for reply in mine]
            for reply in taken:
                self.assertRegex(reply, "^250 ")
            ids = {id_in(reply) for reply in taken}
            self.assertEqual(len(ids), len(taken))
            gateway.record(id_in(taken[-1]))
            records = rig.wait_until("all records", lambda: (found := gateway.records(ids)) and len(found) == len(ids) and found)

            numbers = {}
            for record in records.values():
                added = [field.split(": ")[1] for field in record["headers"] if field.startswith(("X-First", "X-Last"))]
                self.assertEqual(len(added), 2)
                self.assertEqual(len(set(added)), 1, "the rules of one version")
                numbers.setdefault(record["policy_version"], set()).update(added)
            self.assertTrue(all(len(of_one) == 1 for of_one in numbers.values()), numbers)
            self.assertGreater(len(numbers), 1)

            arrived = [email.message_from_bytes(file.read_bytes()) for file in (gateway.folder / "Maildir/new").iterdir()]
            self.assertEqual(len(arrived), len(taken), "none is lost, none comes twice")
            for message in arrived:
                self.assertEqual(message["X-First"], message["X-Last"])
            print(f"{len(taken)} messages, {RELOADS} reloads of which {refused} were refused, judged by {len(numbers)} versions")


if __name__ == "__main__":
    unittest.main()
