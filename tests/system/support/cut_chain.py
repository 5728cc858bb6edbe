"""A gateway behind a proxy that may cut connections, and what the gateway says of that."""

import re

from support.gateway import Gateway
from support.nginx import Nginx
from support.nginx_site import RELAYED, http_site
from support.ports import free_port
from support.watched_client import WatchedClient

# Seldom: a ping puts off the cut of a quiet client, and cuts that fall together are one occasion.
HEARTBEAT = "{ interval: 1m, timeout: 4m }"
FORWARDED = RELAYED + "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
WORDS = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')


def fields(line):
    """Those of a line of the log."""
    return {key: value.strip('"') for key, value in WORDS.findall(line)}


class CutChain:
    def __init__(self, gateway, port, file):
        self.gateway = gateway
        self.port = port  # of the proxy
        self.file = file  # of the proxy
        self.proxy = None

    @classmethod
    async def start(cls, test, write_file, declare, heartbeat=HEARTBEAT):
        """Writes a proxy's file and starts the gateway.

        write_file: from the proxy's port and the gateway's; the file. declare: from the file, what
        gateway.yaml says of the proxy.
        """
        gateway_port, admin_port, port = free_port(), free_port(), free_port()
        file = write_file(port, gateway_port)
        configuration = Gateway.write(
            test,
            gateway_port,
            admin_port,
            heartbeat=heartbeat,
            more=declare(file) + "alignment: warn\n",
        )
        gateway = await Gateway.run(test, gateway_port, admin_port, configuration)
        return cls(gateway, port, file)

    @classmethod
    async def behind_nginx(cls, test, location="", main="", is_declared=True, heartbeat=HEARTBEAT):
        """One whose proxy is Nginx, running."""

        def write(port, gateway_port):
            text = http_site(port, gateway_port, FORWARDED + location, main=main)
            return Nginx.write(test, port, text)

        def declare(file):
            return f"proxies:\n  - nginx: {{ config: {file} }}\n" if is_declared else ""

        chain = await cls.start(test, write, declare, heartbeat)
        chain.proxy = await Nginx.run(test, chain.port, chain.file)
        return chain

    async def open(self, number, port=None):
        """A client with an address of its own."""
        address = f"127.0.{1 + number // 200}.{1 + number % 200}"
        return await WatchedClient.open(port or self.port, source=address)

    async def cuts(self):
        """{hop: how many}, without those that have none."""
        metrics = await self.gateway.metrics()
        found = metrics.each("pulsegate_suspected_hop_cuts_total")
        return {hop: int(cuts) for (hop,), cuts in found if cuts}

    def findings(self):
        """What its log says of cuts: the fields of each line."""
        return [fields(line) for line in self.gateway.log_lines("a proxy seems to cut connections")]

    def place_of(self, words):
        """Where they stand in the proxy's file."""
        text = self.file.read_text()
        return f"{self.file}:{1 + text[: text.index(words)].count(chr(10))}"
