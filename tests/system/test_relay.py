"""A client, Nginx, the gateway and a FastAPI app: messages, facts, refusals and closes pass."""

import asyncio
import json

import websockets

from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.nginx import Nginx


def connect(url, **options):
    return websockets.connect(url, ping_interval=None, max_size=None, **options)


class Relay(SystemTest):
    async def asyncSetUp(self):
        self.app = await FastapiApp.start(self)
        self.gateway = await Gateway.start(self, upstream=self.app.url)
        self.nginx = await Nginx.start(self, self.gateway)

    async def test_messages_of_every_kind_come_back_as_they_were_sent(self):
        messages = [
            "",
            "plain",
            "Grüße, мир, 世界, 🐸\0",
            b"",
            bytes(range(256)),
            "ä" * 40_000,
            bytes(range(256)) * 8192,
            "🐸" * 300_000,
        ]
        for compression in ("deflate", None):
            with self.subTest(compression=compression):
                async with connect(f"{self.nginx.url}/echo", compression=compression) as client:
                    self.assertEqual(bool(client.extensions), compression == "deflate")
                    for message in messages:
                        await client.send(message)
                        self.assertTrue(
                            await client.recv() == message, f"echo of {message[:20]!r}…"
                        )

    async def test_messages_sent_in_one_go_come_back_in_order(self):
        async with connect(f"{self.nginx.url}/echo") as client:

            async def send():
                for number in range(1000):
                    await client.send(f"{number} " + "x" * (number % 200))

            sender = asyncio.create_task(send())
            for number in range(1000):
                self.assertEqual((await client.recv()).split()[0], str(number))
            await sender

    async def test_the_app_sees_the_client_and_the_client_sees_the_app_s_choices(self):
        async with connect(
            f"{self.nginx.url}/facts/caf%C3%A9?name=a&name=b%20c&empty=",
            local_addr=("127.0.0.5", 0),
            subprotocols=["chat.v1", "chat.v2"],
            extra_headers={
                "Cookie": "session=abc; theme=dark",
                "X-Forwarded-For": "203.0.113.9",
                "Origin": "http://site.test",
                "X-Custom": "kept",
            },
        ) as client:
            facts = json.loads(await client.recv())
            self.assertEqual(client.subprotocol, "chat.v2")
            self.assertEqual(client.response_headers["Set-Cookie"], "seen=yes; Path=/")

        headers = facts["headers"]
        # Nginx added 127.0.0.5 to what the client claimed; only 127.0.0.1 is a trusted proxy.
        self.assertEqual(facts["address"], "127.0.0.5")
        self.assertEqual(headers["x-real-ip"], ["127.0.0.5"])
        self.assertIn("127.0.0.5", headers["x-forwarded-for"][0])
        self.assertEqual(headers["x-forwarded-proto"], ["http"])
        self.assertEqual(facts["item"], "café")
        self.assertEqual(facts["query"], [["name", "a"], ["name", "b c"], ["empty", ""]])
        self.assertEqual(facts["cookies"], {"session": "abc", "theme": "dark"})
        self.assertEqual(facts["subprotocols"], ["chat.v1", "chat.v2"])
        self.assertEqual(headers["host"], [f"127.0.0.1:{self.nginx.port}"])
        self.assertEqual(headers["origin"], ["http://site.test"])
        self.assertEqual(headers["x-custom"], ["kept"])
        self.assertEqual(len(headers["x-request-id"]), 1)
        self.assertEqual(len(headers["pulsegate-connection-id"]), 1)

    async def test_the_app_s_refusal_reaches_the_client(self):
        with self.assertRaises(websockets.InvalidStatusCode) as refusal:
            await connect(f"{self.nginx.url}/refuse")
        self.assertEqual(refusal.exception.status_code, 403)
        self.assertEqual(await self.gateway.live(), 0)

    async def test_close_codes_and_reasons_pass_unchanged_both_ways(self):
        async with connect(f"{self.nginx.url}/echo?name=leaver") as client:
            await client.close(4321, "see you")
        self.assertEqual(await self.app.disconnect_code("leaver"), 4321)

        async with connect(f"{self.nginx.url}/close") as client:
            await client.send("4999 the app's own ✓")
            await client.wait_closed()
        self.assertEqual((client.close_code, client.close_reason), (4999, "the app's own ✓"))

    async def test_the_app_learns_of_a_client_that_vanished_without_a_close(self):
        client = await connect(f"{self.nginx.url}/echo?name=gone")
        client.transport.abort()
        self.assertEqual(await self.app.disconnect_code("gone"), 1006)
        metrics = await self.gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_connections_closed_total", reason="client_lost"), 1)


if __name__ == "__main__":
    main()
