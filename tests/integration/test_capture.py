#!/usr/bin/env python3
"""[capture]: messages about which a rule decided are kept as they came, and erased with the person."""

import subprocess
import unittest

import rig
from client import Client
from test_held import MESSAGE, run, smtp

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


if __name__ == "__main__":
    unittest.main()
