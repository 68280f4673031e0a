#!/usr/bin/env python3
"""What the commands say and how they end when something is wrong: a sentence, the right status, nothing left running."""

import json
import signal
import socket
import subprocess
import unittest

import rig
from client import Client

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
GOOD = rig.SAMPLES / "good.eml"
SENDER = "anna.weber@partner.example"


def run(*arguments, stdin=None):
    done = subprocess.run([rig.BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=rig.PATIENCE, input=stdin)
    return done.returncode, done.stdout, done.stderr


class Usage(unittest.TestCase):
    def test_help_and_version(self):
        for arguments in (["--help"], ["serve", "--help"], ["explain", "--help"], ["version"], ["--version"]):
            status, out, _ = run(*arguments)
            self.assertEqual(status, 0, arguments)
            self.assertTrue(out.strip())

    def test_bad_usage(self):
        for arguments in ([], ["serv"], ["serve", "--moode", "observe"], ["serve", "--mode", "obsreve"], ["explain", "--fact"]):
            status, _, error = run(*arguments)
            self.assertEqual(status, 2, arguments)
            self.assertIn("--help", error)

    def test_an_answer_that_cannot_be_written_is_a_failure(self):
        with rig.Postern(MAILDIR, start=False) as gateway, open("/dev/full", "w") as full:
            for command in (["facts"], ["facts", "--json"], ["version"], ["check", "-c", gateway.config], ["test", "-c", gateway.config],
                            ["--help"]):
                done = subprocess.run([rig.BINARY, *command], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 1, command)
                self.assertIn("No space left on device", done.stderr, command)

    def test_facts(self):
        status, out, _ = run("facts", "--json")
        self.assertEqual(status, 0)
        self.assertIn("dmarc.result", [fact["name"] for fact in json.loads(out)])


class Configuration(unittest.TestCase):
    def test_a_file_that_is_not_there(self):
        for command, status in (("check", 1), ("serve", 78), ("explain", 1), ("reload", 1)):
            found, _, error = run(command, "-c", "/nonexistent/postern.toml")
            self.assertEqual(found, status, command)
            self.assertIn("/nonexistent/postern.toml: cannot be read: No such file", error)

    def test_mistakes_in_both_files_are_told_together(self):
        with rig.Postern(MAILDIR, policy="[[rule]]\nid = 'a'\nwhen = 'spf.result == fail'\nthen = 'rejct'\n", more='[dnss]\nx = 1', start=False) as gateway:
            for command, status in (("check", 1), ("serve", 78)):
                found, _, error = run(command, "-c", gateway.config)
                self.assertEqual(found, status)
                self.assertIn("unknown", error)
            gateway.config.write_text(gateway.config.read_text().replace("[dnss]\nx = 1", ""))
            found, out, error = run("check", "-c", gateway.config)
            self.assertEqual(found, 1)
            self.assertIn("policy.toml:3:9: unknown fact 'spf.result'; did you mean spf.mailfrom or spf.helo?", error)
            self.assertIn("policy.toml:4:8: unknown action 'rejct'; did you mean reject?", error)
            found, out, _ = run("check", "--json", "-c", gateway.config)
            self.assertEqual(found, 1)
            self.assertEqual([one["line"] for one in json.loads(out)["diagnostics"]], [3, 4])

    def test_an_unreadable_certificate(self):
        with rig.Postern(MAILDIR, more='[tls]\ncertificate = "none.pem"\nkey = "none.key"', start=False) as gateway:
            for command, status in (("check", 1), ("serve", 78)):
                found, _, error = run(command, "-c", gateway.config)
                self.assertEqual(found, status)
                self.assertIn("none.pem", error)

    def test_a_port_in_use(self):
        with rig.Postern(MAILDIR, start=False) as gateway, socket.socket() as other:
            other.bind(("127.0.0.1", gateway.port))
            other.listen()
            status, _, error = run("serve", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn(f"127.0.0.1:{gateway.port}", error)
            self.assertIn("in use", error)

    def test_a_second_gateway_on_the_same_state(self):
        with rig.Postern(MAILDIR) as gateway:
            second = gateway.write("second.toml", gateway.config.read_text().replace(f":{gateway.port}", f":{rig.free_port()}"))
            status, _, error = run("serve", "-c", second)
            self.assertEqual(status, 1)
            self.assertIn("in use by another gateway", error)

    def test_a_state_directory_that_cannot_be_made(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            gateway.write("state", "a file")
            status, _, error = run("serve", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn("state", error)

    def test_a_journal_that_cannot_be_written(self):
        with rig.Postern(MAILDIR, more='[journal]\ndirectory = "/proc/sys"', start=False) as gateway:
            status, _, error = run("serve", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn("journal: /proc/sys/", error)

    def test_a_control_socket_that_cannot_be_made(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            gateway.config.write_text(gateway.config.read_text().replace('"control.sock"', '"/proc/sys/control.sock"'))
            status, _, error = run("serve", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn("control socket /proc/sys/control.sock", error)

    def test_a_review_port_in_use(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            port = rig.free_port()
            gateway.config.write_text(gateway.config.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"'))
            gateway.start()
            rig.wait_until("the review pages", lambda: rig.listens(port))  # their thread may be behind the SMTP port
            second = gateway.write("second.toml", gateway.config.read_text().replace(f":{gateway.port}", f":{rig.free_port()}").replace('"state"', '"other"').replace('"control', '"other'))
            status, _, error = run("serve", "-c", second)
            self.assertEqual(status, 1)
            self.assertIn(f"review pages cannot listen on 127.0.0.1:{port}", error)


class ShippedPolicy(unittest.TestCase):
    def test_rules_that_wait_for_a_filter_are_told_and_not_warned_of(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            status, out, error = run("check", "-c", gateway.config)
            self.assertEqual((status, error), (0, ""))
            self.assertIn("off until there is a [filter.dnsbl]: listed, listed-twice\n", out)
            _, out, _ = run("check", "--json", "-c", gateway.config)
            self.assertEqual(json.loads(out)["waiting"]["filter.attachments"], ["not-looked-through", "programs"])


class Explain(unittest.TestCase):
    def setUp(self):
        self.gateway = rig.Postern(MAILDIR, start=False)
        self.addCleanup(self.gateway.stop)
        self.common = ["explain", "-c", self.gateway.config, "--ip", "192.0.2.10", "--helo", "mx.partner.example", "--from", SENDER]

    def test_expectations(self):
        for expected, status in (("accept", 0), ("accept:@default", 0), ("reject", 1), ("accept:other", 1)):
            found, _, error = run(*self.common, "--expect", expected, GOOD)
            self.assertEqual(found, status, expected)
            self.assertEqual("expected" in error, status == 1)

    def test_from_standard_input(self):
        found, out, _ = run(*self.common, "--json", "-", stdin=GOOD.read_text())
        self.assertEqual(found, 0)
        self.assertEqual(json.loads(out)["verdict"]["action"], "accept")

    def test_mistakes(self):
        for arguments, status, sentence in (
                (["--ip", "300.1.1.1"], 2, "not an IP address"), (["--at", "soon"], 2, "is not a time"),
                (["--fact", "spf.mailfrom=x"], 2, "'x' is no outcome"), (["/nonexistent.eml"], 1, "cannot be read"),
                (["--dns", "/nonexistent.json"], 1, "/nonexistent.json"), (["."], 1, "cannot be read")):
            found, _, error = run("explain", "-c", self.gateway.config, *arguments)
            self.assertEqual(found, status, arguments)
            self.assertIn(sentence, error)

    def test_given_facts_stand_whatever_is_found(self):
        found, out, _ = run(*self.common, "--json", "--fact", "dmarc.result=fail", "--fact", "dmarc.policy=reject", GOOD)
        self.assertEqual(found, 0)
        self.assertEqual(json.loads(out)["verdict"]["rule"], "dmarc-reject")

    def test_nothing_is_written(self):
        run(*self.common, GOOD)
        self.assertFalse((self.gateway.folder / "state").exists())


TESTED = """[[rule]]
id = "blocked"
when = 'client.ip in 192.0.2.66'
then = "reject"

[[test]]
name = "a blocked client is refused"
client = "192.0.2.66"
expect = { verdict = "reject", rule = "blocked", code = "550 5.7.1" }

[[test]]
name = "others are not"
client = "192.0.2.67"
from = "x@a.example"
headers = ["From: x@a.example", "Subject: hello"]
dns = { "a.example" = { TXT = ["v=spf1 ip4:192.0.2.67 -all"] } }
expect = { verdict = "accept", spf = "pass", "from.domain" = "a.example" }
"""


class PolicyTests(unittest.TestCase):
    def setUp(self):
        self.gateway = rig.Postern(MAILDIR, policy=TESTED, start=False)
        self.addCleanup(self.gateway.stop)

    def test_they_pass(self):
        status, out, error = run("test", "-c", self.gateway.config)
        self.assertEqual((status, out, error), (0, "2 tests, 0 failed\n", ""))
        status, out, _ = run("check", "-c", self.gateway.config)
        self.assertEqual(status, 0)
        self.assertIn("1 rules, 2 tests", out)

    def test_a_failure_is_shown_where_it_is_expected_and_check_refuses_the_policy(self):
        self.gateway.write("policy.toml", TESTED.replace("192.0.2.67", "192.0.2.66"))
        status, out, _ = run("test", "-c", self.gateway.config)
        self.assertEqual(status, 1)
        self.assertIn("policy.toml:17:22: test 'others are not': expected verdict accept, came reject by blocked", out)
        self.assertIn("rule 'blocked' (policy.toml:1) held: client.ip = 192.0.2.66", out)
        self.assertTrue(out.endswith("2 tests, 1 failed\n"))
        for command, wanted in (("check", 1), ("serve", 78)):
            status, _, error = run(command, "-c", self.gateway.config)
            self.assertEqual(status, wanted)
            self.assertIn("policy.toml:17:22: test 'others are not': expected verdict accept", error)

    def test_for_programs(self):
        self.gateway.write("policy.toml", TESTED.replace("192.0.2.67", "192.0.2.66"))
        status, out, _ = run("test", "--json", "-c", self.gateway.config)
        self.assertEqual(status, 1)
        told = json.loads(out)
        self.assertEqual((told["ok"], told["total"], told["failed"]), (False, 2, 1))
        self.assertEqual([one["ok"] for one in told["tests"]], [True, False])
        self.assertEqual(told["tests"][1]["verdict"]["rule"], "blocked")
        self.assertEqual(told["tests"][1]["differences"][0], {"what": "verdict", "expected": "accept", "found": "reject by blocked"})

    def test_files_of_their_own_are_judged_by_the_configured_policy(self):
        rules, test = TESTED.split("[[test]]", 1)
        apart = self.gateway.write("apart.toml", "[[test]]" + test)
        self.gateway.write("policy.toml", rules)
        status, out, error = run("test", "-c", self.gateway.config, apart)
        self.assertEqual((status, out, error), (0, "2 tests, 0 failed\n", ""))
        self.gateway.write("apart.toml", TESTED)
        status, out, error = run("test", "-c", self.gateway.config, apart)
        self.assertEqual(status, 0)
        self.assertIn("apart.toml:1:1: warning: 'rule' has no effect here: tests are judged by the configured policy", error)

    def test_mistakes(self):
        self.gateway.write("policy.toml", TESTED.replace("verdict =", "verdct =").replace("client =", "clent ="))
        status, out, error = run("test", "-c", self.gateway.config)
        self.assertEqual(status, 1)
        self.assertIn("unknown 'verdct' in expect; did you mean verdict?", error)
        self.assertIn("unknown key 'clent' in [[test]]; did you mean client?", error)
        status, _, error = run("test", "-c", self.gateway.config, "/nonexistent.toml")
        self.assertEqual(status, 1)
        self.assertIn("/nonexistent.toml: cannot be read", error)

    def test_a_reload_refuses_a_policy_whose_tests_fail(self):
        with rig.Postern(MAILDIR, policy=TESTED) as gateway:
            gateway.write("policy.toml", TESTED.replace('then = "reject"', 'then = "quarantine"'))
            status, _, error = run("reload", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn("test 'a blocked client is refused': expected verdict reject, came quarantine by blocked", error)
            self.assertIn("the running configuration stays", error)
            gateway.write("policy.toml", TESTED + "\n# changed\n")
            status, out, _ = run("reload", "-c", gateway.config)
            self.assertEqual(status, 0)
            self.assertIn("reloaded; policy version", out)

    def test_five_hundred(self):
        many = "\n".join(TESTED.split("[[test]]")[2].join(["[[test]]", ""]).replace("others are not", f"number {i}") for i in range(500))
        self.gateway.write("policy.toml", TESTED + many)
        status, out, _ = run("test", "-c", self.gateway.config)
        self.assertEqual((status, out), (0, "502 tests, 0 failed\n"))


class Running(unittest.TestCase):
    def test_reload_without_a_server(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            status, _, error = run("reload", "-c", gateway.config)
            self.assertEqual(status, 1)
            self.assertIn("is it running?", error)

    def test_sighup_with_a_broken_policy_keeps_the_running_one(self):
        with rig.Postern(MAILDIR) as gateway:
            gateway.write("policy.toml", "[[rule]]\n")
            gateway.process.send_signal(signal.SIGHUP)
            rig.wait_until("the log says so", lambda: "policy.toml:1:1: a rule needs an id" in gateway.log.read_text())
            self.assertIn("event=reload_refused", gateway.log.read_text())
            with Client(gateway.port) as client:
                self.assertRegex(client.send(GOOD.read_bytes(), SENDER), "^250 ")

    def test_sighup_during_the_start_waits(self):
        for _ in range(10):  # its state is locked, but nothing is ready
            with rig.Postern(MAILDIR, start=False) as gateway:
                gateway.start_process(*gateway.command(), wait_for_port=False)
                lock = gateway.folder / "state" / "lock"
                while not lock.exists():
                    gateway.must_live()
                gateway.process.send_signal(signal.SIGHUP)
                rig.wait_until("it was heard", lambda: gateway.must_live() and "event=reloaded" in gateway.log.read_text())

    def test_review_pages(self):
        with rig.Postern(MAILDIR, start=False) as gateway:
            port = rig.free_port()
            gateway.config.write_text(gateway.config.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"'))
            gateway.start()
            with Client(gateway.port) as client:
                reply = client.send(GOOD.read_bytes(), SENDER)
            transaction = reply.rsplit(None, 1)[-1].strip(")")
            gateway.record(transaction)

            def get(path):
                with socket.create_connection(("127.0.0.1", port), timeout=rig.PATIENCE) as connection:
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

            self.assertIn("200 OK", get("/healthz"))
            self.assertIn("200 OK", get("/readyz"))
            rig.wait_until("the page shows it", lambda: transaction in get("/log"))
            self.assertIn("dmarc", get(f"/message/{transaction}"))
            self.assertIn("404", get("/message/000000000000"))
            figures = get("/metrics")
            self.assertIn("application/openmetrics-text", figures)
            self.assertRegex(figures, r'postern_transactions_total\{verdict="accept",rule="[^"]+"\} 1\n')
            self.assertIn('postern_evidence_total{method="dmarc",outcome="pass"} 1\n', figures)
            self.assertIn('postern_filter_seconds_count{filter="spf"} 1\n', figures)
            self.assertRegex(figures, r'postern_journal_records_total\{fate="written"\} [1-9]')
            self.assertTrue(figures.endswith("# EOF\n"))


if __name__ == "__main__":
    unittest.main()
