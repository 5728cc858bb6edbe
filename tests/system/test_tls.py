"""TLS between real programs: curl, OpenSSL's s_client and Nginx in front, uvicorn behind."""

import asyncio
import os
import re
import signal
import ssl
import subprocess
import sys

import websockets

from support.case import SOURCE, SystemTest, main
from support.gateway import Gateway
from support.goodbye_app import GoodbyeApp
from support.nginx import Nginx
from support.ports import free_port
from support.raw_client import RawClient, request
from support.scripted_app import ScriptedApp, serve
from support.tcp_table import is_listening
from support.waiting import eventually, within

UPGRADE = [
    *("-H", "Connection: Upgrade", "-H", "Upgrade: websocket"),
    *("-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
]

NGINX = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr info;
events {{ worker_connections 256; }}
http {{
    access_log off;
    proxy_temp_path proxy;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass https://127.0.0.1:{gateway_port};
            proxy_ssl_verify on;
            proxy_ssl_name gate.example;
            proxy_ssl_server_name on;
            proxy_ssl_trusted_certificate {directory}/gate.pem;
            proxy_ssl_certificate {directory}/gate.pem;
            proxy_ssl_certificate_key {directory}/gate.key;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
        }}
    }}
}}
"""


def run(*command, **options):
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=20, check=False, **options
    )


class Tls(SystemTest):
    async def asyncSetUp(self):
        for name in ("gate", "app"):
            self.make_certificate(name)

    def make_certificate(self, name):
        run(
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", f"/CN={name}"),
            *("-addext", f"subjectAltName=DNS:{name}.example"),
            *("-keyout", self.directory / f"{name}.key", "-out", self.directory / f"{name}.pem"),
        ).check_returncode()
        (self.directory / f"{name}.key").chmod(0o600)

    def context(self):
        """What trusts the certificate that is there now, and no other."""
        return ssl.create_default_context(cafile=self.directory / "gate.pem")

    async def start(self, more="", **settings):
        """A gateway with a TLS listener; `more`: further keys of `tls`."""
        tls = f"tls: {{ certificate: gate.pem, private_key: gate.key{more} }}"
        return await Gateway.start(self, listener=tls, **settings)

    async def test_curl_upgrades_over_tls_and_is_told_of_a_wrong_name(self):
        gateway = await self.start()

        def curl(name):
            return run(
                *("curl", "-s", "-S", "-i", "-N", "-m", "1", "--http1.1", *UPGRADE),
                *("--cacert", self.directory / "gate.pem"),
                *("--resolve", f"{name}:{gateway.port}:127.0.0.1"),
                f"https://{name}:{gateway.port}/",
            )

        answer, refused = await asyncio.gather(
            asyncio.to_thread(curl, "gate.example"), asyncio.to_thread(curl, "other.example")
        )
        self.assertTrue(answer.stdout.startswith("HTTP/1.1 101 "), answer)
        self.assertIn("no alternative certificate subject name matches", refused.stderr)

    async def test_a_reload_reads_renewed_certificates_and_ends_no_session(self):
        gateway = await self.start()

        def connect(context):
            url = f"wss://127.0.0.1:{gateway.port}"
            return websockets.connect(
                url, ssl=context, server_hostname="gate.example", ping_interval=None
            )

        old = self.context()
        async with connect(old) as staying:
            self.make_certificate("gate")
            gateway.process.signal(signal.SIGHUP)

            async def is_renewed():
                try:
                    async with connect(self.context()) as client:
                        await client.send("renewed")
                        return await within(client.recv(), "an echo") == "renewed"
                except ssl.SSLCertVerificationError:
                    return False

            await eventually(is_renewed, "new connections get the new certificate")
            with self.assertRaises(ssl.SSLCertVerificationError):
                await connect(old)
            await staying.send("still here")
            self.assertEqual(await within(staying.recv(), "an echo"), "still here")
            # A key that does not fit: the certificate in use stays.
            (self.directory / "gate.key").write_bytes((self.directory / "app.key").read_bytes())
            gateway.process.signal(signal.SIGHUP)
            await eventually(lambda: gateway.log_lines("not reloaded"), "the refusal")
            self.assertTrue(await is_renewed())

    def ends(self):
        """When the certificate ends, in seconds since 1970, as openssl says it."""
        said = run("openssl", "x509", "-noout", "-enddate", "-in", self.directory / "gate.pem")
        return ssl.cert_time_to_seconds(said.stdout.strip().partition("=")[2])

    async def served(self, gateway):
        """The end of the certificate in use, as the metric says it."""
        metrics = await gateway.metrics()
        return metrics.sum(
            "pulsegate_certificate_expiry_timestamp_seconds", file=str(self.directory / "gate.pem")
        )

    def make_with_days(self, days):
        """Another certificate, which ends at another time; not in place, as certbot does it."""
        run(
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-noenc", "-days", str(days), "-subj", "/CN=gate"),
            *("-addext", "subjectAltName=DNS:gate.example"),
            *("-keyout", self.directory / "new.key", "-out", self.directory / "new.pem"),
        ).check_returncode()
        (self.directory / "new.key").chmod(0o600)

    def take(self, *kinds):
        for kind in kinds:
            (self.directory / f"new.{kind}").rename(self.directory / f"gate.{kind}")

    async def test_renewed_certificates_are_taken_without_a_signal(self):
        gateway = await self.start()
        url = f"wss://127.0.0.1:{gateway.port}"

        def connect():
            return websockets.connect(
                url, ssl=self.context(), server_hostname="gate.example", ping_interval=None
            )

        self.assertEqual(await self.served(gateway), self.ends())
        async with connect() as staying:
            before = self.ends()
            self.make_with_days(60)
            self.take("key", "pem")
            self.assertNotEqual(self.ends(), before)

            async def is_taken():
                return await self.served(gateway) == self.ends()

            await eventually(is_taken, "the metric tells of the new certificate")
            self.assertTrue(gateway.log_lines("certificates read again"))
            async with connect() as client:
                await client.send("renewed")
                self.assertEqual(await within(client.recv(), "an echo"), "renewed")
            await staying.send("still here")
            self.assertEqual(await within(staying.recv(), "an echo"), "still here")
        metrics = await gateway.metrics()
        self.assertEqual(metrics.sum("pulsegate_config_reloads_total"), 0)

    async def test_files_that_do_not_fit_change_nothing_until_they_do(self):
        gateway = await self.start()
        before = await self.served(gateway)
        self.make_with_days(60)
        self.take("pem")  # the key is still the old one
        await eventually(lambda: gateway.log_lines("certificates not read again"), "the refusal")
        self.assertTrue(gateway.log_lines("PG162"))
        self.assertEqual(await self.served(gateway), before)
        self.take("key")

        async def is_taken():
            return await self.served(gateway) == self.ends()

        await eventually(is_taken, "the whole pair is taken")

    async def test_the_hook_of_the_guide_places_what_the_gateway_takes(self):
        guide = (SOURCE / "deploy/guides/certbot.md").read_text()
        hook = re.search(r"```sh /etc/letsencrypt\S+\n(.*?)```", guide, re.S).group(1)
        for theirs, ours in (
            ("/etc/pulsegate/tls", str(self.directory)),
            (" -g pulsegate", ""),
            ("privkey.pem", "gate.key"),
            ("fullchain.pem", "gate.pem"),
        ):
            hook = hook.replace(theirs, ours)
        lineage = self.directory / "live"
        lineage.mkdir()
        gateway = await self.start()
        self.make_with_days(60)
        for kind in ("key", "pem"):
            (self.directory / f"new.{kind}").rename(lineage / f"gate.{kind}")
        done = run("sh", "-c", hook, env={**os.environ, "RENEWED_LINEAGE": str(lineage)})
        self.assertEqual((done.returncode, done.stderr), (0, ""))

        async def is_taken():
            return await self.served(gateway) == self.ends()

        await eventually(is_taken, "what the hook placed is taken")

    async def test_junk_on_a_port_of_tls_leaves_few_lines(self):
        gateway = await self.start()
        for _ in range(100):
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"\x16\x03\x01junk that is no hello")
            await within(reader.read(), "the end")
            writer.close()
        lines = gateway.log_lines("handshake refused", "reason=tls_failed")
        self.assertTrue(1 <= len(lines) < 20, lines)
        self.assertIn("client=127.0.0.1", lines[0])

    async def test_a_certificate_without_names_is_refused_and_called_so(self):
        run(
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
            *("ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", "/CN=app.example"),
            *("-keyout", self.directory / "app.key", "-out", self.directory / "app.pem"),
        ).check_returncode()
        port = free_port()
        self.spawn(
            "openssl",
            [
                *("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet"),
                *("-cert", self.directory / "app.pem", "-key", self.directory / "app.key"),
            ],
        )
        await eventually(lambda: is_listening(port), "the application listens")
        gateway = await Gateway.start(
            self,
            upstream=f"wss://127.0.0.1:{port}",
            route_keys={"/": "tls: { ca_file: app.pem, server_name: app.example }"},
        )
        client = await RawClient.connect(gateway.port)
        client.send(request())
        status, _, body = await client.answer()
        self.assertEqual(status, 502)
        self.assertIn(b"no subject alternative name", body)
        client.abort()
        self.assertIn("PG169", gateway.process.log())  # `run` checks as `check` does

    async def test_openssl_resumes_and_meets_the_versions(self):
        gateway = await self.start(", min_version: 1.3")

        def s_client(*options):
            return run(
                *("openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", *options),
                input="GET / HTTP/1.0\r\n\r\n",
            )

        session = self.directory / "session"
        first = await asyncio.to_thread(s_client, "-ign_eof", "-sess_out", session)
        self.assertIn("New, TLSv1.3", first.stdout)
        self.assertIn("HTTP/1.1 426", first.stdout)
        again = await asyncio.to_thread(s_client, "-ign_eof", "-sess_in", session)
        self.assertIn("Reused, TLSv1.3", again.stdout)
        old = await asyncio.to_thread(s_client, "-tls1_2")
        self.assertIn("alert protocol version", old.stderr)

    async def test_nginx_reaches_a_tls_listener_and_shows_its_certificate(self):
        gateway = await self.start(", client_ca: gate.pem")
        port = free_port()
        text = NGINX.format(port=port, gateway_port=gateway.port, directory=self.directory)
        nginx = await Nginx.run(self, port, Nginx.write(self, port, text))
        await self.expect_echo(nginx.url)

    async def in_front_of(self, url, name):
        """A plain gateway whose application is at `url`, with the certificate `name`."""
        port, admin_port = free_port(), free_port()
        file = Gateway.write(self, port, admin_port, upstream=url)
        tls = f"tls: {{ ca_file: {name}.pem, server_name: {name}.example }}"
        file.write_text(file.read_text().replace(f'"{url}"', f'"{url}", {tls}'))
        return await Gateway.run(self, port, admin_port, file)

    async def expect_echo(self, url, **options):
        async with websockets.connect(url, max_size=None, **options) as client:
            for message in ("short", "x" * 3_000_000):
                await client.send(message)
                self.assertTrue(await client.recv() == message)

    async def test_an_application_under_uvicorn_is_reached_by_wss(self):
        port = free_port()
        app = self.spawn(
            "uvicorn",
            [
                *(sys.executable, "-m", "uvicorn", "app:app", "--ws", "websockets"),
                *("--app-dir", SOURCE / "tests/system", "--host", "127.0.0.1", "--port", port),
                *("--ssl-keyfile", self.directory / "app.key"),
                *("--ssl-certfile", self.directory / "app.pem"),
            ],
        )
        await app.until(lambda: is_listening(port), "uvicorn listens", 30)
        gateway = await self.in_front_of(f"wss://127.0.0.1:{port}", "app")
        await self.expect_echo(f"{gateway.url}/echo")

    async def test_plain_requests_pass_over_tls_on_both_sides(self):
        async def answer(talk, head):
            body = await talk.body(head)
            talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.directory / "app.pem", self.directory / "app.key")
        app = await ScriptedApp.start(self, serve(answer), ssl=context)
        inner = await self.in_front_of(app.url.replace("ws:", "wss:"), "app")
        outer = await self.start(upstream=f"ws://127.0.0.1:{inner.port}")
        body = os.urandom(3_000_000)
        (self.directory / "body").write_bytes(body)

        def curl():  # two requests on one connection
            url = f"https://gate.example:{outer.port}/"
            return run(
                *("curl", "-s", "-S", "-m", "20", "--http1.1", "--cacert", self.directory / "gate.pem"),
                *("--resolve", f"gate.example:{outer.port}:127.0.0.1"),
                *("--data-binary", f"@{self.directory / 'body'}"),
                *("-o", self.directory / "1", url, "-o", self.directory / "2", url),
            )

        done = await asyncio.to_thread(curl)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in "12":
            self.assertTrue((self.directory / name).read_bytes() == body)
        self.assertEqual(app.connections, 1)

    async def test_an_application_that_ends_tls_alone_is_lost(self):
        files = (self.directory / "app.pem", self.directory / "app.key")
        async with GoodbyeApp(*files) as app:
            gateway = await self.in_front_of(f"wss://127.0.0.1:{app.port}", "app")
            async with websockets.connect(gateway.url, ping_interval=None) as client:
                app.may_leave.set()
                await within(client.wait_closed(), "the client is told")
                self.assertEqual(client.close_code, 1014)

            async def is_counted():
                metrics = await gateway.metrics()
                return metrics.sum("pulsegate_connections_closed_total", reason="app_lost")

            await eventually(is_counted, "the loss of the application is counted")

    async def test_a_gateway_reaches_another_one_by_wss(self):
        inner = await self.start()
        outer = await self.in_front_of(f"wss://127.0.0.1:{inner.port}", "gate")
        await self.expect_echo(outer.url)
        context = ssl.create_default_context(cafile=self.directory / "gate.pem")
        await self.expect_echo(
            f"wss://127.0.0.1:{inner.port}", ssl=context, server_hostname="gate.example"
        )


if __name__ == "__main__":
    main()
