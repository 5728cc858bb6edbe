"""Pulsegate itself, with a configuration of the test's own."""

from support.case import BINARY
from support.metrics import Metrics
from support.ports import free_port
from support.web import get

CONFIGURATION = """\
listeners:
  - {{ address: 127.0.0.1:{port}{listener} }}
admin:
  address: 127.0.0.1:{admin_port}
{admin}workers: 2
trusted_proxies: [127.0.0.1/32]
heartbeat: {heartbeat}
limits: {limits}
drain: {drain}
routes:
{routes}
"""


class Gateway:
    def __init__(self, test, port, admin_port, file, prefix=()):
        self.port = port
        self.admin_port = admin_port
        self.url = f"ws://127.0.0.1:{port}"
        self.process = test.spawn("gateway", [*prefix, BINARY, "run", "--config", file])

    @classmethod
    async def start(cls, test, prefix=(), **settings):
        """Starts one with the settings of write() and waits until it is ready.

        prefix: words of a command that becomes the gateway, such as prlimit.
        """
        port, admin_port = free_port(), free_port()
        file = cls.write(test, port, admin_port, **settings)
        return await cls.run(test, port, admin_port, file, prefix)

    @staticmethod
    def write(
        test,
        port,
        admin_port,
        upstream="echo",
        routes=None,
        route_heartbeats=None,
        route_keys=None,
        heartbeat="{ interval: 1s, timeout: 4s }",
        limits="{ handshake: 10s }",
        drain="{ window: 200ms }",
        listener="",
        admin="",
        more="",
    ):
        """A configuration; the file.

        routes: {path: upstream}, instead of one upstream for all paths.
        route_heartbeats: {path: heartbeat}, of those routes that have their own.
        route_keys: {path: keys}, what else a route has, such as `origins: []`.
        listener: what its listener has beside its address.
        admin: a key of the admin listener with its value.
        more: whole lines.
        """
        own = {
            path: f", heartbeat: {heartbeat}"
            for path, heartbeat in (route_heartbeats or {}).items()
        }
        for path, keys in (route_keys or {}).items():
            own[path] = own.get(path, "") + f", {keys}"
        lines = [
            f'  - {{ path: {path}, upstream: "{to}"{own.get(path, "")} }}'
            for path, to in (routes or {"/": upstream}).items()
        ]
        text = CONFIGURATION.format(
            port=port,
            admin_port=admin_port,
            heartbeat=heartbeat,
            limits=limits,
            drain=drain,
            listener=f", {listener}" if listener else "",
            admin=f"  {admin}\n" if admin else "",
            routes="\n".join(lines),
        )
        return test.write(f"gateway-{port}.yaml", text + more)

    @classmethod
    async def run(cls, test, port, admin_port, file, prefix=()):
        """Starts one with a file that write() made, and waits until it is ready."""
        gateway = cls(test, port, admin_port, file, prefix)
        test.gateways.append(gateway)

        async def is_ready():
            return (await gateway.readyz()).status == 200

        await gateway.process.until(is_ready, "the gateway is ready")
        return gateway

    async def readyz(self):
        return await get(f"http://127.0.0.1:{self.admin_port}/readyz")

    async def metrics(self):
        answer = await get(f"http://127.0.0.1:{self.admin_port}/metrics")
        assert answer.status == 200, answer.status
        return Metrics(answer.text)

    async def live(self):
        """How many sessions it says it has."""
        return (await self.metrics()).sum("pulsegate_connections")

    def log_lines(self, *words):
        """The lines of its log that contain all of these."""
        return [
            line for line in self.process.log().splitlines() if all(word in line for word in words)
        ]
