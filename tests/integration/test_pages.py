#!/usr/bin/env python3
"""What came in is found in the pages: Overview, Log and Message, by HTTP and in Chromium."""

import contextlib
import csv
import http.client
import io
import json
import os
import re
import unittest
import urllib.parse

import browser
import rig
from client import Client, id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
GOOD = (rig.SAMPLES / "good.eml").read_bytes()
SENDER = "anna.weber@partner.example"
CLIENT = "192.0.2.10"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202egpj.exe =1+1 '; DROP TABLE record; --"


def message(subject):
    return b"From: Anna <" + SENDER.encode() + b">\r\nSubject: " + subject.encode() + b"\r\nMessage-ID: <h1@partner.example>\r\n\r\nhello\r\n"


class Site(rig.Postern):
    def __init__(self, **more):
        super().__init__(MAILDIR, start=False, **more)
        self.config.write_text(self.config.read_text().replace('[review]\nlisten = ""', '[review]\nlisten = "127.0.0.1:0"'))
        self.start()
        self.address = re.search(r"review=(http://127\.0\.0\.1:\d+)", self.log.read_text())[1]

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=rig.PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())

    def json(self, path):
        status, body, _ = self.get(path)
        return json.loads(body) | {"status": status} if status != 200 else json.loads(body)

    def send(self, *recipients, content=GOOD, sender=SENDER):
        with Client(self.port, CLIENT) as connection:
            return connection.send(content, sender, *(recipients or ["erika@example.com"]))

    def send_and_find(self, **more):
        transaction = id_in(self.send(**more))
        self.record(transaction)
        return transaction


