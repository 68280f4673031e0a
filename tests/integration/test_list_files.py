#!/usr/bin/env python3
"""Lists in files: changed by `postern list` or by others, while messages come in."""

import concurrent.futures
import json
import os
import stat
import subprocess
import threading
import time
import unittest

import rig
from client import Client, id_in, stuffed

MESSAGE = b"From: News <news@a.example>\r\nTo: erika@example.com\r\nSubject: News\r\n\r\nNews.\r\n"
POLICY = """
[lists]
emergency = { file = "emergency.txt", type = "network" }
partners  = { file = "partners.txt" }
inline    = ["203.0.113.1"]
[[rule]]
id = "emergency"
when = 'client.ip in lists.emergency'
then = "reject"
[[rule]]
id = "partners"
when = 'sender.domain under lists.partners'
then = "tag"
header = "X-Partner: yes"
[[rule]]
id = "inline"
when = 'client.ip in lists.inline'
then = "reject"
"""
CLIENT = "192.0.2.10"


class Gateway(rig.Postern):
    def __init__(self, emergency="# floods\n", start=True):
        super().__init__('protocol = "maildir"\npath = "Maildir"', zone={}, policy=POLICY, start=False)
        self.write("emergency.txt", emergency)
        self.write("partners.txt", "a.example\n")
        if start:
            self.start()

    def list(self, what, *words):
        return subprocess.run([rig.BINARY, "list", what, "-c", str(self.config), *words], capture_output=True, text=True, timeout=rig.PATIENCE)

    def json(self, what, *words):
        done = self.list(what, "--json", *words)
        return json.loads(done.stdout)

    def reply(self, address=CLIENT):
        """To one message: that of RCPT when it is refused there."""
        with Client(self.port, address=address) as client:
            client.say("MAIL FROM:<x@b.example>", "250")
            client.socket.sendall(b"RCPT TO:<erika@example.com>\r\n")
            reply = client.reply()
            if not reply.startswith("250"):
                return reply
            client.say("DATA", "354")
            client.socket.sendall(stuffed(MESSAGE))
            return client.reply()

    def refuses(self, address=CLIENT):
        return self.reply(address).startswith("550")

    def said(self, *words):
        """A line of the log with all these words."""
        return rig.wait_until(f"a log line with {words}", lambda: next(
            (line for line in self.log.read_text(errors="replace").splitlines() if all(word in line for word in words)), None))

    def file(self):
        return (self.folder / "emergency.txt").read_text()


