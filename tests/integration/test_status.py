#!/usr/bin/env python3
"""postern status, and what becomes of the journal when its disk is full or the gateway is killed."""

import contextlib
import ctypes
import json
import os
import subprocess
import unittest

import rig
from client import Client
from test_held import HOLD_ALL, MESSAGE, TAKE_ALL, run, send, smtp

TRIAL = "[[rule]]\nid = 'watched'\nwhen = 'true'\nthen = 'reject'\ntrial = true\n" + TAKE_ALL


class Status(unittest.TestCase):
    def test_a_fine_gateway_says_so(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TRIAL) as gateway:
            send(gateway)
            status, out, error = run(gateway, "status")
            self.assertEqual((status, error), (0, ""))
            first = out.splitlines()[0]
            self.assertRegex(first, r"^POSTERN OK - .*\|connections=\d+;;;0;10000 waiting=0 quarantine=0 .*memory=\d+B$")
            self.assertRegex(out, rf"(?m)^mailstore main +smtp: 127.0.0.1:{store.port} \(answers, 0 min ago, 0 busy and 1 idle of 10 connections\)$")
            self.assertRegex(out, rf"(?m)^listener 127.0.0.1:{gateway.port} +0 sessions, \d+ since the start$")
            self.assertRegex(out, r"(?m)^certificate +\d+ days left: mx1.example.com")
            rig.wait_until("the trial is counted", lambda: "would have counted for 1 today" in run(gateway, "status")[1])
            told = json.loads(run(gateway, "status", "--json")[1])
            self.assertEqual((told["level"], told["findings"]), ("OK", []))
            self.assertEqual(told["policy"]["rules"], 2)
            self.assertGreater(told["memory"], 1_000_000)
            self.assertEqual(told["mailstores"][0]["servers"][0]["connections"], {"most": 10, "busy": 0, "idle": 1, "waiting": 0})

    def test_sessions_are_counted_by_listener(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TAKE_ALL) as gateway:
            name = f"127.0.0.1:{gateway.port}"

            def listener():
                return next(one for one in json.loads(run(gateway, "status", "--json")[1])["listeners"] if one["address"] == name)
            rig.wait_until("nobody is there", lambda: listener()["sessions"] == 0)
            before = listener()["sessions_since_start"]
            with Client(gateway.port):
                rig.wait_until("it is counted", lambda: listener()["sessions"] == 1)
            rig.wait_until("it is gone", lambda: listener()["sessions"] == 0)
            self.assertEqual(listener()["sessions_since_start"], before + 1)

    def test_a_list_file_that_is_not_taken_is_told(self):
        policy = "[lists]\nblocked = { file = 'blocked.txt', type = 'network' }\n" + TAKE_ALL
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=policy, start=False) as gateway:
            gateway.write("blocked.txt", "192.0.2.1\n192.0.2.2\n")
            gateway.start()
            taken = json.loads(run(gateway, "status", "--json")[1])["list_files"][0]
            self.assertEqual((taken["list"], taken["entries"], taken["alerted"]), ("blocked", 2, None))
            (gateway.folder / "blocked.txt").write_text("")
            rig.wait_until("it is seen", lambda: run(gateway, "status")[0] == 1)
            out = run(gateway, "status")[1]
            self.assertRegex(out, r"^POSTERN WARNING - the file of list blocked is not taken, what was read before stays: ")
            self.assertRegex(out, r"(?m)^list blocked +2 entries, taken 0 min ago, .*; NOW OUT OF DATE, not taken 0 min ago: ")
            (gateway.folder / "blocked.txt").write_text("192.0.2.1\n192.0.2.2\n192.0.2.3\n")
            rig.wait_until("all is well", lambda: run(gateway, "status")[0] == 0)
            self.assertRegex(run(gateway, "status")[1], r"(?m)^list blocked +3 entries, ")

    def test_the_record_tells_what_each_stage_took(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TAKE_ALL) as gateway:
            transaction = send(gateway)
            stages = gateway.record(transaction)["stages"]
            self.assertEqual(list(stages), ["greeting", "hello", "envelope", "data", "evidence", "rules", "mailstore", "dns"])
            self.assertTrue(all(isinstance(one, int) and 0 <= one < 60_000_000 for one in stages.values()), stages)
            spent = sum(stages[one] for one in ("envelope", "data", "evidence", "rules", "mailstore")) / 1e6
            self.assertLessEqual(spent, gateway.record(transaction)["duration"] + 0.001)
            self.assertRegex(run(gateway, "show", transaction)[1], r"(?m)^  took: greeting [0-9.]+ m?s, hello .*, mailstore [0-9.]+ m?s")
        with rig.Postern(smtp(rig.free_port()), policy=TAKE_ALL) as gateway:
            self.assertGreater(gateway.record(send(gateway))["stages"]["kept"], 0)
        with rig.Postern(smtp(rig.free_port()), policy=HOLD_ALL) as gateway:
            stages = gateway.record(send(gateway))["stages"]
            self.assertGreater(stages["kept"], 0)
            self.assertNotIn("mailstore", stages)

    def test_a_mailstore_that_does_not_answer_is_critical(self):
        with rig.Postern(smtp(rig.free_port()), policy=TAKE_ALL) as gateway:
            send(gateway)
            status, out, _ = run(gateway, "status")
            self.assertEqual(status, 2)
            self.assertRegex(out, r"^POSTERN CRITICAL - mailstore main does not answer\|.* waiting=1 ")
            told = json.loads(run(gateway, "status", "--json")[1])
            self.assertEqual(told["waiting"]["count"], 1)
            self.assertEqual(told["findings"][0]["level"], "CRITICAL")

    def test_without_a_gateway_it_is_unknown(self):
        with rig.Postern('protocol = "discard"', start=False) as gateway:
            status, out, error = run(gateway, "status")
            self.assertEqual((status, error), (3, ""))
            self.assertRegex(out, r"^POSTERN UNKNOWN - .*is it running\?")
            self.assertEqual(json.loads(run(gateway, "status", "--json")[1])["level"], "UNKNOWN")
            self.assertEqual(subprocess.run([rig.BINARY, "status", "-c", "/nowhere"], capture_output=True).returncode, 3)


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of that size there; what cannot be is a reason to skip."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder.mkdir()
    if libc.mount(b"none", str(folder).encode(), b"tmpfs", 0, f"size={size}".encode()) != 0:
        raise unittest.SkipTest(f"a small file system cannot be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        yield folder
    finally:
        libc.umount2(str(folder).encode(), 2)  # MNT_DETACH


def records(folder):
    """All lines of the journal but those of probes; each must be one whole record."""
    lines = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]
    return [one for one in lines if one["kind"] != "session"]


