"""Real servers for the integration tests, each in a folder of its own on a loopback port of its own: Postern, Postfix,
Dovecot, and a mail server of ours that does what a test wants.  Only processes started here are ended."""

import contextlib
import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("POSTERN_BINARY", str(SOURCE / "build/dev/postern"))
PATIENCE = float(os.environ.get("POSTERN_TEST_PATIENCE", "60"))  # seconds; sanitizers are slow
SAMPLES = SOURCE / "config/demo/messages"


def wait_until(what, condition):
    """The first true value of condition(); it is asked again until PATIENCE is over."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.02)
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def needs(program, *, root=False):
    """A decorator: skips a test with a sentence where a program is missing."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if not shutil.which(program, path=path):
        return unittest.skip(f"{program} is not installed")
    if root and os.geteuid() != 0:
        return unittest.skip(f"only root can start {program}")
    return lambda test: test


LIBC = ctypes.CDLL(None)


def end_with_us():
    """In the child: Postern and Dovecot do not outlive a test that was itself killed.  prctl(PR_SET_PDEATHSIG, SIGTERM);
    Postfix loses it when it changes its user, prctl(2)."""
    LIBC.prctl(1, signal.SIGTERM)


class Server:
    """A process in its own folder that listens on its own port."""

    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"postern-{name}-"))
        self.folder.chmod(0o755)  # Postfix and Dovecot drop root and must get in
        self.port = free_port()
        self.process = None
        self.log = self.folder / "output"

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def start_process(self, *command, wait_for_port=True):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                                            start_new_session=True, preexec_fn=end_with_us)
        try:
            if wait_for_port:
                wait_until(f"{command[0]} listens", lambda: self.must_live() and listens(self.port))
        except BaseException:
            self.stop()  # a constructor that fails has no __exit__
            raise

    def must_live(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.process.args[0]} ended with {self.process.returncode}:\n" + self.log.read_text(errors="replace")[-4000:])
        return True

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Postern(Server):
    """`mailstore` is the body of [mailstore.main]; `zone` a dict, None for that of the demo; `dns` a server in its place."""

    def __init__(self, mailstore, *, zone=None, dns=None, policy=None, more="", start=True):
        super().__init__("gateway")
        zone = json.loads((SOURCE / "config/demo/zone.json").read_text()) if zone is None else zone
        self.zone = self.write("zone.json", json.dumps(zone))
        self.write("policy.toml", policy or (SOURCE / "config/policy.toml").read_text())
        self.config = self.write("postern.toml", f"""
hostname = "mx1.example.com"
state = "state"
[[listener]]
address = ["127.0.0.1:{self.port}"]
xclient_from = ["127.0.0.1"]
[domains."example.com"]
mailstore = "main"
[mailstore.main]
{mailstore}
[policy]
files = ["policy.toml"]
[dns]
{f'servers = ["{dns}"]' if dns else 'zone = "zone.json"'}
[review]
listen = ""
[control]
socket = "control.sock"
[limits]
min_free = "0%"
{more}
""")
        if start:
            self.start()

    def command(self, name="serve"):
        return [BINARY, name, "-c", str(self.config)]

    def start(self, *before):
        """It takes mail a moment before it listens to commands: both are there when this returns."""
        before_this = self.starts()
        self.start_process(*before, *self.command())
        try:
            wait_until("postern has started", lambda: self.must_live() and self.starts() > before_this)
        except BaseException:
            self.stop()
            raise

    def starts(self):
        return self.log.read_bytes().count(b"event=started ") if self.log.exists() else 0

    def kill(self):
        self.process.kill()
        self.process.wait()

    def records(self, ids):
        """The journal's records of these transactions, by id, as far as they are whole: one may just be written."""
        found = {}
        for file in sorted((self.folder / "state/journal").glob("*.jsonl")):
            for line in file.read_text(errors="replace").splitlines():
                with contextlib.suppress(json.JSONDecodeError):
                    record = json.loads(line)
                    if record["id"] in ids:
                        found[record["id"]] = record
        return found

    def record(self, transaction):
        """That of one transaction, which is written just after the reply."""
        return wait_until(f"a record of {transaction}", lambda: self.records([transaction]).get(transaction))

    def held(self, kind):
        return sorted((self.folder / "state/held" / kind).glob("*.held"))

    def explain(self, *arguments):
        done = subprocess.run([*self.command("explain"), "--json", "--dns", str(self.zone), *arguments],
                              capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            raise AssertionError(f"explain ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


MASTER_CF = """pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
showq unix n - n - - showq
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Server):
    """Delivers mail for example.com into Maildirs below mail/; with `relay` it passes everything to that port."""

    def __init__(self, relay=None):
        super().__init__("postfix")
        owner = pwd.getpwnam("nobody")
        mail = self.folder / "mail"
        mail.mkdir()
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        (self.folder / "queue").mkdir()
        (self.folder / "data").mkdir()
        os.chown(self.folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        target = f"relayhost = [127.0.0.1]:{relay}\nmydestination =\n" if relay else f"""mydestination =
virtual_mailbox_domains = example.com
virtual_mailbox_base = {mail}
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
"""
        self.write("main.cf", f"""compatibility_level = 3.6
config_directory = {self.folder}
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
maillog_file = {self.folder}/maillog
maillog_file_prefixes = {self.folder}
myhostname = mail.example.net
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtpd_tls_security_level = none
smtp_tls_security_level = may
{target}""")
        self.write("master.cf", f"127.0.0.1:{self.port} inet n - n - - smtpd\n" + MASTER_CF)
        # Not `postfix start-fg`: that is a script whose master would outlive it.  `check` makes the queue's folders.
        subprocess.run(["/usr/sbin/postfix", "-c", self.folder, "check"], check=True, capture_output=True, timeout=PATIENCE)
        daemons = subprocess.run(["/usr/sbin/postconf", "-c", self.folder, "-h", "daemon_directory"], check=True, capture_output=True, text=True)
        self.start_process(f"{daemons.stdout.strip()}/master", "-c", str(self.folder), "-d")

    def messages(self):
        return [file for file in self.folder.glob("mail/all/new/*") if file.is_file()]


class DovecotLmtp(Server):
    """Puts what it is given into Maildirs below mail/."""

    def __init__(self):
        super().__init__("dovecot")
        owner = pwd.getpwnam("nobody")
        mail = self.folder / "mail"
        mail.mkdir()
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        config = self.write("dovecot.conf", f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/dovecot.log
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
first_valid_gid = 1
postmaster_address = postmaster@example.com
mail_location = maildir:{mail}/%u
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={mail}/%u allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.port}
  }}
}}
service stats {{
  chroot =
}}
""")
        self.start_process("/usr/sbin/dovecot", "-F", "-c", str(config))

    def messages(self):
        return [file for file in self.folder.glob("mail/*/new/*") if file.is_file()]


class Sink:
    """A mail server of ours: takes everything but for recipients that are not there (`unknown` octets in RCPT), and
    answers the end of a message only when it may."""

    def __init__(self, unknown=None):
        self.unknown = unknown
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked = threading.Event()  # a whole message is here
        self.answered = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        with contextlib.suppress(OSError), client, client.makefile("rb") as lines:
            client.sendall(b"220 sink\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"EHLO":
                    client.sendall(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
                elif verb == b"RCPT" and self.unknown and self.unknown in line:
                    client.sendall(b"550 5.1.1 nobody is there\r\n")
                elif verb == b"DATA":
                    client.sendall(b"354 go\r\n")
                    while next(lines) != b".\r\n":
                        pass
                    self.asked.set()
                    self.may_answer.wait()
                    client.sendall(b"250 2.0.0 taken\r\n")
                    self.answered += 1
                else:
                    client.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.may_answer.set()
        self.listener.close()
