"""A real HAProxy with a configuration of the test's own."""

import shutil

from support.ports import free_port
from support.tcp_table import is_listening
from support.waiting import eventually

CONFIGURATION = """\
global
    {main}

defaults
    mode http
    timeout connect 5s
    {defaults}

frontend clients
    bind 127.0.0.1:{port}
    {frontend}
    default_backend gateway

backend gateway
    {backend}
    server gateway 127.0.0.1:{gateway_port}
"""
PROGRAM = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin")


class HAProxy:
    def __init__(self, test, port, file, process):
        self._test = test
        self._file = file
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, test, gateway, defaults, frontend="", backend="", main=""):
        """Starts one in front of `gateway`. The texts go into the sections they are named for."""
        port = free_port()
        file = test.write(
            f"haproxy-{port}.cfg",
            CONFIGURATION.format(
                port=port,
                gateway_port=gateway.port,
                defaults=defaults,
                frontend=frontend,
                backend=backend,
                main=main,
            ),
        )
        process = test.spawn("haproxy", [PROGRAM, "-db", "-f", file])
        await process.until(lambda: is_listening(port), "HAProxy listens")
        return cls(test, port, file, process)

    async def reload(self):
        """Has a new process take over; the old one keeps its connections."""
        old = self.process
        self.process = self._test.spawn(
            "haproxy", [PROGRAM, "-db", "-f", self._file, "-sf", old.pid]
        )
        await eventually(lambda: "Proxy clients stopped" in old.log(), "the old HAProxy stops")
