"""What requests reach the application, what is refused, and what the log says of that."""

import asyncio
import json
import signal

from support.case import SystemTest, main
from support.fastapi_app import FastapiApp
from support.gateway import Gateway
from support.haproxy import HAProxy
from support.raw_client import RawClient, request
from support.waiting import eventually, within

PAGE, FOREIGN = "https://app.example", "https://evil.example"
TIMEOUTS = "timeout client 60s\n    timeout server 60s\n    timeout tunnel 60s"

# Of the path /echo, as clients write it that want to evade the rules of its route.
SPELLINGS = (
    *("/echo", "/%65cho", "/%65%63%68%6f", "/%65%63%68%6F", "//echo", "///echo", "/./echo"),
    *("/x/../echo", "/../echo", "/x/y/../../echo", "/echo/.", "/echo;x", "/echo;", "/;x/echo"),
    *("/echo#x", "/echo?#", "/echo%23", "/echo%3f", "/echo%3fx", "/echo%3b", "/echo%00", "/echo%0a"),
    *("/echo%0d%0a", "/%2fecho", "/%2Fecho", "/echo%2f", "/%5cecho", "\\\\echo", "/\\echo"),
    *("/%2e/echo", "/%2e%2e/echo", "/x/%2e%2e/echo", "/x/..%2fecho", "/x%2f..%2fecho", "/x/..;/echo"),
    *("/%2565cho", "/%252565cho", "/%u0065cho", "/%c1%a5cho", "/%e0%81%a5cho", "/echo%", "/%65%"),
    *("http://gateway.test/echo", "http://gateway.test//echo", "http://gateway.test/%65cho"),
    *("http://gateway.test/x/../echo", "HTTP://gateway.test/echo?x", "http://gateway.test/echo#"),
)
SAME = ("/echo", "/%65cho", "/%65%63%68%6f?a=%2f..", "http://gateway.test/%65cho")
LEGITIMATE = ("/facts/a%20b", "/facts/caf%C3%A9", "/facts/a;b", "/facts/100%25", "/facts/x?y=%2Fecho")


def facts(path="/facts/x", **headers):
    """What the app's route of that name accepts."""
    return request(path, Sec_WebSocket_Protocol="chat.v2", **headers)


