"""The page Policy of the review pages: rules with their hits, lists, the source with its warnings; a draft tried on recorded mail."""

import contextlib
import unittest

import browser
import rig
from client import Client, id_in
from test_web_access import ask, form_token, gateway

REVIEW = 'listen = "127.0.0.1:PORT"'
POLICY = """# <script>alert(1)</script>
[lists]
blocked = { file = "blocked.txt", type = "network" }
few = ["a.example"]

[[rule]]
id = "blocked"
when = 'client.ip in lists.blocked or from.domain in lists.few'
then = "reject"
note = "agreed <b>with</b> nobody"

[[rule]]
id = "fails"
when = 'dmarc.result == fail'
then = "reject"

[[rule]]
id = "never"
when = 'dmarc.result == fail and from.domain == "x.example"'
then = "quarantine"

[[rule]]
id = "small"
when = 'message.size < 100 MB'
then = "quarantine"
trial = true
""".replace("100 MB", "100000000")


def sample(name):
    return (rig.SAMPLES / f"{name}.eml").read_bytes()


class PolicyPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = gateway(REVIEW)
        cls.addClassCleanup(cls.made.stop)
        cls.made.write("policy.toml", POLICY)
        cls.made.write("blocked.txt", "10.9.0.0/16\n10.8.0.1\n")
        cls.made.start()
        with Client(cls.made.port, "203.0.113.66", "mail.attacker.example") as client:
            cls.forged = id_in(client.send(sample("forged-reject"), "service@bank.example"))
        with Client(cls.made.port) as client:
            cls.good = id_in(client.send(sample("good"), "anna.weber@partner.example", "erika@example.com"))
        for one in (cls.forged, cls.good):
            cls.made.record(one)

    def page(self):
        return ask(self.made, "/policy")[2]

    def try_draft(self, draft, days="7"):
        """The page of what came of it."""
        token = form_token(self.page())
        status, headers, page = ask(self.made, "/policy/trial", "POST", {"draft": draft, "days": days, "file": "0", "form_token": token})
        self.assertEqual((status, headers["Location"]), (303, "/policy/trial"), page)
        return rig.wait_until("it was tried", lambda: self.done())

    def done(self):
        page = ask(self.made, "/policy/trial")[2]
        return page if "http-equiv='refresh'" not in page else None

    def test_rules_lists_and_source(self):
        rig.wait_until("the index counts the hits", lambda: "today last: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1" in self.page())
        page = self.page()
        for text in ("<strong>blocked</strong>", "agreed &lt;b&gt;with&lt;/b&gt; nobody", "on trial", "dmarc.result == fail",
                     "&lt;script&gt;alert(1)&lt;/script&gt;", "/policy.toml", "/blocked.txt"):
            self.assertIn(text, page)
        self.assertEqual([page.index(f"<strong>{rule}</strong>") for rule in ("blocked", "fails", "never", "small")],
                         sorted(page.index(f"<strong>{rule}</strong>") for rule in ("blocked", "fails", "never", "small")))
        self.assertRegex(page, r"<strong>blocked</strong></td><td class='number' data-name='entries'>2</td>")
        self.assertRegex(page, r"<strong>few</strong></td><td class='number' data-name='entries'>1</td>")
        # The warning of check stands at its line.
        line = POLICY[:POLICY.index("when = 'dmarc.result == fail and")].count("\n") + 1
        self.assertRegex(page, rf"<li id='f0-{line}'>(?:(?!</li>).)*<div class='remark doubtful'>")

    def test_files_that_have_changed_since(self):
        with gateway(REVIEW) as made:
            made.write("policy.toml", POLICY.replace("blocked = { file = \"blocked.txt\", type = \"network\" }", "blocked = [\"192.0.2.0/24\"]"))
            made.start()
            self.assertNotIn("The files have changed", ask(made, "/policy")[2])
            made.write("policy.toml", POLICY.replace("fail'", "pass'").replace("blocked = { file = \"blocked.txt\", type = \"network\" }", "blocked = [\"192.0.2.0/24\"]"))
            self.assertIn("The files have changed since they were read", ask(made, "/policy")[2])
            made.write("policy.toml", "[[rule]]\nid = 'x'\nwhen = 'nonsense'\nthen = 'reject'\n")
            page = ask(made, "/policy")[2]
            self.assertIn("a reload would be refused", page)
            self.assertIn("<div class='remark bad'>unknown fact", page)

    def test_the_same_policy_changes_nothing(self):
        page = self.try_draft(POLICY)
        self.assertIn("No verdict would change.", page)
        self.assertRegex(page, r"<strong>2</strong><span class='of'>verdicts judged")
        self.assertRegex(page, r"(?s)Rules on trial.*<strong>small</strong>.*badge quarantine")

    def test_a_draft_is_compared_with_what_was(self):
        page = self.try_draft(POLICY.replace('when = \'dmarc.result == fail\'\nthen = "reject"', 'when = \'dmarc.result == pass\'\nthen = "reject"'))
        changed = page[page.index("id='changed'"):]
        self.assertIn(f"href='/message/{self.forged}'", changed)
        self.assertIn(f"href='/message/{self.good}'", changed)
        self.assertNotIn("No verdict would change.", page)
        self.assertNotIn("dmarc.result == pass", (self.made.folder / "policy.toml").read_text(), "nothing is written")

    def test_what_no_record_has_is_told_apart(self):
        page = self.try_draft(POLICY + "\n[[rule]]\nid = 'list'\nwhen = 'header(\"X-Never\") == \"a\"'\nthen = 'reject'\n")
        self.assertRegex(page, r"(?s)id='cannot-tell'.*<code>header\(&quot;X-Never&quot;\)</code>")

    def test_mistakes_stand_with_their_line(self):
        page = self.try_draft("[[rule]]\nid = 'x'\nwhen = 'spf.result == fail'\nthen = 'reject'\n")
        self.assertIn("The draft has mistakes", page)
        self.assertIn("policy.toml:3:9: unknown fact &#39;spf.result&#39;; did you mean", page)
        self.assertRegex(page, r"\n\s+\|\s+\^~")

    def test_a_draft_reads_no_file_of_the_machine(self):
        self.made.write("secret.txt", "topsecret.example\n")
        for file in ("secret.txt", "/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "./policy.toml"):
            page = self.try_draft(f'[lists]\nx = {{ file = "{file}", type = "domain" }}\n[[rule]]\nid = "a"\nwhen = \'from.domain in lists.x\'\nthen = "reject"\n')
            self.assertIn("a draft can name the list files of the policy in force (blocked.txt)", page, file)
            self.assertNotIn("topsecret", page)
            self.assertNotIn("root:", page)
        twice = self.try_draft('[lists]\nx = { file = "blocked.txt", type = "network" }\ny = { file = "blocked.txt", type = "network" }\n')
        self.assertIn("as often as the policy in force does", twice)

    def test_a_draft_has_bounds(self):
        pattern = " or ".join(f'subject matches "{n}(a|b){{300}}"' for n in range(300))
        self.assertIn("too large", self.try_draft(f"[[rule]]\nid = 'x'\nwhen = '''{pattern}'''\nthen = 'reject'\n"))
        defines = "[define]\na0 = 'dmarc.result == pass'\n" + "".join(f"a{n} = 'a{n - 1} or a{n - 1}'\n" for n in range(1, 40))
        self.assertIn("too large", self.try_draft(defines + "[[rule]]\nid = 'x'\nwhen = 'a39'\nthen = 'reject'\n"))
        token = form_token(self.page())
        self.assertEqual(ask(self.made, "/policy/trial", "POST", {"draft": "#" * 300_000, "form_token": token})[0], 413)
        self.assertEqual(ask(self.made, "/policy/trial", "POST", {"draft": "a" * 1_500_000, "form_token": token})[0], 413)
        with contextlib.suppress(OSError):  # beyond what any page takes, the connection ends
            ask(self.made, "/policy/trial", "POST", {"draft": "a" * 9_000_000, "form_token": token})
        self.assertEqual(ask(self.made, "/healthz")[0], 200)


@browser.needed
class InABrowser(unittest.TestCase):
    def test_try_a_draft(self):
        with gateway(REVIEW) as made:
            made.write("policy.toml", POLICY)
            made.write("blocked.txt", "192.0.2.0/24\n")
            made.start()
            with Client(made.port, "203.0.113.66", "mail.attacker.example") as client:
                forged = id_in(client.send(sample("forged-reject"), "service@bank.example"))
            made.record(forged)
            for size, dark, script in ((browser.DESKTOP, False, True), (browser.PHONE, True, True), (browser.DESKTOP, False, False)):
                with browser.Browser(size, dark=dark, script=script) as page:
                    page.open(f"http://127.0.0.1:{made.web}/policy")
                    if script:
                        self.assertEqual(page.poor_contrast(), [])
                        self.assertLessEqual(page.overflow(), 0)
                    page.fill("#draft", POLICY.replace("== fail'", "== none'"))
                    page.click(".actions button.primary")
                    page.wait_for_text("would change", "main")
                    page.find(f"a[href='/message/{forged}']")
                    if script:
                        self.assertEqual(page.poor_contrast(), [])
                        self.assertLessEqual(page.overflow(), 0)
                    page.follow("Policy")
                    self.assertIn("Nothing is written", page.text("main"))


if __name__ == "__main__":
    unittest.main()
