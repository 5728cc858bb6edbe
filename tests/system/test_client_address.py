"""Who the app believes the client to be, through proxies that tell it with the PROXY protocol."""

import json

import websockets

from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.haproxy import HAProxy
from support.nginx import Nginx
from support.nginx_site import stream_site
from support.waiting import eventually

CLIENT = "127.0.0.5"  # only 127.0.0.1 is a trusted proxy
FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=1.2.3.4"}
TIMEOUTS = "timeout client 60s\n    timeout server 60s\n    timeout tunnel 60s"


class ClientAddress(SystemTest):
    async def asyncSetUp(self):
        self.app = await FastapiApp.start(self)
        self.gateway = await self.start_gateway("require")

    async def start_gateway(self, mode):
        return await Gateway.start(
            self, upstream=self.app.url, listener=f"proxy_protocol: {mode}"
        )

    async def seen_headers(self, port):
        """The app's view of a client that connects to this port with forged headers."""
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/facts/x",
            local_addr=(CLIENT, 0),
            extra_headers=FORGED,
            subprotocols=["chat.v2"],
            ping_interval=None,
        ) as client:
            return json.loads(await client.recv())["headers"]

    async def assert_app_sees_the_client(self, port):
        headers = await self.seen_headers(port)
        self.assertEqual(headers["x-forwarded-for"], [CLIENT])
        self.assertEqual(headers["x-real-ip"], [CLIENT])
        self.assertNotIn("forwarded", headers)

    async def test_nginx_stream_sends_version_1(self):
        nginx = await Nginx.start_site(
            self, self.gateway, stream_site, server="proxy_protocol on;"
        )
        await self.assert_app_sees_the_client(nginx.port)

    async def test_haproxy_sends_version_1(self):
        haproxy = await HAProxy.start(
            self, self.gateway, TIMEOUTS, backend="default-server send-proxy"
        )
        await self.assert_app_sees_the_client(haproxy.port)

    async def test_haproxy_sends_version_2(self):
        haproxy = await HAProxy.start(
            self, self.gateway, TIMEOUTS, backend="default-server send-proxy-v2"
        )
        await self.assert_app_sees_the_client(haproxy.port)

    async def test_haproxy_sends_version_2_with_extra_fields_and_a_checksum(self):
        haproxy = await HAProxy.start(
            self,
            self.gateway,
            TIMEOUTS,
            frontend="unique-id-format %[uuid()]",
            backend="default-server send-proxy-v2 proxy-v2-options unique-id,crc32c",
        )
        await self.assert_app_sees_the_client(haproxy.port)

    async def test_haproxy_s_health_checks_are_no_clients(self):
        haproxy = await HAProxy.start(
            self,
            self.gateway,
            TIMEOUTS,
            backend="default-server send-proxy-v2 check inter 100ms",
        )

        async def rejected(reason):
            metrics = await self.gateway.metrics()
            return metrics.sum("pulsegate_handshakes_rejected_total", reason=reason)

        async def has_checked():
            return await rejected("client_gone") >= 3  # a check connects, and leaves

        await eventually(has_checked, "HAProxy checks the gateway's health")
        await self.assert_app_sees_the_client(haproxy.port)
        self.assertEqual(await rejected("bad_proxy_header"), 0)

    async def test_a_proxy_without_the_header_is_refused_or_accepted_as_configured(self):
        plain = await Nginx.start_site(self, self.gateway, stream_site)
        with self.assertRaises(websockets.InvalidStatusCode) as refusal:
            await self.seen_headers(plain.port)
        self.assertEqual(refusal.exception.status_code, 400)

        accepting = await self.start_gateway("accept")
        plain = await Nginx.start_site(self, accepting, stream_site)
        headers = await self.seen_headers(plain.port)
        # Nginx connects from 127.0.0.1, which is trusted, and passes on what the client wrote.
        self.assertEqual(headers["x-forwarded-for"], ["203.0.113.9, 127.0.0.1"])
        telling = await Nginx.start_site(self, accepting, stream_site, server="proxy_protocol on;")
        await self.assert_app_sees_the_client(telling.port)


if __name__ == "__main__":
    main()
