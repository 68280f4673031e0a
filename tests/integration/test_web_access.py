"""Who gets to the review pages: passwords, roles, sessions, forms, host names, TLS, proxies; and that health checks answer
while pages are slow."""

import base64
import contextlib
import http.client
import re
import socket
import ssl
import subprocess
import unittest
import urllib.parse
import warnings

import browser
import certificates
import rig

DISCARD = 'protocol = "discard"'
PASSWORD = "correct horse battery"


def gateway(review, more="", accounts=()):
    """A gateway with that [review], not started; `accounts` are (name, role)."""
    made = rig.Postern(DISCARD, more=more, start=False)
    made.web = rig.free_port()
    made.config.write_text(made.config.read_text().replace('listen = ""', review.replace("PORT", str(made.web))))
    for name, role in accounts:
        set_password(made, name, PASSWORD, "--role", role)
    return made


def set_password(made, name, password, *more):
    done = subprocess.run([*made.command("password"), name, *more], input=password + "\n", capture_output=True, text=True, timeout=rig.PATIENCE)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def ask(made, path, method="GET", body=None, headers=None, tls=None, host="127.0.0.1"):
    """Status, fields and text of an answer."""
    if tls:
        connection = http.client.HTTPSConnection(host, made.web, timeout=rig.PATIENCE, context=tls)
    else:
        connection = http.client.HTTPConnection(host, made.web, timeout=rig.PATIENCE)
    with contextlib.closing(connection):
        fields = dict(headers or {})
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
            fields.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def form_token(page):
    return re.search(r"name='form_token' value='([0-9a-f]{64})'", page).group(1)


def cookie(headers):
    return headers.get_all("Set-Cookie")[0].split(";")[0]


def log_in(made, name, password=PASSWORD, **how):
    """The cookie of a session, or the status that was answered instead."""
    _, headers, page = ask(made, "/login", **how)
    status, headers, _ = ask(made, "/login", "POST", {"name": name, "password": password, "form_token": form_token(page)},
                             {"Cookie": cookie(headers)}, **how)
    return cookie(headers) if status == 303 else status


class OnThisMachine(unittest.TestCase):
    def test_no_other_site_gets_anything(self):
        with gateway('listen = "127.0.0.1:PORT"\nnames = ["postern.example.com"]') as made:
            made.start()
            self.assertEqual(ask(made, "/")[0], 200)
            for host in ("localhost:1", "[::1]", "postern.example.com"):
                self.assertEqual(ask(made, "/", headers={"Host": host})[0], 200, host)
            for host in ("evil.example", f"evil.example:{made.web}", "192.0.2.1", ""):
                self.assertEqual(ask(made, "/", headers={"Host": host})[0], 421, host)
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", {})[0], 403)
            token = form_token(ask(made, "/policy")[2])
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", {"form_token": token})[0], 303)
            for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
                self.assertEqual(ask(made, "/policy/trial/cancel", "POST", {"form_token": token}, foreign)[0], 403, foreign)
            rig.wait_until("it is logged", lambda: "event=review_refused why=cross_site" in made.log.read_text())

    def test_fields_that_protect_a_page(self):
        with gateway('listen = "127.0.0.1:PORT"') as made:
            made.start()
            for path in ("/", "/nothing", "/assets/postern.css", "/healthz"):
                _, headers, _ = ask(made, path)
                policy = headers["Content-Security-Policy"]
                for word in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'",
                             "base-uri 'none'"):
                    self.assertIn(word, policy, path)
                self.assertNotIn("unsafe", policy)
                self.assertEqual((headers["X-Content-Type-Options"], headers["Referrer-Policy"]), ("nosniff", "no-referrer"), path)
            self.assertEqual(ask(made, "/")[1]["Cache-Control"], "no-store")
            style = re.search(r"href='(/assets/postern.css\?v=[0-9a-f]+)'", ask(made, "/")[2]).group(1)
            self.assertIn("immutable", ask(made, style)[1]["Cache-Control"])

    def test_what_is_no_http_harms_nobody(self):
        with gateway('listen = "127.0.0.1:PORT"') as made:
            made.start()
            for sent in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
                         b"GET / HTTP/1.1\r\n" + b"X: " + b"b" * 100_000 + b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\0" * 1000,
                         b"POST /policy/trial HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
                         b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
                         b"GET /%00%ff%0d%0a HTTP/1.1\r\nHost: localhost\r\n\r\n"):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", made.web), timeout=rig.PATIENCE) as client:
                    client.sendall(sent)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass
                self.assertEqual(ask(made, "/healthz")[0], 200, sent[:40])

    def test_health_is_told_while_clients_hold_threads(self):
        with gateway('listen = "127.0.0.1:PORT"') as made, contextlib.ExitStack() as held:
            made.start()
            for _ in range(20):  # requests that do not end
                client = held.enter_context(socket.create_connection(("127.0.0.1", made.web), timeout=rig.PATIENCE))
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            self.assertEqual(ask(made, "/healthz")[2], "ok\n")
            self.assertTrue(ask(made, "/metrics")[2].endswith("# EOF\n"))
            self.assertEqual(ask(made, "/readyz")[0], 200)


