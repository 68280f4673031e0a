"""Runs testssl.sh and reads what it found."""

import json
import subprocess
import tempfile


def findings(port, *options, starttls):
    """What testssl.sh says of that listener: a list of its JSON objects."""
    with tempfile.TemporaryDirectory(prefix="postern-testssl-") as folder:
        file = f"{folder}/found.json"
        done = subprocess.run(["testssl", "--quiet", "--color", "0", "--nodns", "none", "--ip", "127.0.0.1", "--warnings", "off",
                               "--jsonfile", file, *options, *(["--starttls", "smtp"] if starttls else []), f"127.0.0.1:{port}"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
        try:
            with open(file) as text:
                return json.load(text)
        except (OSError, ValueError):
            raise AssertionError(f"testssl.sh ended with {done.returncode}: {done.stdout.decode(errors='replace')[-3000:]}") from None
