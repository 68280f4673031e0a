"""Exim as a client: it takes messages as batch SMTP and passes all of them on to one port."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import private
import rig

PROGRAM = "exim4-daemon-light/usr/sbin/exim4"
CONFIG = """
primary_hostname = mail.example.net
spool_directory = {folder}/spool
log_file_path = {folder}/log/%s
exim_user = {user}
exim_group = {user}
never_users =
keep_environment =
domainlist local_domains =
acl_smtp_rcpt = accept
acl_not_smtp = accept
host_lookup =
queue_only
disable_ipv6
prdr_enable = false
tls_advertise_hosts =
trusted_users = root
begin routers
all:
  driver = manualroute
  transport = out
  route_list = * 127.0.0.1
  self = send
begin transports
out:
  driver = smtp
  port = {port}
  allow_localhost
  hosts_try_chunking = *
  hosts_require_tls = {tls}
  hosts_try_dane =
  tls_verify_certificates =
  tls_verify_hosts =
begin retry
* * F,1h,1m
"""


class Exim:
    def __init__(self, port, tls):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-exim-"))
        self.folder.chmod(0o755)
        self.user = "Debian-exim"
        self.namespace = private.Namespace(self.folder, {self.user: "/nonexistent"})
        owner = self.namespace.id_of(self.user)
        for name in ("spool", "log"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, owner, owner)
        self.config = self.folder / "exim.conf"
        self.config.write_text(CONFIG.format(folder=self.folder, user=self.user, port=port, tls="*" if tls else ""))

    def run(self, *arguments, **options):
        command = self.namespace.command(private.TOOLS / PROGRAM, "-C", self.config, *arguments)
        try:
            done = subprocess.run(command, capture_output=True, timeout=rig.PATIENCE * 2, **options)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"exim {arguments} does not end: {self.log()[-3000:]}") from None
        if done.returncode != 0:
            raise AssertionError(f"exim ended with {done.returncode}: {(done.stdout + done.stderr).decode(errors='replace')[-3000:]}")
        return done.stdout

    def log(self):
        return "".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("log/*")))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
