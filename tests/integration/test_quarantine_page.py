#!/usr/bin/env python3
"""The Quarantine page in Chromium: looking, releasing to a mailstore that refuses and to one that takes, several at once."""

import json
import os
import unittest
import urllib.error
import urllib.parse
import urllib.request

import browser
import rig
from test_held import HOLD_ALL, HTML, MESSAGE, audits, release_cut_short, send, smtp

SHOTS = os.environ.get("POSTERN_SHOTS")  # a directory for pictures of the pages, for a person to look at


def pages(store, start=True):
    port = rig.free_port()
    gateway = rig.Postern(smtp(store.port), policy=HOLD_ALL, start=False)
    text = gateway.config.read_text().replace('listen = ""', f'listen = "127.0.0.1:{port}"')
    gateway.config.write_text(text)
    gateway.start()
    return gateway, f"http://127.0.0.1:{port}"


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=rig.PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def post(url, what, kind="application/json", **headers):
    request = urllib.request.Request(url, what.encode(), {"Content-Type": kind, **headers})
    return get(request)


class Api(unittest.TestCase):
    def test_programs_release_and_delete(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway:
                first, second, third = (send(gateway) for _ in range(3))
                api = f"{site}/api/v1/quarantine"
                self.assertEqual(post(f"{api}/release", f"id={first}", "application/x-www-form-urlencoded")[0], 403)
                self.assertEqual(post(f"{api}/release", json.dumps({"id": first}), "text/plain")[0], 403)
                self.assertEqual(post(f"{api}/release", json.dumps({"id": first}), Origin="https://evil.example")[0], 403)
                self.assertEqual(post(f"{api}/release", '{"id": 1}')[0], 400)
                status, text = post(f"{api}/release", json.dumps({"id": [first, second], "to": "erika@example.com"}))
                self.assertEqual((status, json.loads(text)["ok"], store.answered), (200, True, 2), text)
                status, text = post(f"{api}/delete", json.dumps({"id": third.lower()}))
                self.assertEqual((status, gateway.held("quarantine")), (200, []), text)
                self.assertEqual(post(f"{api}/delete", json.dumps({"id": third}))[0], 409)
                self.assertEqual(get(f"{api}?qq=x")[0], 400)

    def test_the_same_is_there_for_programs(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway:
                first, second = send(gateway), send(gateway, HTML)
                status, text = get(f"{site}/api/v1/quarantine?q=subject:invoice")
                self.assertEqual(status, 200)
                found = json.loads(text)
                self.assertEqual((found["count"], found["messages"][0]["id"]), (1, first))
                status, text = get(f"{site}/api/v1/quarantine/{second.lower()}")
                self.assertIn("Dear Erika,", json.loads(text)["messages"][0]["text"])
                self.assertEqual(get(f"{site}/api/v1/quarantine/000000000000")[0], 404)
                self.assertEqual(get(f"{site}/api/v1/quarantine?skip=x")[0], 400)
                told = rig.wait_until("the reading is recorded", lambda: audits(gateway, second))
                self.assertEqual((told[0]["action"], told[0]["via"]), ("read", "web"))

    def test_a_form_that_is_not_ours_releases_nothing(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway:
                transaction = send(gateway)
                body = urllib.parse.urlencode({"id": transaction, "confirm": "yes"}).encode()
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(f"{site}/quarantine/release", body, timeout=rig.PATIENCE)
                self.assertEqual(refused.exception.code, 403)
                self.assertEqual((store.answered, len(gateway.held("quarantine"))), (0, 1))


@browser.needed
class Page(unittest.TestCase):
    def test_a_mailstore_that_refuses_and_then_takes(self):
        with rig.Sink(unknown=b"erika") as store:
            gateway, site = pages(store)
            with gateway, browser.Browser() as page:
                transaction = send(gateway)
                page.open(f"{site}/quarantine")
                page.click(f"td a[href='/quarantine/{transaction}']")
                page.wait_for_text("Schöne Grüße\\x1b[31m")
                self.assertIn("invoice.pdf", page.text("#parts"))
                page.click("button[formaction='/quarantine/release']")
                page.wait_for_text("They go to the mailstore")
                page.click("main button.primary")
                page.wait_for_text("550 5.1.1 nobody is there")
                self.assertIn("Not everything was taken", page.text(".notice.bad"))
                self.assertEqual(len(gateway.held("quarantine")), 1)

                store.unknown, store.answered = None, 0
                page.open(f"{site}/quarantine/{transaction}")
                page.click("button[formaction='/quarantine/release']")
                page.wait_for_text("Release this message")
                page.click("main button.primary")
                page.wait_for_text("250 2.0.0 taken")
                self.assertIn("The mailstore took all of it", page.text(".notice.good"))
                self.assertEqual((store.answered, gateway.held("quarantine")), (1, []))
                page.open(f"{site}/quarantine/{transaction}")
                page.wait_for_text("is not in quarantine")

    def test_a_release_that_a_kill_cut_short_is_shown_and_sent_again_with_the_box(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway, browser.Browser(script=False) as page:
                transaction = send(gateway)
                release_cut_short(gateway, store, transaction)
                shown = json.loads(get(f"{site}/api/v1/quarantine")[1])["messages"][0]
                self.assertEqual(shown["release_begun"]["recipients"], ["erika@example.com"])
                page.open(f"{site}/quarantine")
                self.assertIn("release begun", page.text("main table"))
                page.open(f"{site}/quarantine/{transaction}")
                self.assertIn("its end is not known", page.text(".notice.doubtful"))
                page.click("button[formaction='/quarantine/release']")
                page.click("main button.primary")
                self.assertIn("its end is not known", page.text("main table"))
                self.assertEqual((store.answered, len(gateway.held("quarantine"))), (1, 1))
                page.open(f"{site}/quarantine/{transaction}")
                page.click("button[formaction='/quarantine/release']")
                page.click("input[name='again']")
                page.click("main button.primary")
                self.assertIn("The mailstore took all of it", page.text("main"))
                self.assertEqual((store.answered, gateway.held("quarantine")), (2, []))

    def test_several_are_chosen_released_and_deleted_without_a_script(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway, browser.Browser(script=False) as page:
                ids = [send(gateway) for _ in range(4)]
                page.open(f"{site}/quarantine")
                for one in ids[:2]:
                    page.click(f"input[value='{one}']")
                page.click("button[formaction='/quarantine/release']")
                page.click("main button.primary")
                self.assertIn("The mailstore took all of it", page.text("main"))
                self.assertEqual(store.answered, 2)
                page.follow("Back to the list")
                page.click(f"input[value='{ids[2]}']")
                page.click("button[formaction='/quarantine/delete']")
                self.assertIn("gone for ever", page.text("main"))
                page.click("main button.danger")
                self.assertIn("Deleted", page.text("h1"))
                self.assertEqual([file.stem for file in gateway.held("quarantine")], ids[3:])
                self.assertEqual(store.answered, 2)

    def test_it_is_searched_paged_and_fits_a_phone(self):
        with rig.Sink() as store:
            gateway, site = pages(store)
            with gateway:
                first, second = send(gateway), send(gateway, HTML, ("hans@example.com",))
                for _ in range(3):
                    send(gateway, HTML)
                for size in (browser.PHONE, browser.DESKTOP):
                    for dark in (False, True):
                        with self.subTest(size=size, dark=dark), browser.Browser(size, dark) as page:
                            for name, path in (("list", "/quarantine"), ("message", f"/quarantine/{first}"), ("html", f"/quarantine/{second}")):
                                page.open(site + path)
                                self.assertLessEqual(page.overflow(), 0)
                                self.assertEqual(page.poor_contrast(), [])
                                if SHOTS:
                                    page.shot(f"{SHOTS}/quarantine-{name}-{size[0]}-{'dark' if dark else 'light'}.png")
                with browser.Browser() as page:
                    page.open(f"{site}/quarantine?limit=2")
                    page.follow("older →")
                    self.assertIn("3 to", page.text(".pager"))
                    page.fill("input[name=q]", "rcpt:hans@example.com")
                    page.click("button.primary")
                    page.wait_for_text("hans@example.com", "main table")
                    self.assertEqual(page.count("main tbody tr"), 1)
                    page.open(f"{site}/quarantine?q=verdikt:x")
                    page.wait_for_text("did you mean verdict")
                    page.open(f"{site}/quarantine/{second}")
                    self.assertEqual(page.count("main pre a, main pre img, main pre script"), 0)
                    self.assertIn("<https://evil.example/login>", page.text("pre"))


if __name__ == "__main__":
    unittest.main()
