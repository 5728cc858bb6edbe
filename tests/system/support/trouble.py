"""Everything that can go wrong around a gateway, one after the other: what each phase does has
happened when it returns."""

import asyncio
import signal
import subprocess

import websockets

from support.accounts import settled
from support.bad_apps import start_bad_apps
from support.gateway import Gateway
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.raw_client import BINARY, RawClient, frame, request
from support.waiting import eventually

CLIENTS = 33  # that stay until all are lost
LIMIT = 40  # connections, in the end
LEFT = 5  # clients of the drain
SILENT, QUIET = 40, 10
BIG = frame(BINARY, bytes(1 << 20))  # made here: masking takes long, and clients must answer pings


async def echo(socket, *_):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        pass  # as its client was lost


def make_certificate(directory):
    """The keys of `tls` for it."""
    names = directory / "own.pem", directory / "own.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", "/CN=own"),
            *("-out", names[0], "-keyout", names[1]),
        ],
        check=True,
        capture_output=True,
    )
    names[1].chmod(0o600)
    return "certificate: {}, private_key: {}".format(*names)


def limits(connections):
    return f"{{ handshake: 10s, write_stall: 1s, connections: {connections} }}"


class Trouble:
    def __init__(self, test):
        self._test = test
        self._deeds = {}
        self._servers = []

    async def start(self):
        """A healthy gateway, and clients that talk to it and through it."""
        app = await websockets.serve(echo, "127.0.0.1", free_port(), ping_interval=None)
        bad, servers = await start_bad_apps()
        self._servers = [app, *servers]
        self._settings = {
            "routes": {
                "/": "echo",
                "/quiet": "echo",
                "/app": f"ws://127.0.0.1:{app.sockets[0].getsockname()[1]}",
                "/down": f"ws://127.0.0.1:{bad['down']}",
                "/cut": f"ws://127.0.0.1:{bad['cut_after_upgrade']}",
            },
            "route_heartbeats": {"/quiet": "{ interval: 1h, timeout: 2h }"},
            "heartbeat": "{ interval: 500ms, timeout: 4s }",
            "drain": "{ window: 5s }",
            # A listener with TLS beside the first one, for what is told of certificates.
            "listener": f"proxy_protocol: off }}\n  - {{ address: 127.0.0.1:{free_port()}, "
            f"tls: {{ {make_certificate(self._test.directory)} }}",
        }
        self.gateway = await Gateway.start(self._test, limits=limits(500), **self._settings)
        self._clients = await self._open(CLIENTS - 3) + await self._open(3, "/app")
        self._repeat("talk", self._talk, 0.3)

    def stop(self):
        for name in list(self._deeds):
            self._end(name)
        for server in self._servers:
            server.close()

    async def misaligned_proxy(self):
        """An Nginx whose limit is too short cuts quiet clients, and the gateway is told of it."""
        port = free_port()
        site = http_site(port, self.gateway.port, RELAYED + "proxy_read_timeout 2s;")
        file = Nginx.write(self._test, port, site)
        self._proxies = f"proxies:\n  - nginx: {{ config: {file} }}\nalignment: warn\n"
        await self._reload("success", limits=limits(500), more=self._proxies)
        nginx = await Nginx.run(self._test, port, file)
        quiet = []
        for _ in range(QUIET):
            quiet.append(await RawClient.open(nginx.port, "/quiet"))
            await asyncio.sleep(0.6)  # a crowd that is cut at one moment is no evidence
        await self._all_end(quiet)

    async def bad_clients(self):
        """Clients that go silent are evicted, and one that takes nothing is ended."""
        opening = (RawClient.open(self.gateway.port) for _ in range(SILENT))
        silent = await asyncio.gather(*opening)
        self._slow = await RawClient.open(self.gateway.port)
        for _ in range(16):
            self._slow.send(BIG)
        await self._all_end(silent)

    def app_goes_down(self):
        """Every attempt to reach it fails, and it cuts what it accepts, until it is up again."""
        self._repeat("down", lambda: self._attempt("/down"), 0.1)
        self._repeat("cut", lambda: self._attempt("/cut"), 0.3)

    async def app_is_up_again(self):
        self._end("down")
        self._end("cut")
        await settled(self.gateway, live=CLIENTS, seconds=30)

    async def too_many_clients(self):
        """All places are taken, and more come; it goes on until everybody is lost."""
        await self._reload("success", limits=limits(LIMIT), more=self._proxies)
        self._clients += await self._open(LIMIT - CLIENTS)
        self._repeat("refused", lambda: self._attempt("/"), 0.1)

    async def mistake_in_the_file(self):
        await self._reload("failure", limits=limits(LIMIT), more="no_key: 1\n")

    async def everybody_is_lost(self):
        """At once, and nobody comes back."""
        self._end("refused")
        self._end("talk")
        for client in self._clients:
            client.transport.abort()
        self._slow.abort()
        await settled(self.gateway, seconds=30)

    async def drain_begins(self):
        self._clients = await self._open(LEFT)
        self.gateway.process.signal(signal.SIGTERM)

    async def _talk(self):
        await asyncio.gather(*(client.send("a message") for client in self._clients))
        await asyncio.gather(*(client.recv() for client in self._clients))

    async def _open(self, count, path="/"):
        url = f"{self.gateway.url}{path}"
        connecting = (
            websockets.connect(url, ping_interval=None, open_timeout=60) for _ in range(count)
        )
        return await asyncio.gather(*connecting)

    @staticmethod
    async def _all_end(clients):
        await asyncio.gather(*(client.ended() for client in clients))
        for client in clients:
            client.abort()

    async def _attempt(self, path):
        client = await RawClient.connect(self.gateway.port)
        client.send(request(path))
        await client.answer()
        client.abort()

    async def _reload(self, result, **settings):
        name = "pulsegate_config_reloads_total"
        before = (await self.gateway.metrics()).sum(name, result=result)
        gateway = self.gateway
        Gateway.write(self._test, gateway.port, gateway.admin_port, **(self._settings | settings))
        gateway.process.signal(signal.SIGHUP)

        async def is_counted():
            return (await gateway.metrics()).sum(name, result=result) > before

        await eventually(is_counted, f"a reload with the result {result}")

    def _repeat(self, name, deed, pause):
        async def again_and_again():
            while True:
                await deed()
                await asyncio.sleep(pause)

        self._deeds[name] = asyncio.create_task(again_and_again())

    def _end(self, name):
        """Ends what goes on; what it failed by fails the test."""
        deed = self._deeds.pop(name)
        if not deed.cancel():
            deed.result()
