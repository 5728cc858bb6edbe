"""Applications that are reached by a name, with a real name server: slow, silent, or gone."""

import asyncio
import re
import signal
import socket

from support.bad_apps import accept_key, answer_with, switching
from support.case import SystemTest, main
from support.gateway import Gateway
from support.name_server import NameServer
from support.ports import free_port
from support.raw_client import RawClient, request
from support.waiting import eventually

CROWD = 200
QUIET = "{ interval: 25s, timeout: 60s }"
accepting = answer_with(lambda head: switching(accept_key(head)), then_close=False)


async def ask(gateway, path="/"):
    """The status that a new client gets."""
    client = await RawClient.connect(gateway.port)
    client.send(request(path))
    status, _, _ = await client.answer(30)
    client.abort()
    return status


async def told(gateway, *words):
    """Waits for a line of the log with these words; all such lines."""
    return await eventually(lambda: gateway.log_lines(*words), f"a line with {words}")


class Names(SystemTest):
    async def asyncSetUp(self):
        self.names = await NameServer.start(self)
        self.port = free_port()
        await self.serve("127.0.0.1")
        self.names.addresses["app.test"] = ["127.0.0.1"]

    async def serve(self, address):
        server = await asyncio.start_server(accepting, address, self.port, backlog=512)
        self.addCleanup(server.close)
        return server

    def upstream(self, name="app.test"):
        return f"ws://{name}:{self.port}"

    async def gateway(self, **settings):
        settings = {"upstream": self.upstream(), "heartbeat": QUIET} | settings
        return await self.names.gateway(self, **settings)

    async def test_a_crowd_waits_for_one_question_to_a_slow_name_server(self):
        self.names.delay = 0.1
        gateway = await self.gateway()
        answers = await asyncio.gather(*(ask(gateway) for _ in range(CROWD)))
        self.assertEqual(set(answers), {101})
        # Two questions, IPv4 and IPv6, and again each 5 s if the crowd takes so long to come.
        self.assertLess(self.names.questions("app.test"), CROWD / 10)

    async def test_names_that_nobody_answers_for_hold_up_no_other_name(self):
        silent = {f"/{number}": f"silent{number}.test" for number in range(40)}
        self.names.silent.update(silent.values())
        routes = {path: self.upstream(name) for path, name in silent.items()}
        gateway = await self.gateway(
            routes={"/": self.upstream(), **routes}, limits="{ handshake: 6s }"
        )
        waiting = [
            asyncio.create_task(ask(gateway, path)) for path in silent for _ in range(3)
        ]
        await eventually(
            lambda: all(self.names.questions(name) for name in silent.values()),
            "every name is asked for",
        )
        for _ in range(5):
            self.assertEqual(await ask(gateway), 101)
        self.assertEqual(set(await asyncio.gather(*waiting)), {504})
        await told(gateway, "address=silent0.test", 'tried="look up"', 'error="no answer"')

    async def test_two_signals_end_a_gateway_that_waits_for_a_name(self):
        self.names.silent.add("app.test")
        gateway = await self.gateway(drain="{ window: 1h }", limits="{ handshake: 1m }")
        client = await RawClient.connect(gateway.port)
        client.send(request())
        await eventually(lambda: self.names.questions("app.test"), "the name is asked for")
        gateway.process.signal(signal.SIGTERM)

        async def drains():
            return (await gateway.readyz()).status == 503

        await eventually(drains, "the gateway drains")
        gateway.process.signal(signal.SIGTERM)
        self.assertGreaterEqual(await gateway.process.ended(8), 0, "it left by itself")
        client.abort()

    async def test_the_last_addresses_serve_while_the_name_server_is_gone(self):
        gateway = await self.gateway(limits="{ handshake: 8s }")  # less than getaddrinfo takes
        self.assertEqual(await ask(gateway), 101)
        self.names.silent.add("app.test")
        known = self.names.questions("app.test")

        async def asks_again():
            self.assertEqual(await ask(gateway), 101)
            return self.names.questions("app.test") > known

        await eventually(asks_again, "the name is looked up again", 20)
        for _ in range(5):
            self.assertEqual(await ask(gateway), 101)

    async def test_a_name_that_has_moved_is_followed(self):
        gateway = await self.gateway()
        self.assertEqual(await ask(gateway), 101)
        self.names.addresses["app.test"] = ["127.0.0.2"]  # where nobody listens

        async def has_moved():
            return await ask(gateway) == 502

        await eventually(has_moved, "the new address is used", 20)

    async def test_a_name_without_an_address_is_told_as_that(self):
        gateway = await self.gateway(upstream=self.upstream("none.test"))
        self.assertEqual(await ask(gateway), 502)
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_app_errors_total", kind="resolve"), 1)
        await told(gateway, "application not reached", "address=none.test", "error=")

    async def test_an_address_that_swallows_everything_gives_way_to_the_next(self):
        full = socket.socket()  # listens, and its queue is full: connecting takes for ever
        self.addCleanup(full.close)
        port = free_port()
        full.bind(("127.0.0.1", port))
        full.listen(0)
        for _ in range(2):
            filling = socket.socket()
            self.addCleanup(filling.close)
            filling.setblocking(False)
            filling.connect_ex(("127.0.0.1", port))
        server = await asyncio.start_server(accepting, "127.200.0.1", port)
        self.addCleanup(server.close)
        for addresses in (["127.0.0.1", "127.200.0.1"], ["127.200.0.1", "127.0.0.1"]):
            self.names.addresses["two.test"] = addresses
            gateway = await self.gateway(upstream=f"ws://two.test:{port}")
            self.assertEqual(await ask(gateway), 101)

    async def test_an_address_where_nobody_listens_gives_way_at_once_and_leaves_a_line(self):
        self.names.addresses["two.test"] = ["127.0.0.2", "127.0.0.1"]
        gateway = await self.gateway(upstream=self.upstream("two.test"))
        self.assertEqual(await ask(gateway), 101)
        self.names.addresses["none.test"] = ["127.0.0.2", "127.0.0.3"]
        gateway = await self.gateway(upstream=self.upstream("none.test"))
        self.assertEqual(await ask(gateway), 502)
        for address in ("127.0.0.2", "127.0.0.3"):
            (line,) = await told(
                gateway, "application not reached", f"address={address}:{self.port}"
            )
            for word in ("tried=connect", 'error="Connection refused"', "seconds=", "connection="):
                self.assertIn(word, line)

    async def test_an_upstream_that_is_the_gateway_by_another_name_is_noticed(self):
        self.names.addresses["self.test"] = ["127.0.0.1"]
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, upstream=f"ws://self.test:{port}")
        gateway = await Gateway.run(self, port, admin_port, file, self.names.prefix)
        answers = await asyncio.gather(*(ask(gateway) for _ in range(20)))
        self.assertEqual(set(answers), {508})
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_handshakes_rejected_total", reason="loop"), 20)
        self.assertEqual(metrics.sum("pulsegate_handshakes_rejected_total"), 40)
        await told(gateway, "handshake refused", "reason=loop", "route=/")


class Herds(SystemTest):
    async def test_a_herd_at_an_application_that_is_down_leaves_a_few_lines_and_a_count(self):
        gateway = await Gateway.start(self, upstream=f"ws://127.0.0.1:{free_port()}")
        for _ in range(10):
            answers = await asyncio.gather(*(ask(gateway) for _ in range(100)))
            self.assertEqual(set(answers), {502})
        gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await gateway.process.ended(), 0)
        for message in ("application not reached", "handshake refused"):
            lines = gateway.log_lines(message)
            self.assertLess(len(lines), 20)
            counts = [int(more) for line in lines for more in re.findall(r"more=(\d+)", line)]
            self.assertTrue(counts)
            self.assertEqual(sum(counts) + len(lines) - len(counts), 1000)


if __name__ == "__main__":
    main()
