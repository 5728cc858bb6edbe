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
    option forwardfor
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


def haproxy_text(port, gateway_port, defaults, frontend="", backend="", main=""):
    """A configuration that passes all to a gateway; each text goes into the section of its name."""
    return CONFIGURATION.format(
        port=port,
        gateway_port=gateway_port,
        defaults=defaults,
        frontend=frontend,
        backend=backend,
        main=main,
    )


class HAProxy:
    def __init__(self, test, port, file, process):
        self._test = test
        self._file = file
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, test, gateway, defaults, **sections):
        """Starts one in front of `gateway`; the texts are those of haproxy_text()."""
        port = free_port()
        text = haproxy_text(port, gateway.port, defaults, **sections)
        return await cls.run(test, port, cls.write(test, port, text))

    @staticmethod
    def write(test, port, text):
        """A configuration with this text; the file."""
        return test.write(f"haproxy-{port}.cfg", text)

    @classmethod
    async def run(cls, test, port, file):
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