class Commands(unittest.TestCase):
    def test_what_is_added_counts_for_the_next_message_and_what_is_removed_no_more(self):
        with Gateway() as gateway:
            self.assertFalse(gateway.refuses())
            done = gateway.list("add", "emergency", "192.0.2.0/24", "--note", "flood, since noon")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("the running gateway has taken it; policy version", done.stdout)
            reply = gateway.reply()
            self.assertRegex(reply, "^550 ")
            record = gateway.record(id_in(reply))
            self.assertIn(record["policy_version"], done.stdout)
            self.assertEqual(gateway.file(), "# floods\n192.0.2.0/24  # flood, since noon\n")
            gateway.said("event=list_reloaded", "list=emergency", "entries=1", "before=0", record["policy_version"])

            listed = gateway.list("show", "emergency", CLIENT)
            self.assertEqual(listed.returncode, 0)
            self.assertEqual(listed.stdout, f"{CLIENT} is in 'emergency' by 192.0.2.0/24 (emergency.txt:2): flood, since noon\n")
            refused = gateway.list("remove", "emergency", CLIENT)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("is also listed by 192.0.2.0/24", refused.stdout)
            self.assertTrue(gateway.refuses())

            done = gateway.list("remove", "emergency", "192.0.2.0/24")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(gateway.refuses())
            self.assertEqual(gateway.file(), "# floods\n")
            self.assertEqual(gateway.list("show", "emergency", CLIENT).returncode, 1)

    def test_an_entry_ends_by_itself(self):
        with Gateway() as gateway:
            done = gateway.json("add", "emergency", CLIENT, "--for", "4h")
            self.assertEqual(done["change"], "added")
            self.assertTrue(gateway.refuses())
            done = gateway.json("add", "emergency", CLIENT, "--for", "3s", "--note", "short")
            self.assertEqual(done["change"], "replaced")
            self.assertEqual(done["before"][0]["line"], 2)
            rig.wait_until("it is over", lambda: not gateway.refuses())
            gateway.said("event=list_reloaded", "entries=0", "before=0")
            shown = gateway.json("show", "emergency")
            self.assertEqual([(one["entry"], one["ended"], one["note"]) for one in shown["entries"]], [(CLIENT, True, "short")])
            check = subprocess.run(gateway.command("check"), capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertEqual((check.returncode, check.stderr), (0, ""))

    def test_mistakes_change_nothing_and_say_what_was_expected(self):
        with Gateway(start=False) as gateway:
            for words, status, said in [
                    (("add", "emergency", "a.example"), 2, "'a.example' is not an IP address or a network: the list is of type network"),
                    (("add", "partners", "192.0.2.0/24"), 2, "'192.0.2.0/24' is not a domain: the list is of type domain"),
                    (("add", "emrgency", CLIENT), 2, "there is no list 'emrgency' in the policy; did you mean emergency?"),
                    (("add", "inline", CLIENT), 2, "stand in the policy itself (policy.toml:5)"),
                    (("remove", "inline", CLIENT), 2, 'inline = { file = "inline.txt", type = "network" }'),
                    (("add", "emergency", CLIENT, "--for", "soon"), 2, "--for: "),
                    (("add", "emergency", CLIENT, "--for", "0s"), 2, "--for: expected a second or more"),
                    (("add", "emergency", CLIENT, "--note", "two\nlines"), 2, "--note: a note is one line"),
                    (("add", "emergency", CLIENT, "--note", "\x1b[2J"), 2, "--note: a note is one line"),
                    (("add", "emergency", "\x1b[2J"), 2, r"'\x1b[2J' has characters that cannot be seen"),
                    (("show", "\x1b[2J"), 2, r"there is no list '\x1b[2J'"),
                    (("show", "partners", "no domain"), 2, "'no domain' is not a domain"),
                    (("add", "emergency"), 2, "entry is required"),
                    (("remove", "emergency", CLIENT), 1, f"{CLIENT} is not in 'emergency'")]:
                done = gateway.list(*words)
                self.assertEqual(done.returncode, status, words)
                self.assertIn(said, done.stdout + done.stderr)
                self.assertNotIn("\x1b", done.stdout + done.stderr)
            self.assertEqual(gateway.file(), "# floods\n")

    def test_the_file_keeps_its_mode_and_is_made_where_there_is_none(self):
        with Gateway(start=False) as gateway:
            file = gateway.folder / "emergency.txt"
            file.chmod(0o640)
            done = gateway.list("add", "emergency", CLIENT)
            self.assertIn("no gateway is running here", done.stdout)
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o640)
            file.unlink()
            done = gateway.list("add", "emergency", CLIENT)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(gateway.file(), f"{CLIENT}\n")
            again = gateway.list("add", "emergency", CLIENT)
            self.assertEqual(again.returncode, 0)
            self.assertIn(f"{CLIENT} is in 'emergency' already, without an end (emergency.txt:1)", again.stdout)

    def test_many_at_once_lose_nothing(self):
        with Gateway() as gateway, concurrent.futures.ThreadPoolExecutor(8) as pool:
            addresses = [f"198.51.100.{i}" for i in range(24)]
            for done in pool.map(lambda address: gateway.list("add", "emergency", address), addresses):
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(gateway.file().split("\n")), sorted(["# floods", *addresses, ""]))
            self.assertTrue(gateway.refuses(addresses[-1]))

    def test_all_lists_are_shown(self):
        with Gateway(f"{CLIENT}\n192.0.2.1 # until 2026-01-01\n", start=False) as gateway:
            lines = gateway.list("show").stdout.splitlines()
            self.assertEqual([line.split()[:2] for line in lines], [["emergency", "network"], ["inline", "network"], ["partners", "domain"]])
            self.assertIn("1 entry (1 more has ended)", lines[0])
            self.assertEqual(gateway.list("show", "inline").stdout, "inline: 1 entry, type network, policy.toml:5\n203.0.113.1\n")

    def test_a_policy_with_mistakes_is_no_hindrance_in_an_emergency(self):
        with Gateway() as gateway:
            with open(gateway.folder / "policy.toml", "a") as policy:
                policy.write("[[rule]]\nid = \"broken\"\nwhen = 'no.such.fact'\nthen = \"tag\"\n")
            done = gateway.list("add", "emergency", CLIENT)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("no reload takes it: see postern check", done.stderr)
            self.assertTrue(gateway.refuses())