class Requests(SystemTest):
    async def asyncSetUp(self):
        self.app = await FastapiApp.start(self)

    async def start_gateway(self, **settings):
        settings.setdefault("routes", {"/": self.app.url, "/echo": self.app.url})
        settings.setdefault("route_keys", {"/echo": f'origins: ["{PAGE}"]'})
        return await Gateway.start(self, **settings)

    async def status_of(self, port, head):
        client = await RawClient.connect(port)
        client.send(head)
        status, headers, body = await client.answer()
        client.abort()
        return status, headers, body

    async def test_no_spelling_of_a_path_evades_the_rules_of_its_route(self):
        gateway = await self.start_gateway()
        for path in SPELLINGS:
            status, _, _ = await self.status_of(gateway.port, request(path, Origin=FOREIGN))
            self.assertIn(status, (400, 403, 404), path)
        for path in SAME:
            status, _, _ = await self.status_of(gateway.port, request(path, Origin=PAGE))
            self.assertEqual(status, 101, path)
        self.assertEqual((await self.app.events()).get("", [{}])[0].get("event"), "open")

    async def test_paths_that_clients_do_send_arrive_as_they_are(self):
        gateway = await self.start_gateway()
        for path in LEGITIMATE:
            status, _, _ = await self.status_of(gateway.port, facts(path, Origin=FOREIGN))
            self.assertEqual(status, 101, path)

    async def test_a_client_cannot_take_away_what_haproxy_has_added(self):
        gateway = await self.start_gateway()
        haproxy = await HAProxy.start(
            self, gateway, TIMEOUTS, frontend="http-request set-header X-Auth-User alice"
        )
        client = await RawClient.connect(haproxy.port)
        client.send(facts(Connection="Upgrade, X-Auth-User"))
        self.assertEqual((await client.answer())[0], 101)
        seen = json.loads(await client.read_message())
        self.assertEqual(seen["headers"]["x-auth-user"], ["alice"])
        client.abort()

    async def test_load_balancers_ask_a_listener_whether_the_gateway_is_well(self):
        gateway = await self.start_gateway(drain="{ window: 3s }")
        host = b" HTTP/1.1\r\nHost: a\r\n\r\n"
        for method, body in ((b"GET", b"ok\n"), (b"OPTIONS", b"ok\n")):
            status, headers, got = await self.status_of(gateway.port, method + b" /healthz" + host)
            self.assertEqual((status, got), (200, body))
            self.assertIn("date", headers)
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"HEAD /healthz HTTP/1.0\r\n\r\n")
        answer = await within(reader.read(), "an answer to HEAD", 10)
        writer.close()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n"), answer)
        # The application's own answer to what is none.
        self.assertEqual((await self.status_of(gateway.port, b"GET /" + host))[0], 404)
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_handshakes_rejected_total"), 0)

        session = await RawClient.connect(gateway.port)
        session.send(facts())
        self.assertEqual((await session.answer())[0], 101)
        gateway.process.signal(signal.SIGTERM)

        async def is_refusing():
            return (await self.status_of(gateway.port, b"GET /healthz" + host))[0] == 503

        await eventually(is_refusing, "a draining gateway says that it is not ready")
        session.abort()
        self.assertEqual(await gateway.process.ended(), 0)

    async def test_haproxy_finds_the_gateway_well(self):
        for more, check in (
            ("", "option httpchk GET /healthz"),
            ("health: { path: /up }\n", "option httpchk HEAD /up HTTP/1.1\\r\\nHost:\\ a"),
            ("health: { path: / }\n", "option httpchk"),
        ):
            gateway = await self.start_gateway(more=more)
            control = self.directory / f"haproxy-{gateway.port}.sock"
            haproxy = await HAProxy.start(
                self,
                gateway,
                TIMEOUTS,
                main=f"stats socket {control} level admin",
                backend=f"{check}\n    default-server check inter 100ms",
            )

            async def is_well():
                reader, writer = await asyncio.open_unix_connection(control)
                writer.write(b"show stat\n")
                text = (await reader.read()).decode()
                writer.close()
                self.assertNotIn(",DOWN,", text, check)
                return "L7OK" in text

            await eventually(is_well, f"HAProxy is content with {check}")
            status, _, _ = await self.status_of(haproxy.port, facts())
            self.assertEqual(status, 101)

    async def test_each_refusal_leaves_a_line(self):
        gateway = await self.start_gateway(
            routes={"/app": self.app.url, "/echo": self.app.url}, limits="{ headers: 10 }"
        )
        many = {f"X_{number}": "1" for number in range(20)}
        for reason, status, head in (
            ("malformed", 400, request("/app", Sec_WebSocket_Key=None)),
            ("foreign_origin", 403, request("/echo?secret=1", Origin=FOREIGN)),
            ("no_route", 404, request("/nowhere")),
            ("upgrade_required", 426, request("/app", Upgrade=None)),
            ("headers_too_large", 431, request("/app", **many)),
            ("app_refused", 403, request("/app/unknown", X_Forwarded_For="192.0.2.7")),
        ):
            self.assertEqual((await self.status_of(gateway.port, head))[0], status, reason)
            words = ("handshake refused", f"reason={reason}", f"status={status}", "client=")
            await eventually(lambda words=words: gateway.log_lines(*words), f"a line for {reason}")
            self.assertEqual(len(gateway.log_lines(*words)), 1)
        (line,) = gateway.log_lines("reason=foreign_origin")
        for word in ("route=/echo", "path=/echo", f"origin={FOREIGN}", "client=127.0.0.1"):
            self.assertIn(word, line)
        self.assertNotIn("secret", line)
        (line,) = gateway.log_lines("reason=app_refused")
        self.assertIn("client=192.0.2.7", line)
        self.assertIn("path=/app/unknown", line)

    async def test_a_crowd_of_refusals_leaves_few_lines(self):
        gateway = await self.start_gateway(routes={"/app": self.app.url}, route_keys={})
        for _ in range(100):
            self.assertEqual((await self.status_of(gateway.port, request("/x")))[0], 404)
        self.assertLess(len(gateway.log_lines("reason=no_route")), 20)


if __name__ == "__main__":
    main()
