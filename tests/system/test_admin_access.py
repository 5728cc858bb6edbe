"""The admin listener: who may read, who may change, and how a gateway is drained through it."""

import signal

import websockets

from support.admin import TOKEN, Admin, start_with_token, write_token
from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.waiting import eventually
from support.web import ask

CHANGES = (
    ("POST", "/drain"),
    ("DELETE", "/connections?route=/"),
    ("DELETE", "/connections/0123456789abcdef"),
)
READS = ("/status", "/history", "/connections", "/alignment", "/config")


class AdminAccess(SystemTest):
    async def test_without_a_token_file_reading_is_open_and_nothing_can_be_changed(self):
        gateway = await Gateway.start(self)
        url = f"http://127.0.0.1:{gateway.admin_port}"
        for path in READS:
            self.assertEqual((await ask("GET", url + path)).status, 200, path)
        for method, path in CHANGES:
            answer = await ask(method, url + path, {"Authorization": f"Bearer {TOKEN}"})
            self.assertEqual(answer.status, 403, path)
            self.assertIn("admin.token_file", answer.json()["help"])

    async def test_changes_take_the_token_and_nothing_else(self):
        gateway, admin = await start_with_token(self)
        for method, path in CHANGES:
            for header in (
                None,
                "Bearer",
                f"Bearer {TOKEN}x",
                f"Basic {TOKEN}",
                f"Bearer {TOKEN[:-1]}",
            ):
                answer = await ask(
                    method, admin.url + path, {"Authorization": header} if header else {}
                )
                self.assertEqual(answer.status, 401, (path, header))
                self.assertEqual(answer.headers["WWW-Authenticate"], 'Bearer realm="pulsegate"')
                self.assertNotIn(TOKEN[:8], answer.text)
        self.assertEqual((await gateway.readyz()).status, 200)  # not draining
        self.assertEqual(await admin.close(route="/"), 0)
        for path in ("/config", "/metrics"):
            self.assertNotIn(TOKEN, (await admin.ask("GET", path)).text)
        self.assertNotIn(TOKEN, gateway.process.log())

    async def test_a_page_whose_name_points_here_reads_nothing(self):
        gateway, admin = await start_with_token(self)
        for path in (*READS, "/", "/openapi.yaml", "/events", "/metrics"):
            answer = await admin.ask("GET", path, {"Host": "evil.example"})
            self.assertEqual(answer.status, 403, path)
        for path in ("/healthz", "/readyz"):
            self.assertEqual((await admin.ask("GET", path, {"Host": "evil.example"})).status, 200)
        self.assertEqual((await admin.ask("GET", "/", {"Host": "localhost"})).status, 200)

    async def test_the_page_comes_with_a_policy_that_lets_nothing_else_in(self):
        gateway = await Gateway.start(self)
        url = f"http://127.0.0.1:{gateway.admin_port}"
        for path, kind in (
            ("/", "text/html; charset=utf-8"),
            ("/openapi.yaml", "application/yaml"),
        ):
            answer = await ask("GET", url + path)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, kind))
            policy = answer.headers["Content-Security-Policy"].split("; ")
            for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
                self.assertIn(part, policy)
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    async def test_no_answer_can_be_framed_by_a_page(self):
        gateway = await Gateway.start(self)
        url = f"http://127.0.0.1:{gateway.admin_port}"
        for path in (*READS, "/", "/openapi.yaml", "/metrics", "/healthz", "/nothing"):
            headers = (await ask("GET", url + path)).headers
            self.assertEqual(headers["X-Frame-Options"], "DENY", path)
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"], path)

    async def reload(self, gateway, result):
        name = "pulsegate_config_reloads_total"
        before = (await gateway.metrics()).sum(name, result=result)
        gateway.process.signal(signal.SIGHUP)

        async def is_counted():
            return (await gateway.metrics()).sum(name, result=result) == before + 1

        await eventually(is_counted, f"one more reload with the result {result}")

    async def test_a_reload_takes_the_new_token_and_refuses_one_that_is_none(self):
        gateway, old = await start_with_token(self)
        new = Admin(gateway, "another-token-9876543210")
        write_token(self, new.token)
        self.assertEqual(await old.close(route="/"), 0)  # until the reload
        await self.reload(gateway, "success")
        self.assertEqual((await old.ask("DELETE", "/connections?route=/")).status, 401)
        self.assertEqual(await new.close(route="/"), 0)
        write_token(self, "short")
        await self.reload(gateway, "failure")
        self.assertEqual(await new.close(route="/"), 0)
        self.assertTrue(gateway.log_lines("PG168"))

    async def check(self, text):
        """What `check` says about a configuration: exit code and report."""
        process = self.spawn("check", [BINARY, "check", "--config", self.write("own.yaml", text)])
        return await process.ended(), process.log()

    async def test_an_address_that_others_can_reach_takes_a_token_that_only_its_owner_can_read(
        self,
    ):
        file = write_token(self)
        public = "admin:\n  address: 0.0.0.0:9464\n"
        code, report = await self.check(public)
        self.assertEqual(code, 1)
        self.assertIn("PG122", report)
        self.assertIn("token_file: admin.token", report)
        public += "  token_file: admin.token\n"
        code, report = await self.check(public)
        self.assertEqual(code, 0, report)
        file.chmod(0o644)
        code, report = await self.check(public)
        self.assertEqual(code, 1)
        self.assertIn("PG167", report)
        self.assertNotIn(TOKEN, report)

    async def test_a_drain_is_ordered_once(self):
        gateway, admin = await start_with_token(
            self, drain="{ window: 3s }", heartbeat="{ interval: 20s, timeout: 60s }"
        )
        # So many that the drain lasts, whatever moments chance gives them.
        clients = [await websockets.connect(gateway.url, ping_interval=None) for _ in range(20)]
        answer = await admin.ask("POST", "/drain")
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.json(), {"draining": True, "window_seconds": 3.0})
        again = await admin.ask("POST", "/drain")
        self.assertEqual(again.status, 409, again.text)
        status = await admin.json("/status")
        self.assertEqual(status["state"], "draining")
        self.assertLess(abs(status["drain_ends"] - status["time"]), 3.1)
        for client in clients:
            await client.wait_closed()
            self.assertEqual((client.close_code, client.close_reason), (1012, "service restart"))
        self.assertEqual(await gateway.process.ended(), 0)

    async def test_a_drain_of_nobody_is_answered_before_the_end(self):
        gateway, admin = await start_with_token(self)
        self.assertEqual((await admin.ask("POST", "/drain")).status, 202)
        self.assertEqual(await gateway.process.ended(), 0)


if __name__ == "__main__":
    main()
