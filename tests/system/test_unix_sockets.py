"""Who may connect to a Unix socket: `mode` and `group`, asked as another user, and by a real Nginx."""

import grp
import os
import pwd
import shutil
import signal
import stat
import subprocess
import unittest

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.raw_client import RawClient
from support.waiting import eventually

CONNECT = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
try:
    client.connect(sys.argv[1])
except PermissionError:
    sys.exit(13)
"""


def is_account(name):
    try:
        return bool(pwd.getpwnam(name)) and bool(grp.getgrnam(name))
    except KeyError:
        return False


def may_connect(path, user, group):
    """Whether that user may, who is in that group alone."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", CONNECT, path], user=user, group=group, extra_groups=[], timeout=30
    )
    assert done.returncode in (0, 13), done
    return done.returncode == 0


@unittest.skipUnless(os.geteuid() == 0 and is_account("www-data"), "takes root and www-data")
class UnixSockets(SystemTest):
    def setUp(self):
        self.path = self.directory / "gateway.sock"

    def configured(self, keys, **settings):
        """(file, admin port) of a gateway whose listener is the socket, with these keys."""
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, **settings)
        address = f"address: 127.0.0.1:{port}"
        self.assertIn(address, file.read_text())
        file.write_text(file.read_text().replace(address, f"address: 'unix:{self.path}'{keys}"))
        return file, port, admin_port

    async def run_gateway(self, keys, umask="077", prefix=None):
        file, port, admin_port = self.configured(keys)
        start = ["bash", "-c", f'umask {umask}; exec "$@"', "bash"] + (prefix or [])
        return file, await Gateway.run(self, port, admin_port, file, prefix=start)

    def facts(self):
        status = self.path.stat()
        return stat.S_IMODE(status.st_mode), grp.getgrgid(status.st_gid).gr_name

    async def test_without_them_the_umask_decides(self):
        await self.run_gateway("")
        self.assertEqual(self.facts(), (0o700, "root"))
        self.assertFalse(may_connect(self.path, "www-data", "www-data"))

    async def test_the_group_may_connect_and_nobody_else(self):
        await self.run_gateway(", mode: 0660, group: www-data")
        self.assertEqual(self.facts(), (0o660, "www-data"))
        self.assertTrue(may_connect(self.path, "www-data", "www-data"))
        self.assertTrue(may_connect(self.path, "nobody", "www-data"))
        self.assertFalse(may_connect(self.path, "nobody", "nogroup"))

    async def test_a_reload_and_a_gateway_that_takes_over_follow_them(self):
        file, old = await self.run_gateway(", mode: 0600")
        self.assertFalse(may_connect(self.path, "www-data", "www-data"))
        file.write_text(file.read_text().replace("mode: 0600", "mode: 0660, group: www-data"))
        old.process.signal(signal.SIGHUP)
        await eventually(lambda: self.facts() == (0o660, "www-data"), "the reload")
        self.assertTrue(may_connect(self.path, "www-data", "www-data"))
        heir = self.spawn("heir", [BINARY, "run", "--config", file, "--take-over", old.process.pid])
        self.assertEqual(await old.process.ended(20), 0)
        self.assertEqual(self.facts(), (0o660, "www-data"))
        self.assertTrue(may_connect(self.path, "www-data", "www-data"))
        heir.signal(signal.SIGTERM)
        self.assertEqual(await heir.ended(), 0)

    async def test_a_group_that_cannot_be_given_stops_the_start_and_leaves_no_file(self):
        for group, user, why in (
            ("nosuchgroup", "root", "there is no group `nosuchgroup`"),
            ("root", "www-data", "its group cannot be `root` (Operation not permitted)"),
        ):
            with self.subTest(group=group):
                folder = self.directory / user
                folder.mkdir()
                shutil.chown(folder, user)
                self.path = folder / "gateway.sock"
                file, _, _ = self.configured(f", group: {group}")
                program = shutil.copy(BINARY, self.directory)  # where that user may read it
                done = subprocess.run(
                    [program, "run", "--config", file],
                    user=user, group=user, extra_groups=[], capture_output=True, text=True, timeout=60,
                )
                self.assertEqual(done.returncode, 1)
                self.assertIn(why, done.stderr)
                self.assertFalse(self.path.exists())

    async def test_check_says_of_a_real_nginx_what_becomes_of_it(self):
        for keys, status in (
            ("", 502),
            (", mode: 0660", 502),
            (", mode: 0660, group: www-data", 101),
            (", mode: 0666", 101),
        ):
            with self.subTest(keys=keys):
                self.path = self.directory / f"{free_port()}.sock"
                file, gateway = await self.run_gateway(keys, umask="022")
                port = free_port()
                location = RELAYED + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
                text = http_site(port, 1, location, main="user www-data;").replace(
                    "http://127.0.0.1:1;", f"http://unix:{self.path}:;"
                )
                site = Nginx.write(self, port, text)
                await Nginx.run(self, port, site)
                client = await RawClient.connect(port)
                client.send(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                self.assertEqual((await client.answer())[0], status)
                client.abort()
                done = subprocess.run(
                    [BINARY, "check", "--config", file, "--nginx", site, "--format", "line"],
                    capture_output=True, text=True, timeout=60,
                )
                self.assertEqual("PG345" in done.stdout, status == 502, done.stdout)
                gateway.process.signal(signal.SIGTERM)
                await gateway.process.ended()


if __name__ == "__main__":
    main()