class Http(unittest.TestCase):
    def test_what_came_in_is_counted_found_and_explained(self):
        with Site() as site:
            taken = site.send_and_find()
            view = site.json("/api/v1/overview")
            self.assertEqual(view["messages"], 1)
            self.assertEqual(sum(view["outcomes"].values()), 1)
            self.assertEqual(view["status"]["host"], "mx1.example.com")
            found = site.json("/api/v1/log?q=" + urllib.parse.quote(f"sender:{SENDER} since:1h"))
            self.assertEqual([one["id"] for one in found["records"]], [taken])
            self.assertEqual(site.json(f"/api/v1/message/{taken.lower()}")["id"], taken)
            for path in ("/", "/?period=7d", "/log", f"/message/{taken}", f"/message/{taken}/as-test"):
                status, body, headers = site.get(path)
                self.assertEqual(status, 200, path)
                self.assertEqual(headers["Cache-Control"], "no-store")
                self.assertEqual(site.get(path, "HEAD")[:2], (200, ""))
            self.assertIn(SENDER, site.get(f"/message/{taken}")[1])

    def test_errors_of_the_api_are_sentences(self):
        with Site() as site:
            for path, status, words in (("/api/v1/log?q=verdct:reject", 400, "did you mean verdict?"), ("/api/v1/log?behind=x", 400, "no place"),
                                        ("/api/v1/overview?period=1y", 400, "24h, 7d or 30d"), ("/api/v1/message/4F7K2M9QX0TB", 404, "no record"),
                                        ("/api/v1/stats?since=never", 400, "is no time"), ("/api/v1/nothing", 404, "no such page")):
                answer = site.json(path)
                self.assertEqual(answer["status"], status, path)
                self.assertIn(words, answer["error"])

    def test_a_whole_search_is_exported(self):
        with Site() as site:
            sent = [site.send_and_find(content=message(f"=cmd|' /C calc'!A{number}")) for number in range(3)]
            rig.wait_until("all of them", lambda: len(site.json("/api/v1/log")["records"]) == 3)
            status, body, headers = site.get("/log.csv?column=id&column=subject")
            self.assertEqual((status, headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
            self.assertIn("attachment", headers["Content-Disposition"])
            rows = list(csv.DictReader(io.StringIO(body, newline="")))
            self.assertEqual([row["id"] for row in rows], sent[::-1])
            self.assertTrue(all(row["subject"].startswith("'=cmd") for row in rows), rows)
            records = [json.loads(line) for line in site.get("/log.jsonl?q=verdict:accept")[1].splitlines()]
            self.assertEqual([one["id"] for one in records], sent[::-1])

    def test_without_an_index_the_same_is_found(self):
        with Site(more="[journal]\nindex = false\n") as site:
            taken = site.send_and_find()
            self.assertEqual([one["id"] for one in site.json("/api/v1/log?sender=partner.example")["records"]], [taken])
            self.assertIn("switched off", site.get("/")[1])
            self.assertEqual(site.json("/api/v1/overview")["messages"], 1)


@browser.needed
class InChromium(unittest.TestCase):
    def test_from_a_number_to_its_message(self):
        with Site() as site, browser.Browser() as page:
            taken = site.send_and_find()
            with Client(site.port, "203.0.113.66") as client:
                client.say("MAIL FROM:<x@elsewhere.example>", "250")
                client.say("RCPT TO:<nobody@not-ours.example>", "5")
            rig.wait_until("the refusal", lambda: site.json("/api/v1/log?rule=%40relay")["records"])
            page.open(site.address + "/")
            self.assertEqual(page.text("h1"), "Overview")
            self.assertIn("Messages over the last 24 hours", page.run("return document.querySelector('svg.plot title').textContent"))
            page.click(".tiles .reject a")
            self.assertEqual(page.text("h1"), "Log")
            self.assertEqual(page.count("#log-rows tbody tr"), 1)
            page.open(site.address + "/log")
            self.assertEqual(page.count("#log-rows tbody tr"), 2)
            page.fill("#search", "sender:partner.example")
            page.click("form.search button")
            self.assertEqual(page.count("#log-rows tbody tr"), 1)
            page.click("#log-rows tbody td a")
            self.assertEqual(page.text("h1"), f"Message {taken}")
            for step in ("Claimed", "Found", "Rules", "Verdict", "Delivery"):
                self.assertIn(step, page.text(".story"))
            self.assertIn("spf", page.text("#found"))
            page.click("#record summary")
            self.assertIn(f'"id":"{taken}"', page.text("#record pre"))

    def test_narrowing_down_and_widening(self):
        with Site() as site, browser.Browser(script=False) as page:
            for number in range(3):
                site.send_and_find(sender=f"writer{number}@partner.example")
            rig.wait_until("all of them", lambda: len(site.json("/api/v1/log")["records"]) == 3)
            page.open(site.address + "/log?limit=2")
            self.assertEqual(page.count("#log-rows tbody tr"), 2)
            page.click("a[rel=next]")
            self.assertEqual(page.count("#log-rows tbody tr"), 1)
            page.click("a[rel=prev]")
            page.follow("writer2@partner.example")
            self.assertEqual(page.count("#log-rows tbody tr"), 1)
            self.assertIn("sender:writer2@partner.example", page.text(".chips"))
            page.click(".chips a")
            self.assertEqual(page.count("#log-rows tbody tr"), 3)
            page.click(".folds details:nth-of-type(2) summary")
            page.click("input[name=column][value=message_id]")
            page.click(".folds details:nth-of-type(2) button")
            rig.wait_until("the form has led to its address", lambda: "message_id" in page.address)
            self.assertEqual(page.count("td[data-name='Message-ID']"), 3)
            page.open(site.address + "/log?q=verdct:x")
            self.assertIn("did you mean verdict?", page.text("#search-wrong"))

    def test_the_list_keeps_up_with_what_comes(self):
        with Site() as site, browser.Browser() as page:
            site.send_and_find()
            page.open(site.address + "/log")
            page.click("button[data-live]")
            second = site.send_and_find(sender="second@partner.example")
            page.wait_for_text("second@partner.example", "#log-rows")
            self.assertIn(second, page.run("return document.querySelector('#log-rows a').getAttribute('href')"))

    def test_hostile_text_is_text(self):
        with Site() as site, browser.Browser() as page:
            taken = site.send_and_find(content=message(HOSTILE))
            for path in ("/log", f"/message/{taken}", "/log?q=" + urllib.parse.quote(json.dumps(HOSTILE))):
                page.open(site.address + path)
                self.assertEqual(page.count("main img"), 0)
                self.assertNotEqual(page.title, "owned")
                self.assertNotIn("\u202e", page.run("return document.documentElement.outerHTML"))
            page.open(f"{site.address}/message/{taken}")
            self.assertIn("<img src=x", page.text("#claimed"))

    def test_they_fit_a_phone_and_can_be_read(self):
        with Site() as site:
            taken = site.send_and_find(content=message("A long subject " * 12))
            site.send_and_find(content=message(HOSTILE), sender=SENDER)
            for size in (browser.PHONE, browser.DESKTOP):
                for dark in (False, True):
                    with browser.Browser(size, dark) as page:
                        for name, path in (("overview", "/"), ("log", "/log"), ("nothing", "/log?q=sender:x.example"), ("wrong", "/log?q=verdct:x"),
                                           ("message", f"/message/{taken}")):
                            page.open(site.address + path)
                            page.run("for (const one of document.querySelectorAll('details')) one.open = true")
                            self.assertLessEqual(page.overflow(), 0, (path, size))
                            self.assertEqual(page.poor_contrast(), [], (path, size, dark))
                            if folder := os.environ.get("POSTERN_SHOTS"):
                                page.shot(f"{folder}/{name}-{size[0]}-{'dark' if dark else 'light'}.png")


if __name__ == "__main__":
    unittest.main()
