"""A gateway with short limits, and ways to it: directly, over TLS, behind Nginx and HAProxy."""

import subprocess

from support.gateway import Gateway
from support.haproxy import HAProxy
from support.nginx import Nginx
from support.paced_pairs import PacedPairs, small_socket
from support.ports import free_port

INTERVAL, TIMEOUT, WRITE_STALL = 1.0, 3.0, 3.0  # seconds
DIRECTLY, TLS, NGINX, HAPROXY = "directly", "over TLS", "behind Nginx", "behind HAProxy"
PROXIES = (NGINX, HAPROXY)
HAPROXY_TIMES = "timeout client 1h\n    timeout server 1h\n    timeout tunnel 1h"
LIMITS = "{ handshake: 10s, message: 64MiB, write_stall: 3s }"
# A proxy takes a third of its send buffer at a time: for a slow client that is many seconds apart.
SLOW_LIMITS = "{ handshake: 10s, message: 64MiB, write_stall: 30s }"
HEARTBEAT = "{ interval: 1s, timeout: 3s }"


class PacedWays:
    @classmethod
    async def start(cls, test, ways=(DIRECTLY, TLS, NGINX, HAPROXY), near="127.0.0.1", **settings):
        """near: the address of the gateway's plain listener."""
        made = cls()
        made.pairs = await PacedPairs.start(test)
        made.ways = ways
        made.trust = test.directory / "gate.pem"
        make_certificate(test.directory)
        port, tls_port, admin_port = free_port(), free_port(), free_port()
        routes = {"/": made.pairs.url, "/echo": "echo"}
        settings = {"heartbeat": HEARTBEAT, "limits": LIMITS, "routes": routes} | settings
        file = Gateway.write(test, port, admin_port, **settings)
        text = file.read_text()
        listener = f"  - {{ address: 127.0.0.1:{port} }}\n"
        assert text.count(listener) == 1
        listeners = listener + (
            f"  - address: 127.0.0.1:{tls_port}\n"
            f"    tls: {{ certificate: {made.trust}, private_key: {test.directory}/gate.key }}\n"
        )
        if near != "127.0.0.1":
            listeners += f"  - {{ address: {near}:{port} }}\n"
        file.write_text(text.replace(listener, listeners))
        made.gateway = await Gateway.run(test, port, admin_port, file)
        made._addresses = {DIRECTLY: (near, port), TLS: ("127.0.0.1", tls_port)}
        if NGINX in ways:
            made._addresses[NGINX] = ("127.0.0.1", (await Nginx.start(test, made.gateway)).port)
        if HAPROXY in ways:
            haproxy = await HAProxy.start(test, made.gateway, HAPROXY_TIMES)
            made._addresses[HAPROXY] = ("127.0.0.1", haproxy.port)
        return made

    async def open(self, way, path="/", rate=None, make_socket=small_socket):
        """(client, app) of a new session."""
        return await self.pairs.open(
            self._addresses[way], path, self._trust(way), make_socket, rate
        )

    async def open_client(self, way, path):
        """The client of a session whose application is not the test's."""
        return await self.pairs.open_client(self._addresses[way], path, self._trust(way))

    def address(self, way):
        return self._addresses[way]

    def _trust(self, way):
        return self.trust if way == TLS else None


class NginxAlone:
    """The same without a gateway: what the ends could have of each other."""

    def __init__(self, pairs, port):
        self.pairs = pairs
        self._port = port

    @classmethod
    async def start(cls, test):
        pairs = await PacedPairs.start(test)
        return cls(pairs, (await Nginx.start(test, pairs)).port)

    async def open(self, way=None, path="/", rate=None):
        return await self.pairs.open(("127.0.0.1", self._port), path, rate=rate)


def make_certificate(directory):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", "/CN=gate"),
            *("-addext", "subjectAltName=DNS:gate.example"),
            *("-keyout", directory / "gate.key", "-out", directory / "gate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    (directory / "gate.key").chmod(0o600)