class WithPasswords(unittest.TestCase):
    def test_roles(self):
        with gateway('listen = "127.0.0.1:PORT"\npasswords = "passwords"', accounts=[("erika", "operate"), ("max", "view")]) as made:
            self.assertEqual((made.folder / "passwords").stat().st_mode & 0o007, 0)
            made.start()
            status, headers, _ = ask(made, "/policy?x=1")
            self.assertEqual((status, headers["Location"]), (303, "/login?next=%2Fpolicy%3Fx%3D1"))
            self.assertEqual(log_in(made, "erika", "wrong"), 403)
            self.assertEqual(log_in(made, "nobody"), 403)
            viewer = {"Cookie": log_in(made, "max")}
            operator = {"Cookie": log_in(made, "erika")}
            page = ask(made, "/policy", headers=viewer)[2]
            self.assertIn("max <span class='role'>view</span>", page)
            self.assertNotIn("<textarea", page)
            token = {"form_token": form_token(page)}
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", token, viewer)[0], 403, "the role")
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", token, operator)[0], 403, "another one's token")
            page = ask(made, "/policy", headers=operator)[2]
            token = {"form_token": form_token(page)}
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", token, operator)[0], 303)
            self.assertEqual(ask(made, "/policy/trial/cancel", "POST", {}, operator)[0], 403)
            # Out, and the cookie opens nothing any more.
            self.assertEqual(ask(made, "/logout", "POST", token, operator)[1]["Location"], "/login")
            self.assertEqual(ask(made, "/", headers=operator)[0], 303)
            # Another password ends what the old one began.
            set_password(made, "max", "another password")
            rig.wait_until("his session has ended", lambda: ask(made, "/", headers=viewer)[0] == 303)
            self.assertIsInstance(log_in(made, "max", "another password"), str)
            set_password(made, "max", "", "--remove")
            rig.wait_until("he is unknown", lambda: log_in(made, "max", "another password") == 403)
            log = made.log.read_text()
            for event in ('event=login name="erika" client=127.0.0.1 role=operate', 'event=login_failed name="nobody" client=127.0.0.1 why=password',
                          'event=logout name="erika"'):
                rig.wait_until(event, lambda event=event: event in made.log.read_text())
            self.assertNotIn(PASSWORD, log)

    def test_too_many_attempts(self):
        with gateway('listen = "127.0.0.1:PORT"\npasswords = "passwords"', accounts=[("erika", "view")]) as made:
            made.start()
            answers = [log_in(made, "erika", "wrong") for _ in range(11)]
            self.assertEqual(answers, [403] * 10 + [429])
            self.assertEqual(log_in(made, "erika"), 429, "the right one has to wait, too")
            rig.wait_until("it is logged", lambda: "why=too_many_of_name" in made.log.read_text())
            self.assertEqual(ask(made, "/healthz")[0], 200)

    def test_programs(self):
        with gateway('listen = "127.0.0.1:PORT"\npasswords = "passwords"', accounts=[("robot", "view")]) as made:
            made.start()
            right = {"Authorization": "Basic " + base64.b64encode(f"robot:{PASSWORD}".encode()).decode()}
            self.assertEqual(ask(made, "/api/v1/status")[0], 401)
            self.assertIn("Basic", ask(made, "/api/v1/status")[1]["WWW-Authenticate"])
            self.assertEqual(ask(made, "/api/v1/status", headers=right)[0], 200)
            self.assertEqual(ask(made, "/", headers=right)[0], 303, "pages are for people")
            self.assertEqual(ask(made, "/metrics")[0], 200, "this machine")
            self.assertEqual(ask(made, "/metrics", headers={"X-Forwarded-For": "192.0.2.1"})[0], 401)
            self.assertEqual(ask(made, "/metrics", headers={"X-Forwarded-For": "192.0.2.1", **right})[0], 200)

    def test_names_from_outside_are_no_words_of_the_log(self):
        with gateway('listen = "127.0.0.1:PORT"\npasswords = "passwords"', accounts=[("erika", "view")]) as made:
            made.start()
            self.assertEqual(log_in(made, 'x" event=login name="root\n\x1b[31m'), 403)
            line = rig.wait_until("it is logged", lambda: re.search(r"event=login_failed name=.*", made.log.read_text()))
            self.assertIn(r'name="x\" event=login name=\"root\\x0a\\x1b[31m"', line.group(0))


