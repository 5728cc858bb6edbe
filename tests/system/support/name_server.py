"""A name server on loopback, and a gateway that asks it; needs root, for port 53 and a mount.

It answers for names as a test says: addresses, a delay, or nothing at all.
"""

import asyncio
import os
import struct

from support.gateway import Gateway

A, NO_ERROR, NO_SUCH_NAME = 1, 0, 3
# What the gateway sees in place of this machine's files.
RESOLV_CONF = "nameserver {address}\noptions timeout:5 attempts:2\n"
NSSWITCH_CONF = "hosts: files dns\n"
ENTER = """\
mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"
"""


class NameServer(asyncio.DatagramProtocol):
    def __init__(self):
        self.addresses = {}  # {name: [address]}; of others there is none
        self.silent = set()  # names of which nothing is said
        self.delay = 0.0
        self.asked = []  # the names, one for each question
        self._transport = None

    @classmethod
    async def start(cls, test):
        """Skips the test where there cannot be one."""
        if os.geteuid() != 0:
            test.skipTest("port 53 and a mount of its own take root")
        # Each test its own of the addresses of loopback.
        number = os.getpid() % 60000 + 257
        address = f"127.53.{number >> 8}.{number & 255}"
        try:
            transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
                cls, local_addr=(address, 53)
            )
        except OSError as error:
            test.skipTest(f"no name server can be run here: {error}")
        test.addCleanup(transport.close)
        resolv = test.write("resolv.conf", RESOLV_CONF.format(address=address))
        nsswitch = test.write("nsswitch.conf", NSSWITCH_CONF)
        server.prefix = ["unshare", "--mount", "sh", "-c", ENTER, "sh", resolv, nsswitch]
        return server

    async def gateway(self, test, **settings):
        """One that asks this server."""
        return await Gateway.start(test, prefix=self.prefix, **settings)

    def questions(self, name):
        return self.asked.count(name)

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, query, peer):
        name, kind = question(query)
        self.asked.append(name)
        if name in self.silent:
            return
        answer = self._answer(query, name, kind)
        asyncio.get_running_loop().call_later(self.delay, self._transport.sendto, answer, peer)

    def _answer(self, query, name, kind):
        known = self.addresses.get(name)
        records = known if known and kind == A else []
        code = NO_ERROR if known else NO_SUCH_NAME
        end = 12 + query[12:].index(0) + 5  # of the question
        head = struct.pack(">2sHHHHH", query[:2], 0x8180 | code, 1, len(records), 0, 0)
        tail = b"".join(
            struct.pack(">HHHIH4s", 0xC00C, A, 1, 1, 4, bytes(map(int, each.split("."))))
            for each in records
        )
        return head + query[12:end] + tail


def question(query):
    """(the name without its last dot, the type) of a query, RFC 1035 §4.1.2."""
    labels, at = [], 12
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode())
        at += 1 + size
    return ".".join(labels).lower(), struct.unpack(">H", query[at + 1 : at + 3])[0]
