"""OpenSMTPD as a client: what it is given on its own port it passes on to another."""

import shutil

import private
import rig

PROGRAM = "opensmtpd/usr/sbin/smtpd"
PATHS = ("/var/spool", "/var/lib", "/run")  # compiled in


class OpenSmtpd(rig.Server):
    def __init__(self, relay, tls):
        super().__init__("opensmtpd")
        scheme, check = ("smtp+tls", " tls no-verify") if tls else ("smtp", "")
        config = self.write("smtpd.conf", f"""
listen on 127.0.0.1 port {self.port} hostname mail.example.net
action "out" relay host "{scheme}://127.0.0.1:{relay}"{check} helo mail.example.net
match from any for any action "out"
""")
        namespace = private.Namespace(self.folder, {"opensmtpd": "/var/lib/opensmtpd/empty", "opensmtpq": "/var/lib/opensmtpd/empty"}, empty=PATHS)
        (self.folder / "own-var-lib/opensmtpd/empty").mkdir(parents=True)
        program = shutil.copy2(private.TOOLS / PROGRAM, self.folder)  # the checkout may be below one of PATHS
        self.start_process(*namespace.command(program, "-d", "-f", config))