class Files(unittest.TestCase):
    """Changed by others, without a word to the gateway."""

    def test_a_change_is_taken_by_itself(self):
        with Gateway() as gateway:
            gateway.write("emergency.txt", f"{CLIENT}\n")
            rig.wait_until("it is refused", gateway.refuses)
            gateway.write("other.txt", "# nobody\n")
            os.rename(gateway.folder / "other.txt", gateway.folder / "emergency.txt")
            rig.wait_until("it is accepted", lambda: not gateway.refuses())
            version = gateway.record(id_in(gateway.reply()))["policy_version"]
            gateway.said("event=list_reloaded", "before=1", f"policy={version}")

    def test_a_broken_an_empty_and_a_missing_file_are_kept_out_until_they_are_mended(self):
        with Gateway(f"{CLIENT}\n") as gateway:
            gateway.write("emergency.txt", "198.51.100.1\n198.51.\n")
            gateway.said("event=list_kept", "list=emergency", "entries=1", "line 2: '198.51.' is not an IP address or a network")
            self.assertTrue(gateway.refuses())
            gateway.write("emergency.txt", "")
            gateway.said("event=list_kept", "it is empty")
            self.assertTrue(gateway.refuses())
            (gateway.folder / "emergency.txt").unlink()
            gateway.said("event=list_kept", "it cannot be read: No such file or directory")
            self.assertTrue(gateway.refuses())
            self.assertFalse(gateway.refuses("198.51.100.1"))
            gateway.write("emergency.txt", "198.51.100.1\n")
            rig.wait_until("it is taken", lambda: not gateway.refuses())
            self.assertTrue(gateway.refuses("198.51.100.1"))
            self.assertEqual(gateway.log.read_text().count("event=list_kept"), 3, "each is told once")

    def test_a_halved_file_is_kept_out_until_somebody_reloads(self):
        entries = [f"192.0.2.{i}" for i in range(100)]
        with Gateway("\n".join(entries) + "\n") as gateway:
            gateway.write("emergency.txt", "\n".join(entries[60:]) + "\n")
            gateway.said("event=list_kept", "entries=100", "found=40", "it has shrunk by half or more, from 100 to 40")
            self.assertTrue(gateway.refuses())
            done = subprocess.run(gateway.command("reload"), capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertIn("list 'emergency' has 40 entries, and had 100", done.stdout)
            gateway.said("event=list_shrunk", "list=emergency", "entries=40", "before=100")
            self.assertFalse(gateway.refuses())
            self.assertTrue(gateway.refuses("192.0.2.60"))

    def test_an_addition_does_not_carry_an_accident_in(self):
        entries = [f"192.0.2.{i}" for i in range(100)]
        with Gateway("\n".join(entries) + "\n") as gateway:
            gateway.write("emergency.txt", "")
            gateway.said("event=list_kept", "it is empty")
            done = gateway.list("add", "emergency", "198.51.100.1")
            self.assertEqual(done.returncode, 1)
            self.assertIn("keeps the entries it had: it has shrunk by half or more, from 100 to 1", done.stdout)
            self.assertTrue(gateway.refuses())
            gateway.write("emergency.txt", "\n".join(entries) + "\n")
            rig.wait_until("it is put right", lambda: gateway.list("add", "emergency", "198.51.100.1").returncode == 0 and
                           gateway.refuses("198.51.100.1"))
            self.assertTrue(gateway.refuses())

    def test_entries_may_be_taken_out_one_by_one_to_the_last(self):
        with Gateway("".join(f"192.0.2.{i}\n" for i in range(10, 14))) as gateway:
            for i in range(10, 14):
                self.assertEqual(gateway.list("remove", "emergency", f"192.0.2.{i}").returncode, 0)
                self.assertFalse(gateway.refuses(f"192.0.2.{i}"))
            self.assertRegex(gateway.file(), "^# the last entry was removed at ")

    def test_a_file_that_is_being_written_is_left_alone(self):
        entries = [f"198.51.100.{i}" for i in range(200)] + [CLIENT]
        with Gateway("\n".join(entries) + "\n") as gateway:
            with open(gateway.folder / "emergency.txt", "w") as file:
                for i, entry in enumerate(entries):  # for longer than it takes to notice a change
                    file.write(entry + "\n")
                    file.flush()
                    time.sleep(0.05)
                    if i % 10 == 0:
                        self.assertTrue(gateway.refuses(), "the last entry counts all the time")
                file.write("192.0.2.99\n")
            rig.wait_until("it is taken", lambda: gateway.refuses("192.0.2.99"))
            self.assertTrue(gateway.refuses())
            gateway.said("event=list_reloaded", "entries=202", "before=201")
            self.assertEqual(gateway.log.read_text().count("event=list_"), 1)

    def test_each_message_is_judged_by_one_version_meanwhile(self):
        with Gateway() as gateway:
            stop = threading.Event()
            replies = [[] for _ in range(3)]

            def send(mine):
                while not stop.is_set():
                    mine.append(gateway.reply("203.0.113.77"))

            threads = [threading.Thread(target=send, args=(mine,)) for mine in replies]
            for thread in threads:
                thread.start()
            versions = {gateway.record(id_in(gateway.reply("203.0.113.78")))["policy_version"]}
            listed = set()  # versions under which the sender is refused
            for i in range(12):
                done = gateway.list(*(("add", "emergency", "203.0.113.77") if i % 2 == 0 else ("remove", "emergency", "203.0.113.77")))
                self.assertEqual(done.returncode, 0, done.stderr)
                version = done.stdout.split()[-1]
                versions.add(version)
                if i % 2 == 0:
                    listed.add(version)
            stop.set()
            for thread in threads:
                thread.join()
            self.assertEqual(len(versions), 2, "the same entries are the same version")
            answered = [reply for mine in replies for reply in mine]
            self.assertGreater(len(answered), 20)
            wanted = {id_in(reply) for reply in answered}
            records = rig.wait_until("all records", lambda: (found := gateway.records(wanted)) and len(found) == len(wanted) and found)
            for reply in answered:
                record = records[id_in(reply)]
                self.assertIn(record["policy_version"], versions)
                self.assertEqual(reply[:3], "550" if record["policy_version"] in listed else "250", reply)


if __name__ == "__main__":
    unittest.main()