class Journal(unittest.TestCase):
    def test_mail_goes_on_when_its_disk_is_full_and_the_gap_is_told(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TAKE_ALL, start=False) as gateway:
            with small_disk(gateway.folder / "small", 256 * 1024) as disk:
                gateway.config.write_text(gateway.config.read_text() + f'[journal]\ndirectory = "{disk}"\nindex = false\n')
                gateway.start()
                ids = [send(gateway) for _ in range(5)]
                rig.wait_until("they are recorded", lambda: len(records(disk)) == 5)
                ballast = disk / "ballast"
                with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
                    while True:
                        file.write(b"x" * 512)
                lost = [send(gateway) for _ in range(60)]  # each is accepted
                rig.wait_until("the loss is told", lambda: b"event=journal_failed" in gateway.log.read_bytes())
                self.assertEqual(store.answered, 65)
                whole = records(disk)
                self.assertEqual([one["id"] for one in whole[:5]], ids)
                status, out, _ = run(gateway, "status")
                self.assertEqual(status, 2)
                self.assertIn("records are missing", out)

                self.assertNotIn(b"event=journal_back", gateway.log.read_bytes())
                ballast.unlink()
                rig.wait_until("the gap is told", lambda: b"event=journal_back" in gateway.log.read_bytes())
                ids.append(send(gateway))
                rig.wait_until("the last one is recorded", lambda: records(disk)[-1]["id"] == ids[-1])
                whole = records(disk)
                gaps = [one for one in whole if one["kind"] == "gap"]
                told = {one["id"] for one in whole if one["kind"] == "transaction"}
                self.assertEqual(sum(one["lost"] for one in gaps), len(set(lost) - told))
                self.assertLessEqual(set(ids), told)
                self.assertIn("No space left", gaps[0]["why"])
                missing = len(set(lost) - told)
                self.assertIn(f"{missing} records are missing", run(gateway, "log")[2])
                self.assertIn(f"the journal lost {missing} records", run(gateway, "stats")[1])
                self.assertEqual(json.loads(run(gateway, "stats", "--json")[1])["records_lost"], missing)
                self.assertRegex(run(gateway, "status")[1], rf"(?m)^gaps today +{missing} records are missing$")
                gateway.process.terminate()
                gateway.process.wait()

    def test_a_gap_is_told_by_the_next_gateway_when_this_one_is_killed(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TAKE_ALL, start=False) as gateway:
            with small_disk(gateway.folder / "small", 256 * 1024) as disk:
                gateway.config.write_text(gateway.config.read_text() + f'[journal]\ndirectory = "{disk}"\nindex = false\n')
                gateway.start()
                ids = [send(gateway)]
                rig.wait_until("it is recorded", lambda: len(records(disk)) == 1)
                with contextlib.suppress(OSError), open(disk / "ballast", "wb", buffering=0) as file:
                    while True:
                        file.write(b"x" * 512)
                ids += [send(gateway) for _ in range(60)]
                rig.wait_until("all are written or lost", lambda: self.lost(gateway) == len(ids) - len(records(disk)))
                missing = self.lost(gateway)
                self.assertGreater(missing, 0)
                gateway.kill()
                (disk / "ballast").unlink()
                gateway.start()
                rig.wait_until("the gap is told", lambda: [one["lost"] for one in records(disk) if one["kind"] == "gap"] == [missing])
                self.assertIn("No space left", records(disk)[-1]["why"])
                gateway.process.terminate()
                gateway.process.wait()
                gateway.start()
                ids.append(send(gateway))
                rig.wait_until("it goes on", lambda: records(disk)[-1]["id"] == ids[-1])
                self.assertEqual(len([one for one in records(disk) if one["kind"] == "gap"]), 1)
                gateway.process.terminate()
                gateway.process.wait()

    def lost(self, gateway):
        return json.loads(run(gateway, "status", "--json")[1])["journal"]["failed"]

    def test_a_killed_gateway_has_recorded_all_but_the_last_moment(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=TAKE_ALL) as gateway:
            ids = [send(gateway) for _ in range(50)]
            gateway.record(ids[-1])
            with Client(gateway.port) as client:
                client.say("MAIL FROM:<anna.weber@partner.example>", "250")
                gateway.kill()
            told = [one["id"] for one in records(gateway.folder / "state/journal")]
            self.assertEqual(told, ids)
            gateway.start()
            ids.append(send(gateway))
            rig.wait_until("it goes on", lambda: [one["id"] for one in records(gateway.folder / "state/journal")] == ids)
            rig.wait_until("all are found", lambda: run(gateway, "log", "--count")[1] == f"{len(ids)}\n")


if __name__ == "__main__":
    unittest.main()
