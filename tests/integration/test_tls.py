#!/usr/bin/env python3
"""TLS as clients meet it: versions, certificates by name, reload, what Received says, and nothing in clear once it has begun."""

import contextlib
import re
import socket
import ssl
import struct
import subprocess
import unittest

import certificates
import rig
from client import id_in

MAILDIR = 'protocol = "maildir"\npath = "Maildir"'
TAKE_ALL = "[[rule]]\nid = 'all'\nwhen = 'true'\nthen = 'accept'\n"
MESSAGE = b"From: a@partner.example\r\nDate: Mon, 12 Jan 2026 09:14:03 +0100\r\nSubject: under TLS\r\n\r\ntext\r\n"


def gateway(more="", **options):
    """Its second listener, at .implicit, speaks TLS from the first octet."""
    port = rig.free_port()
    made = rig.Postern(MAILDIR, policy=TAKE_ALL, start=False, **options,
                       more=f'{more}\n[[listener]]\naddress = ["127.0.0.1:{port}"]\ntls = "implicit"\n')
    made.implicit = port
    return made


def messages(server):
    return [file.read_bytes() for file in server.folder.glob("Maildir/new/*")]


def context(version=None, ciphers="DEFAULT:@SECLEVEL=0"):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.set_ciphers(ciphers)  # the policy of this machine for its clients is no concern of the test
    if version:
        made.minimum_version = made.maximum_version = version
    return made


def rest(connection):
    """What still comes until the other side closes."""
    octets = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while more := connection.recv(65536):
            octets += more
    return octets


