"""The Debian package, as dpkg and its users meet it: in a scratch root, and with lintian."""

import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import unittest

from support.case import BINARY, SystemTest, main
from support.debian import package
from support.scratch_root import ScratchRoot
from support.waiting import eventually

UNIT = "/lib/systemd/system/pulsegate.service"
CONFIGURATION = "/etc/pulsegate/gateway.yaml"
ECHO = """\
import asyncio, websockets
async def main():
    async with websockets.connect("ws://127.0.0.1:8081/", ping_interval=None) as client:
        await client.send("hello")
        print(await client.recv())
asyncio.run(main())
"""


def field(name):
    return subprocess.run(
        ["dpkg-deb", "--field", package(), name], capture_output=True, text=True, check=True
    ).stdout.strip()


def assignment(unit, key):
    """What a unit sets, once."""
    (value,) = re.findall(rf"^{key}=(.*)$", unit, re.M)
    return value


class DebianPackage(SystemTest):
    async def test_it_has_what_policy_asks_for(self):
        listing = subprocess.run(
            ["dpkg-deb", "--contents", package()], capture_output=True, text=True, check=True
        ).stdout
        files = {line.split()[5].lstrip("."): line.split()[:2] for line in listing.splitlines()}
        for path, mode in (
            ("/usr/bin/pulsegate", "-rwxr-xr-x"),
            (UNIT, "-rw-r--r--"),
            ("/lib/systemd/system/pulsegate.socket", "-rw-r--r--"),
            (CONFIGURATION, "-rw-r--r--"),
            ("/usr/share/bash-completion/completions/pulsegate", "-rw-r--r--"),
            ("/usr/share/man/man1/pulsegate.1.gz", "-rw-r--r--"),
            ("/usr/share/doc/pulsegate/copyright", "-rw-r--r--"),
            ("/usr/share/doc/pulsegate/changelog.Debian.gz", "-rw-r--r--"),
        ):
            self.assertEqual(files.get(path), [mode, "root/root"], path)
        self.assertFalse([path for path in files if path.startswith(("/usr/local", "/work"))])
        self.assertIn(f"pulsegate {field('Version').split('-')[0]}", self.program_version())
        for library in ("libc6", "libssl3", "libyaml-cpp0.7", "libsimdjson14", "libsystemd0", "adduser"):
            self.assertIn(library, field("Depends"))

    def program_version(self):
        return subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout

    async def test_lintian_finds_neither_errors_nor_warnings(self):
        result = subprocess.run(
            ["lintian", "--fail-on", "error,warning", "--allow-root", package()],
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    @unittest.skipUnless(ScratchRoot.is_possible(), "needs root that may mount")
    async def test_it_is_installed_serves_as_its_user_and_goes_without_a_trace(self):
        root = await ScratchRoot.start(self)
        deb = self.directory / "pulsegate.deb"
        deb.write_bytes(package().read_bytes())

        # Triggers would rebuild the index of this machine's manual pages.
        install = ("dpkg", "--no-triggers", "--install", deb)
        root.run(*install)
        user = root.run("getent", "passwd", "pulsegate").strip().split(":")
        self.assertEqual(user[5:], ["/nonexistent", "/usr/sbin/nologin"])
        self.assertFalse(root.has("/etc/systemd/system/multi-user.target.wants/pulsegate.service"))
        root.run("systemd-analyze", "verify", UNIT, "/lib/systemd/system/pulsegate.socket")
        report = root.run("pulsegate", "check", "--config", CONFIGURATION, "--unit", UNIT)
        self.assertIn("waits 1m30s after the order to stop, longer if the gateway asks", report)
        self.assertIn(f"{CONFIGURATION}: fine", report)

        with self.subTest("the service"):
            await self.serve_as_its_unit_says(root)

        with self.subTest("an upgrade keeps the configuration, and so does removal"):
            root.run("sh", "-c", f"echo '# mine' >> {CONFIGURATION}")
            root.run(*install)
            self.assertTrue(root.read(CONFIGURATION).endswith("# mine\n"))
            root.run("dpkg", "--no-triggers", "--remove", "pulsegate")
            self.assertFalse(root.has("/usr/bin/pulsegate"))
            self.assertTrue(root.read(CONFIGURATION).endswith("# mine\n"))

        with self.subTest("purge keeps what others put into /etc/pulsegate, and then the user"):
            root.run(*install)
            root.run("touch", "/etc/pulsegate/private.key")
            root.run("dpkg", "--no-triggers", "--purge", "pulsegate")
            self.assertFalse(root.has(CONFIGURATION))
            root.run("chown", "pulsegate", "/etc/pulsegate/private.key")
            root.run("rm", "-r", "/etc/pulsegate")

        with self.subTest("else purge leaves nothing"):
            root.run(*install)
            wants = "/etc/systemd/system/multi-user.target.wants"
            root.run("mkdir", "-p", wants)
            root.run("ln", "-s", UNIT, f"{wants}/pulsegate.service")  # as `systemctl enable` does
            root.run("dpkg", "--no-triggers", "--purge", "pulsegate")
            root.run("getent", "passwd", "pulsegate", code=2)
            left = root.run("find", "/etc", "/lib/systemd", "/usr/bin", "/usr/share/doc")
            left += root.run("find", "/var/lib/dpkg/info", "/usr/share/man")
            self.assertEqual([line for line in left.split("\n") if "pulsegate" in line], [])

    async def serve_as_its_unit_says(self, root):
        """Starts the unit's ExecStart as the unit's user, and is its service manager."""
        unit = root.read(UNIT)
        notify = self.directory / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(notify))
            manager.setblocking(False)
            os.chmod(notify, 0o777)
            self.assertEqual(assignment(unit, "Type"), "notify")
            service = root.spawn(
                "service",
                *("setpriv", "--reuid", assignment(unit, "User")),
                *("--regid", assignment(unit, "Group"), "--clear-groups"),
                *("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"),
                *shlex.split(assignment(unit, "ExecStart")),
                environment={"NOTIFY_SOCKET": str(notify)},
            )
            said = []

            def has_said(text):
                try:
                    said.append(manager.recv(4096).decode())
                except BlockingIOError:
                    pass
                return any(text in each for each in said)

            await service.until(lambda: has_said("READY=1"), "the service is ready")
            uids = pathlib.Path(f"/proc/{service.pid}/status").read_text()
            uid = root.run("id", "-u", "pulsegate").strip()
            self.assertIn(f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}", uids)
            self.assertIn("CapEff:\t0000000000000000", uids)

            root.run("pulsegate", "health", "--config", CONFIGURATION)
            root.run("pulsegate", "health", "--ready", "--config", CONFIGURATION)
            self.assertEqual(root.run("/usr/bin/python3", "-c", ECHO).strip(), "hello")

            service.signal(signal.SIGTERM)
            await eventually(
                lambda: has_said("EXTEND_TIMEOUT_USEC=35000000"), "it asks for window and 5 s"
            )
            self.assertEqual(await service.ended(), 0)


if __name__ == "__main__":
    main()
