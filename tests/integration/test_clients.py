#!/usr/bin/env python3
"""Programs and libraries that hand mail to the next server themselves: each sends a hundred messages in each mode it knows,
and all of them arrive without a difference in octets."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import smtplib
import ssl
import subprocess
import tempfile
import unittest

import rig
from deliveries import Deliveries, tests
from mail_samples import RECIPIENTS, SENDER

NO_BDAT = "it has no CHUNKING"


def untrusting():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


class OneProcessEach(Deliveries):
    """Programs that send one message and end."""

    def command(self, port, tls, file):
        raise NotImplementedError

    def as_file(self, sample):
        return sample.octets

    def send(self, port, messages, tls):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="postern-client-")))

        def one(sample):
            file = folder / sample.key
            file.write_bytes(self.as_file(sample))
            with open(file, "rb") as octets:
                done = subprocess.run(self.command(port, tls, file), stdin=octets, capture_output=True, timeout=rig.PATIENCE,
                                      env={**os.environ, "HOME": str(folder)})
            if done.returncode != 0:
                raise AssertionError(f"{sample.key}: {(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")

        with concurrent.futures.ThreadPoolExecutor(4) as several:
            list(several.map(one, messages))


@tests("plain", "starttls", unable={"pipelining": "it waits for each reply", "bdat": NO_BDAT})
class PythonSmtplib(Deliveries):
    OPEN_ENDS = True

    def send(self, port, messages, tls):
        with smtplib.SMTP("127.0.0.1", port, local_hostname="client.partner.example", timeout=rig.PATIENCE) as client:
            if tls:
                client.starttls(context=untrusting())
            for sample in messages:
                self.assertEqual(client.sendmail(SENDER, RECIPIENTS, sample.octets, ["BODY=8BITMIME"]), {})


@rig.needs("msmtp")
@tests("plain", "starttls", "pipelining", unable={"bdat": NO_BDAT})
class Msmtp(OneProcessEach):
    OPEN_ENDS = True

    def as_file(self, sample):
        return sample.octets.replace(b"\r\n", b"\n")  # what a program of Unix gives it

    def command(self, port, tls, file):
        return ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={port}", "--domain=client.partner.example", f"--from={SENDER}",
                *(["--tls=on", "--tls-starttls=on", "--tls-certcheck=off"] if tls else []), "--", *RECIPIENTS]


@rig.needs("swaks")
@tests("plain", "starttls", "pipelining", unable={"bdat": NO_BDAT})
class Swaks(OneProcessEach):
    def expected(self, sample):
        """It ends each message with an empty line, takes a lone dot at the end for the end of the data, and writes a line end
        for the two characters \\n."""
        octets = sample.octets.replace(b"\\n", b"\r\n")
        return octets.removesuffix(b".\r\n") if octets.endswith(b"\n.\r\n") else octets + b"\r\n"

    def command(self, port, tls, file):
        return ["swaks", "--server", f"127.0.0.1:{port}", "--ehlo", "client.partner.example", "--from", SENDER, "--to", ",".join(RECIPIENTS),
                "--data", f"@{file}", "--silent", "3", "--pipeline", *(["--tls"] if tls else [])]


NODEMAILER = """
const nodemailer = require("nodemailer"), fs = require("fs");
const job = JSON.parse(fs.readFileSync(0));
const transport = nodemailer.createTransport({host: "127.0.0.1", port: job.port, name: "client.partner.example", pool: true,
  maxConnections: 2, maxMessages: Infinity, requireTLS: job.tls, ignoreTLS: !job.tls, tls: {rejectUnauthorized: false}});
Promise.all(job.files.map(file => transport.sendMail({envelope: {from: job.from, to: job.to}, raw: fs.readFileSync(file)})))
  .then(() => transport.close(), error => { console.error(error); process.exit(1); });
"""


def has_nodemailer():
    with contextlib.suppress(OSError):
        return subprocess.run(["node", "-e", "require('nodemailer')"], capture_output=True, env=with_modules()).returncode == 0
    return False


def with_modules():
    """Where Debian's node looks anyway, and others do not."""
    return {**os.environ, "NODE_PATH": os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs"]))}


@unittest.skipUnless(has_nodemailer(), "node or nodemailer is not installed")
@tests("plain", "starttls", "pipelining", unable={"bdat": NO_BDAT})
class Nodemailer(Deliveries):
    OPEN_ENDS = True

    def send(self, port, messages, tls):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="postern-client-")))
        for sample in messages:
            (folder / sample.key).write_bytes(sample.octets)
        job = {"port": port, "tls": tls, "from": SENDER, "to": RECIPIENTS, "files": [str(folder / sample.key) for sample in messages]}
        done = subprocess.run(["node", "-e", NODEMAILER], input=json.dumps(job), capture_output=True, text=True, timeout=rig.PATIENCE,
                              env=with_modules())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
