#!/usr/bin/env python3
"""[capture]: messages about which a rule decided are kept as they came, and erased with the person."""

import subprocess
import unittest

import rig
from client import Client
from test_held import MESSAGE, run, send, smtp

POLICY = "[[rule]]\nid = 'spoof'\nwhen = 'sender.address == \"bad@partner.example\"'\nthen = 'reject'\n"


class Capture(unittest.TestCase):
    def test_what_a_rule_refused_is_kept_explained_and_erased(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=POLICY, more='[capture]\nrules = ["spoof"]\n') as gateway:
            kept = gateway.folder / "state/capture"
            with Client(gateway.port) as client:
                self.assertRegex(client.send(MESSAGE, "anna.weber@partner.example"), "^250")
            data = "[[rule]]\nid = 'spoof'\nwhen = 'sender.address == \"bad@partner.example\" and message.size > 0'\nthen = 'reject'\n"
            (gateway.folder / "policy.toml").write_text(data)
            self.assertEqual(run(gateway, "reload")[0], 0)
            with Client(gateway.port) as client:
                self.assertRegex(client.send(MESSAGE, "bad@partner.example"), "^550")
            file, = rig.wait_until("it is kept", lambda: list(kept.glob("*.eml")))
            self.assertEqual(file.read_bytes(), MESSAGE)
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            done = subprocess.run([rig.BINARY, "explain", "-c", gateway.config, "--from", "bad@partner.example", "--dns", gateway.zone, file],
                                  capture_output=True, text=True)
            self.assertIn("spoof", done.stdout)
            gateway.record(file.stem)
            status, out, _ = run(gateway, "journal", "erase", "--address", "bad@partner.example")
            self.assertEqual(status, 0)
            self.assertIn("1 captured messages were removed", out)
            self.assertEqual(list(kept.iterdir()), [])

    def test_a_reload_switches_it_on_and_off(self):
        everything = "[[rule]]\nid = 'all'\nwhen = 'message.size > 0'\nthen = 'accept'\n"
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=everything) as gateway:
            kept = gateway.folder / "state/capture"
            off = gateway.config.read_text()
            send(gateway)
            gateway.config.write_text(off + '[capture]\nrules = ["all"]\n')
            status, out, _ = run(gateway, "reload")
            self.assertEqual(status, 0)
            self.assertNotIn("restart", out)
            wanted = send(gateway)
            file, = rig.wait_until("it is kept", lambda: list(kept.glob("*.eml")))
            self.assertEqual(file.stem, wanted)
            gateway.config.write_text(off)
            self.assertEqual(run(gateway, "reload")[0], 0)
            send(gateway)
            gateway.config.write_text(off + '[capture]\nsample = "100%"\n')
            self.assertEqual(run(gateway, "reload")[0], 0)
            last = send(gateway)
            rig.wait_until("the last one is kept", lambda: {one.stem for one in kept.glob("*.eml")} == {wanted, last})

    def test_a_rule_that_is_not_there_is_an_error(self):
        with rig.Sink() as store, rig.Postern(smtp(store.port), policy=POLICY) as gateway:
            before = gateway.config.read_text()
            line = before.count("\n") + 2
            gateway.config.write_text(before + '[capture]\nrules = ["spoof", "spof", "@default", "@nothing"]\n')
            status, out, error = run(gateway, "check")
            self.assertEqual(status, 1)
            self.assertIn(f"postern.toml:{line}:19: [capture] rules: there is no rule 'spof'; did you mean spoof?", out + error)
            self.assertIn(f"postern.toml:{line}:39: [capture] rules: there is no rule '@nothing'", out + error)
            status, out, error = run(gateway, "reload")
            self.assertEqual(status, 1)
            self.assertIn("there is no rule 'spof'", out + error)
            self.assertRegex(subprocess.run(gateway.command(), capture_output=True, text=True).stderr, "there is no rule 'spof'")


if __name__ == "__main__":
    unittest.main()
