#!/usr/bin/env python3
"""testssl.sh against both kinds of listener: no vulnerability, no protocol under TLS 1.2, forward secrecy with every client of
today that it can play."""

import concurrent.futures
import re
import unittest

import certificates
import rig
import test_tls
import testssl

FINE = {"OK", "INFO"}
OF_ITS_OWN = {"engine_problem", "service"}  # what it says of itself: no OpenSSL engine here, no HTTP there
PROTOCOLS = {"SSLv2": "not offered", "SSLv3": "not offered", "TLS1": "not offered", "TLS1_1": "not offered", "TLS1_2": "offered",
             "TLS1_3": "offered with final"}
VULNERABILITIES = {"heartbleed", "CCS", "ROBOT", "secure_renego", "secure_client_renego", "CRIME_TLS", "POODLE_SSL", "SWEET32", "FREAK",
                   "DROWN", "LOGJAM", "BEAST", "LUCKY13", "RC4"}
# Not of today: no TLS 1.2, or as on Windows Phone 8.1 only CBC in it.
GONE = {"ie_6_xp", "ie_8_win7", "ie_8_xp", "java_7u25", "ie_11_winphone81"}
FORWARD_SECRET = re.compile(r"TLSv1\.3 TLS_|TLSv1\.2 (ECDHE|DHE)-")


@rig.needs("testssl")
@rig.needs("openssl")
class TestSsl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = cls.enterClassContext(test_tls.gateway('[tls]\ncertificate = "one.pem"\nkey = "one.key"'))
        certificates.make(server.folder, "one", "mx1.example.com")
        server.start()
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            starttls = both.submit(testssl.findings, server.port, "-p", "-U", starttls=True)
            implicit = both.submit(testssl.findings, server.implicit, "-p", "-s", "-f", "-c", starttls=False)
            cls.starttls, cls.implicit = starttls.result(), implicit.result()

    def found(self, findings):
        return {one["id"]: one for one in findings}

    def assert_fine(self, findings):
        self.assertEqual([one for one in findings if one["severity"] not in FINE and one["id"] not in OF_ITS_OWN], [])

    def test_protocols(self):
        for findings in (self.starttls, self.implicit):
            found = self.found(findings)
            for name, wanted in PROTOCOLS.items():
                self.assertTrue(found[name]["finding"].startswith(wanted), found[name])
            self.assert_fine([found[name] for name in PROTOCOLS])

    def test_vulnerabilities(self):
        found = self.found(self.starttls)
        self.assertLessEqual(VULNERABILITIES, set(found))
        self.assert_fine(self.starttls)

    def test_ciphers_and_forward_secrecy(self):
        others = [one for one in self.implicit if not one["id"].startswith("clientsimulation-")]
        self.assertTrue(any(one["id"].startswith("cipherlist_") for one in others))
        self.assert_fine(others)

    def test_forward_secrecy_with_every_client(self):
        clients = [one for one in self.implicit if one["id"].startswith("clientsimulation-")]
        self.assertGreater(len(clients), 10)
        for one in clients:
            with self.subTest(one["id"]):
                gone = one["id"].removeprefix("clientsimulation-") in GONE
                self.assertRegex(one["finding"], "^No connection" if gone else FORWARD_SECRET)


if __name__ == "__main__":
    unittest.main()
