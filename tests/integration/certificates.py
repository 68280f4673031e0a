"""Self-signed certificates for the tests that speak TLS, made by the openssl program."""

import ssl
import subprocess


def make(folder, name, host):
    """An RSA key and its certificate for that host, as NAME.pem and NAME.key below the folder."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host}", "-out", folder / f"{name}.pem", "-keyout", folder / f"{name}.key"],
                   check=True, capture_output=True)
    return folder / f"{name}.pem"


def octets(file):
    """The certificate as a client is shown it."""
    return ssl.PEM_cert_to_DER_cert(file.read_text())
