"""A scratch root: this machine as it is, on which a test may install, without leaving a trace.

An overlay over / whose changes are in memory, in a mount namespace and a network namespace of its
own: the fixed ports of an installed service are free there. Needs root, as a package manager does.
"""

import os
import subprocess

from support.waiting import eventually

# $1: an empty directory; $2: a directory that is the same inside.
PREPARE = """\
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" overlay "$1/root"
for each in proc dev; do mount --rbind "/$each" "$1/root/$each"; done
mount -t tmpfs tmpfs "$1/root/run"
mkdir -p "$1/root$2"
mount --bind "$2" "$1/root$2"
ip link set lo up
echo ready
exec sleep infinity
"""


class ScratchRoot:
    def __init__(self, test):
        self._test = test
        base = test.directory / "scratch"
        base.mkdir()
        self._holder = test.spawn(
            "scratch-root",
            ["unshare", "--mount", "--net", "--propagation", "private"]
            + ["sh", "-c", PREPARE, "sh", base, test.directory],
        )
        self._root = str(base / "root")

    @staticmethod
    def is_possible():
        """Root of a container may not be allowed to mount."""
        trial = ["unshare", "--mount", "--net", "--propagation", "private", "true"]
        return os.geteuid() == 0 and subprocess.run(trial, capture_output=True).returncode == 0

    @classmethod
    async def start(cls, test):
        root = cls(test)
        await root._holder.until(lambda: "ready" in root._holder.log(), "the scratch root is there")
        return root

    def command(self, *words):
        """What runs a command inside; its own words may follow."""
        pid = self._holder.pid
        return [
            "nsenter",
            f"--mount=/proc/{pid}/ns/mnt",
            f"--net=/proc/{pid}/ns/net",
            "chroot",
            self._root,
            *map(str, words),
        ]

    def run(self, *words, code=0):
        """Runs a command inside to its end; what it wrote to both outputs."""
        result = subprocess.run(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
            timeout=60,
        )
        output = result.stdout.decode(errors="replace")
        self._test.assertEqual(result.returncode, code, f"{words}:\n{output}")
        return output

    def has(self, path):
        return (
            subprocess.run(self.command("test", "-e", path), stdin=subprocess.DEVNULL).returncode
            == 0
        )

    def read(self, path):
        return self.run("cat", path)

    def spawn(self, name, *words, **options):
        """Starts a command inside that ends with the test."""
        return self._test.spawn(name, self.command(*words), **options)

    async def until(self, *words, what, seconds=15.0):
        """Waits until a command inside ends with 0."""

        def succeeds():
            return subprocess.run(self.command(*words), capture_output=True).returncode == 0

        await eventually(succeeds, what, seconds)