class BeyondThisMachine(unittest.TestCase):
    def refused(self, review, more=""):
        with gateway(review, more=more) as made:
            done = subprocess.run(made.command(), capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertEqual(done.returncode, 78, done.stderr)
            return done.stderr

    def test_it_does_not_start_without_passwords_and_tls(self):
        error = self.refused('listen = "0.0.0.0:PORT"')
        self.assertRegex(error, r"postern\.toml:\d+:10: '0\.0\.0\.0:\d+' can be reached from other machines: that takes a password file")
        with gateway('listen = "0.0.0.0:PORT"\npasswords = "passwords"', accounts=[("erika", "view")]) as made:
            done = subprocess.run(made.command("check"), capture_output=True, text=True, timeout=rig.PATIENCE)
            self.assertIn("that takes TLS", done.stdout + done.stderr)

    def test_tls(self):
        with gateway('listen = "0.0.0.0:PORT"\npasswords = "passwords"', accounts=[("erika", "operate")],
                     more='[tls]\ncertificate = "web.pem"\nkey = "web.key"\n') as made:
            certificates.make(made.folder, "web", "localhost")
            made.start()
            self.assertIn(f"review=https://0.0.0.0:{made.web}/", made.log.read_text())
            tls = ssl.create_default_context(cafile=made.folder / "web.pem")
            session = log_in(made, "erika", tls=tls, host="localhost")
            self.assertTrue(session.startswith("__Host-postern-session="), session)
            self.assertEqual(ask(made, "/", headers={"Cookie": session}, tls=tls, host="localhost")[0], 200)
            with self.assertRaises((http.client.HTTPException, OSError)):
                ask(made, "/healthz")  # in clear
            old = ssl.create_default_context(cafile=made.folder / "web.pem")
            old.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python calls them deprecated, which is the point
                old.minimum_version = ssl.TLSVersion.TLSv1
                old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises(ssl.SSLError):
                ask(made, "/healthz", tls=old, host="localhost")
            # A renewed certificate is taken by a reload.
            renewed = certificates.octets(certificates.make(made.folder, "web", "localhost"))
            subprocess.run(made.command("reload"), check=True, capture_output=True, timeout=rig.PATIENCE)
            with socket.create_connection(("127.0.0.1", made.web), timeout=rig.PATIENCE) as plain:
                unchecked = ssl.create_default_context()
                unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
                with unchecked.wrap_socket(plain) as shown:
                    self.assertEqual(shown.getpeercert(binary_form=True), renewed)

    def test_a_proxy_in_front(self):
        with gateway('listen = "0.0.0.0:PORT"\npasswords = "passwords"\nproxy_from = ["127.0.0.1"]', accounts=[("erika", "operate")]) as made:
            made.start()
            forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
            _, headers, page = ask(made, "/login", headers=forwarded)
            self.assertIn("__Host-", headers["Set-Cookie"])
            status, _, _ = ask(made, "/login", "POST", {"name": "erika", "password": "wrong", "form_token": form_token(page)},
                               {"Cookie": cookie(headers), **forwarded})
            self.assertEqual(status, 403)
            rig.wait_until("the client is told", lambda: 'event=login_failed name="erika" client=203.0.113.9' in made.log.read_text())


@browser.needed
class InABrowser(unittest.TestCase):
    def test_log_in_and_out(self):
        with gateway('listen = "127.0.0.1:PORT"\npasswords = "passwords"', accounts=[("erika", "operate"), ("max", "view")]) as made:
            made.start()
            with browser.Browser() as page:
                page.open(f"http://127.0.0.1:{made.web}/policy")
                page.fill("#name", "erika")
                page.fill("#password", "wrong password")
                page.press("\ue007")
                page.wait_for_text("The name or the password is wrong.")
                page.fill("#name", "erika")
                page.fill("#password", PASSWORD)
                page.click("main button")
                page.find("textarea")
                self.assertTrue(page.address.endswith("/policy"), page.address)
                self.assertIn("erika", page.text(".who"))
                self.assertTrue(all(one["httpOnly"] and one["sameSite"] == "Strict" for one in page.cookies()))
                page.click(".visitor button")
                page.wait_for_text("Log in", "h1")
                page.open(f"http://127.0.0.1:{made.web}/policy")
                page.wait_for_text("Log in", "h1")
            for script in (True, False):
                for dark in (False, True):
                    with browser.Browser(browser.PHONE, dark=dark, script=script) as page:
                        page.open(f"http://127.0.0.1:{made.web}/login?next=/policy")
                        if script:
                            self.assertEqual(page.poor_contrast(), [])
                            self.assertLessEqual(page.overflow(), 0)
                        page.fill("#name", "max")
                        page.fill("#password", PASSWORD)
                        page.click("main button")
                        page.wait_for_text("It takes the role operate")
                        self.assertEqual(page.count("textarea"), 0)


if __name__ == "__main__":
    unittest.main()
