"""Mail servers that cannot be installed beside Postfix: unpacked aside, and run in a mount namespace of their own in which the
users, folders and programs exist that they were compiled for.  Nothing of the machine is changed.  unshare(1)"""

import os
import pathlib
import shlex
import subprocess
import unittest

import rig

TOOLS = pathlib.Path(os.environ.get("POSTERN_TOOLS", str(rig.SOURCE / "build/tools")))


def needs_unpacked(package):
    """A decorator: skips with a sentence where the package was not unpacked, or a namespace cannot be made."""
    if not (TOOLS / package).is_dir():
        return unittest.skip(f"{package} is not unpacked in {TOOLS}")
    if os.geteuid() != 0:
        return unittest.skip(f"only root can start {package} in a mount namespace")
    if subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True).returncode != 0:
        return unittest.skip("this machine allows no mount namespaces")
    return lambda test: test


class Namespace:
    """Commands in it see an empty folder in place of each of `empty`, and `users` (name and home) besides the machine's, in whose
    place they stand where it has some of that name.  Each command has a namespace to itself; what they share is in `folder`."""

    def __init__(self, folder, users, empty=()):
        self.folder = folder
        self.users = users
        self.steps = ["set -e"]
        for name, home in users.items():
            self.add("passwd", f"{name}:x:{self.id_of(name)}:{self.id_of(name)}::{home}:/usr/sbin/nologin\n")
            self.add("group", f"{name}:x:{self.id_of(name)}:\n")
        for file in ("passwd", "group"):
            self.bind(folder / file, f"/etc/{file}")
        for path in empty:
            own = folder / ("own" + path.replace("/", "-"))
            own.mkdir(mode=0o755)
            self.bind(own, path)

    def id_of(self, name):
        """A number that no user of this machine is likely to have."""
        return 64200 + list(self.users).index(name)

    def add(self, file, line):
        own = self.folder / file
        if not own.exists():
            others = pathlib.Path("/etc", file).read_text().splitlines(keepends=True)
            own.write_text("".join(other for other in others if other.split(":")[0] not in self.users))
        with open(own, "a") as text:
            text.write(line)

    def bind(self, source, path):
        self.steps.append(f"mount --bind {shlex.quote(str(source))} {shlex.quote(path)}")

    def command(self, *command):
        return ["unshare", "-m", "--propagation", "private", "sh", "-c", "; ".join([*self.steps, 'exec "$@"']), "sh", *map(str, command)]