class Line:
    """Commands and replies over a socket, in clear or not."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=rig.PATIENCE)

    def start_tls(self, made, host=None):
        self.socket = made.wrap_socket(self.socket, server_hostname=host)
        return self

    def reply(self):
        octets = b""
        while not re.search(rb"(?m)^\d{3}(?: .*)?\r\n\Z", octets):
            more = self.socket.recv(65536)
            if not more:
                raise AssertionError(f"the connection ended after {octets!r}")
            octets += more
        return octets.decode()

    def say(self, line, wanted):
        self.socket.sendall(line.encode() + b"\r\n")
        reply = self.reply()
        if not reply.startswith(wanted):
            raise AssertionError(f"wanted {wanted} to {line}, got {reply!r}")
        return reply

    def begin_message(self):
        self.say("EHLO mx.partner.example", "250")
        self.say("MAIL FROM:<a@partner.example>", "250")
        self.say("RCPT TO:<erika@example.com>", "250")
        self.say("DATA", "354")

    def send(self):
        self.begin_message()
        self.socket.sendall(MESSAGE + b".\r\n")
        reply = self.reply()
        if not reply.startswith("250 "):
            raise AssertionError(reply)
        return reply

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def greeted(port, made=None, host=None):
    """Behind the greeting of a listener that speaks TLS at once."""
    line = Line(port).start_tls(made or context(), host)
    line.reply()
    return line


def after_starttls(port):
    """Behind the reply to STARTTLS: the handshake is next."""
    line = Line(port)
    line.reply()
    line.say("EHLO mx.partner.example", "250")
    line.say("STARTTLS", "220")
    return line


class Session(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = cls.enterClassContext(gateway())
        cls.gateway.start()

    def setUp(self):
        for file in self.gateway.folder.glob("Maildir/new/*"):
            file.unlink()

    def assert_serves(self):
        with greeted(self.gateway.implicit) as line:
            line.send()

    def test_received_names_version_and_cipher(self):
        for version, cipher in ((ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"), (ssl.TLSVersion.TLSv1_3, "TLS_AES_256_GCM_SHA384")):
            with self.subTest(version), after_starttls(self.gateway.port).start_tls(context(version)) as line:
                reply = line.send()
                text = " ".join(messages(self.gateway)[0].decode().split())
                name = version.name.replace("_", ".")
                self.assertIn(" with ESMTPS ", text)
                self.assertIn(name, text.partition(" by ")[2].partition(";")[0])
                self.assertIn(cipher, text)
                tls = self.gateway.record(id_in(reply))["client"]["tls"]
                self.assertEqual((tls["version"], tls["cipher"]), (name, cipher))
                self.setUp()

    def test_old_versions_are_refused(self):
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            for begin in (lambda: Line(self.gateway.implicit), lambda: after_starttls(self.gateway.port)):
                with self.subTest(version), begin() as line, self.assertRaisesRegex(ssl.SSLError, "ALERT_PROTOCOL_VERSION"):
                    line.start_tls(context(version))
        self.assert_serves()

    def test_without_forward_secrecy_or_with_cbc_is_refused(self):
        for ciphers in ("kRSA:@SECLEVEL=0", "ECDHE+AES+SHA1:@SECLEVEL=0", "ECDHE+SHA384:!AESGCM:!CHACHA20:@SECLEVEL=0"):
            with self.subTest(ciphers), Line(self.gateway.implicit) as line, self.assertRaisesRegex(ssl.SSLError, "ALERT_HANDSHAKE_FAILURE"):
                line.start_tls(context(ssl.TLSVersion.TLSv1_2, ciphers))

    def test_garbage_and_an_sslv2_hello_end_the_connection(self):
        sslv2 = struct.pack(">HBHHHH", 0x8000 | 28, 1, 2, 3, 0, 16) + b"\x01\x00\x80" + bytes(range(16))
        for octets in (sslv2, b"EHLO in.clear\r\nMAIL FROM:<a@partner.example>\r\n", b"\x16\x03\x01\xff\xff" + b"\xff" * 70000, b"\0" * 4096):
            for begin in (lambda: Line(self.gateway.implicit), lambda: after_starttls(self.gateway.port)):
                with self.subTest(octets[:20]), begin() as line:
                    with contextlib.suppress(ConnectionError):
                        line.socket.sendall(octets)
                    # At most an alert of TLS; never a reply.  RFC 8446 §6
                    self.assertRegex(rest(line.socket), rb"(?s)\A(\x15.{6})*\Z")
        self.assert_serves()

    def test_plaintext_behind_starttls_ends_the_session(self):
        """CVE-2011-0411: what was said in clear must not be heard under TLS."""
        with Line(self.gateway.port) as line:
            line.reply()
            line.say("EHLO mx.partner.example", "250")
            line.socket.sendall(b"STARTTLS\r\nRSET\r\n")
            replies = rest(line.socket)
            self.assertNotIn(b"220", replies)
            self.assertNotIn(b"250", replies)
        self.assert_serves()

    def test_nothing_in_clear_is_read_after_close_notify(self):
        """CVE-2026-45185 and others: the end of TLS within a message is the end of the session."""
        for command in ("DATA", "BDAT"):
            with self.subTest(command), greeted(self.gateway.implicit) as line:
                line.say("EHLO mx.partner.example", "250")
                line.say("MAIL FROM:<a@partner.example>", "250")
                line.say("RCPT TO:<erika@example.com>", "250")
                if command == "DATA":
                    line.say("DATA", "354")
                    tail = b"in clear\r\n.\r\n"
                else:
                    line.socket.sendall(b"BDAT %d LAST\r\n" % (len(MESSAGE) + 10))
                    tail = b"in clear\r\n"
                line.socket.sendall(MESSAGE)
                with contextlib.suppress(ssl.SSLError, OSError):
                    line.socket.unwrap()
                with socket.socket(fileno=line.socket.detach()) as clear:
                    clear.settimeout(rig.PATIENCE)
                    with contextlib.suppress(ConnectionError):
                        clear.sendall(tail + b"NOOP\r\n")
                    self.assertNotIn(b"250", rest(clear))
                self.assertEqual(messages(self.gateway), [])
        self.assert_serves()
        self.assertEqual(len(messages(self.gateway)), 1)

    @rig.needs("openssl")
    def test_renegotiation_is_refused(self):
        done = subprocess.run(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{self.gateway.implicit}"],
                              input="R\n", capture_output=True, text=True, timeout=rig.PATIENCE)
        self.assertIn("RENEGOTIATING", done.stdout + done.stderr)
        self.assertIn("no renegotiation", done.stderr)
        self.assert_serves()


@rig.needs("openssl")
class Certificates(unittest.TestCase):
    """Which one is shown, and when."""

    TABLES = ('[tls]\ncertificate = "one.pem"\nkey = "one.key"\n[[tls.also]]\ncertificate = "two.pem"\nkey = "two.key"\n'
              '[[tls.also]]\ncertificate = "wild.pem"\nkey = "wild.key"')

    def setUp(self):
        self.gateway = self.enterContext(gateway(self.TABLES))
        for name, host in (("one", "mx1.example.com"), ("two", "mx.second.example"), ("wild", "*.third.example")):
            certificates.make(self.gateway.folder, name, host)
        self.gateway.start()
        rig.wait_until("the control socket is there", (self.gateway.folder / "control.sock").exists)

    def file(self, name):
        return certificates.octets(self.gateway.folder / f"{name}.pem")

    def shown(self, host=None):
        with greeted(self.gateway.implicit, host=host) as line:
            return line.socket.getpeercert(binary_form=True)

    def reload(self):
        return subprocess.run(self.gateway.command("reload"), capture_output=True, text=True, timeout=rig.PATIENCE)

    def test_by_the_name_asked_for(self):
        for host, name in ((None, "one"), ("mx1.example.com", "one"), ("mx.second.example", "two"), ("MX.Second.Example", "two"),
                           ("in.third.example", "wild"), ("third.example", "one"), ("deep.in.third.example", "one"),
                           ("unknown.example", "one"), ("a" * 63 + ".example", "one")):
            with self.subTest(host):
                self.assertEqual(self.shown(host), self.file(name))
        with after_starttls(self.gateway.port).start_tls(context(), "mx.second.example") as line:
            self.assertEqual(line.socket.getpeercert(binary_form=True), self.file("two"))

    def test_a_renewed_one_is_shown_after_a_reload(self):
        old = self.file("one")
        with greeted(self.gateway.implicit) as under_way:
            under_way.begin_message()
            certificates.make(self.gateway.folder, "one", "mx1.example.com")
            self.assertNotEqual(self.file("one"), old)
            self.assertEqual(self.shown(), old)
            done = self.reload()
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(self.shown(), self.file("one"))
            self.assertEqual(self.shown("mx.second.example"), self.file("two"))
            under_way.socket.sendall(MESSAGE + b".\r\n")  # a session goes on with what it began with
            self.assertRegex(under_way.reply(), "^250 ")
        self.assertEqual(len(messages(self.gateway)), 1)

    def test_a_broken_one_leaves_the_old_in_place(self):
        old = self.file("one")
        (self.gateway.folder / "one.pem").write_text("no certificate")
        done = self.reload()
        self.assertEqual(done.returncode, 1)
        self.assertIn("one.pem", done.stdout + done.stderr)
        self.assertEqual(self.shown(), old)


@rig.needs("openssl")
class Ciphers(unittest.TestCase):
    def test_older_senders_are_served_where_that_is_wanted(self):
        for setting, taken in (("strong", {"DHE-RSA-AES256-GCM-SHA384"}),
                               ("compatible", {"DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "AES128-SHA", "AES256-GCM-SHA384"})):
            with gateway(f'[tls]\ncertificate = "one.pem"\nkey = "one.key"\nciphers = "{setting}"') as server:
                certificates.make(server.folder, "one", "mx1.example.com")
                server.start()
                for cipher in ("DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "AES128-SHA", "AES256-GCM-SHA384"):
                    with self.subTest(setting=setting, cipher=cipher), Line(server.implicit) as line:
                        try:
                            line.start_tls(context(ssl.TLSVersion.TLSv1_2, f"{cipher}:@SECLEVEL=0"))
                            agreed = line.socket.cipher()[0]
                        except ssl.SSLError:
                            agreed = None
                        self.assertEqual(agreed, cipher if cipher in taken else None)
                with greeted(server.implicit, context(ssl.TLSVersion.TLSv1_2)) as line:
                    self.assertRegex(line.socket.cipher()[0], "^ECDHE-RSA-.*-(GCM|POLY)")  # the best comes first


if __name__ == "__main__":
    unittest.main()
