"""deploy/compose/, without a container engine: what it mounts is there, and its parts fit together."""

import json
import re
import subprocess
import sys
import unittest

import websockets
import yaml

from support.case import BINARY, SOURCE, SystemTest, main
from support.gateway import Gateway
from support.nginx import PROGRAM
from support.ports import free_port
from support.tcp_table import is_listening
from support.waiting import within
from support.web import get

FOLDER = SOURCE / "deploy/compose"
TEMPORARY = "".join(
    f"{name}_temp_path {name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


class Compose(SystemTest):
    def services(self):
        return yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]

    def mounts(self):
        """Of all services: (service, source, target)."""
        for name, service in self.services().items():
            for mount in service.get("volumes", []):
                source, target, *_ = mount.split(":")
                if source.startswith("."):
                    yield name, (FOLDER / source).resolve(), target

    async def test_every_port_is_on_loopback(self):
        ports = [p for s in self.services().values() for p in s.get("ports", [])]
        self.assertEqual(len(ports), 3)
        for port in ports:
            self.assertRegex(port, r"^127\.0\.0\.1:\d+:\d+$")

    async def test_what_it_mounts_is_there(self):
        for name, source, _ in self.mounts():
            with self.subTest(service=name, source=source):
                if not (SOURCE / "dashboards").exists() and name in ("grafana", "prometheus"):
                    self.skipTest("comes with the dashboards")
                self.assertTrue(source.exists())
        for name, service in self.services().items():
            if "build" in service:
                build = service["build"]
                build = {"context": build} if isinstance(build, str) else build
                context = (FOLDER / build["context"]).resolve()
                file = context / build.get("dockerfile", "Dockerfile")
                self.assertTrue(file.is_file(), f"{name}: {file}")

    async def test_services_that_are_waited_for_exist_and_volumes_are_declared(self):
        services = self.services()
        for name, service in services.items():
            for other in service.get("depends_on", {}):
                self.assertIn(other, services, name)
            mode = service.get("network_mode", "service:app")
            self.assertIn(mode.removeprefix("service:"), services, name)

    async def test_the_drain_has_its_time(self):
        configuration = yaml.safe_load((FOLDER / "gateway.yaml").read_text())
        self.assertNotIn("drain", configuration)  # the default, 30 s
        self.assertEqual(self.services()["pulsegate"]["stop_grace_period"], "40s")

    async def test_grafana_finds_prometheus_and_its_dashboard(self):
        services = self.services()
        datasource = yaml.safe_load((FOLDER / "grafana/datasources.yaml").read_text())
        url = datasource["datasources"][0]["url"]
        host, port = re.fullmatch(r"http://(\w+):(\d+)", url).groups()
        # Prometheus has the name of the service whose network namespace it is in.
        self.assertEqual(services["prometheus"]["network_mode"], f"service:{host}")
        self.assertIn(f"127.0.0.1:{port}:{port}", services[host]["ports"])
        provider = yaml.safe_load((FOLDER / "grafana/dashboards.yaml").read_text())
        folder = provider["providers"][0]["options"]["path"]
        targets = {target for name, _, target in self.mounts() if name == "grafana"}
        home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
        self.assertIn(home, targets)
        self.assertTrue(home.startswith(folder + "/"))

    @unittest.skipUnless((SOURCE / "deploy/prometheus").is_dir(), "comes with the dashboards")
    async def test_prometheus_scrapes_the_gateway_on_loopback(self):
        prometheus = yaml.safe_load((SOURCE / "deploy/prometheus/prometheus.yml").read_text())
        targets = [
            target
            for job in prometheus["scrape_configs"]
            for group in job["static_configs"]
            for target in group["targets"]
        ]
        configuration = yaml.safe_load((FOLDER / "gateway.yaml").read_text())
        self.assertEqual(targets, [configuration["admin"]["address"]])

    async def test_the_configurations_fit_each_other(self):
        result = subprocess.run(
            [BINARY, "check", "--strict", "--format", "json"]
            + ["--config", FOLDER / "gateway.yaml", "--nginx", FOLDER / "nginx.conf"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual([hop["name"] for hop in json.loads(result.stdout)["hops"]], ["nginx"])

    def replaced(self, name, *pairs):
        """The text of a file of deploy/compose with addresses of this test, each there at least once."""
        text = (FOLDER / name).read_text()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return text

    async def test_people_in_the_room_hear_each_other_through_nginx_and_the_gateway(self):
        app, front, port, admin = (free_port() for _ in range(4))
        uvicorn = self.spawn(
            "app",
            [sys.executable, "-B", "-m", "uvicorn", "app:app", "--app-dir", FOLDER / "app"]
            + ["--host", "127.0.0.1", "--port", app],
        )
        await uvicorn.until(lambda: is_listening(app), "the application listens", 30)
        nginx_file = self.write(
            "nginx.conf",
            self.replaced(
                "nginx.conf",
                ("listen 8080;", f"listen 127.0.0.1:{front};"),
                ("http://app:8000", f"http://127.0.0.1:{app}"),
                ("http://pulsegate:8081", f"http://127.0.0.1:{port}"),
                ("http {", f"http {{ access_log off; {TEMPORARY}"),
                ("worker_rlimit_nofile 16384;", "daemon off; pid nginx.pid; error_log stderr;"),
            ),
        )
        nginx = self.spawn("nginx", [PROGRAM, "-p", self.directory, "-c", nginx_file])
        await nginx.until(lambda: is_listening(front), "nginx listens")
        file = self.write(
            "gateway.yaml",
            self.replaced(
                "gateway.yaml",
                ("0.0.0.0:8081", f"127.0.0.1:{port}"),
                ("127.0.0.1:9464", f"127.0.0.1:{admin}"),
                ("/etc/nginx/nginx.conf", str(nginx_file)),
                ("ws://app:8000", f"ws://127.0.0.1:{app}"),
            ).replace("connections: 2000", "connections: 200"),
        )
        gateway = await Gateway.run(self, port, admin, file)

        self.assertIn("<h1>A room</h1>", (await get(f"http://127.0.0.1:{front}/")).text)
        url = f"ws://127.0.0.1:{front}/ws"
        async with websockets.connect(url) as first, websockets.connect(url) as second:
            await first.send("hello")

            async def hears(client):
                while await client.recv() != "hello":
                    pass

            for client in (first, second):
                await within(hears(client), "both hear it")
            self.assertEqual(await gateway.live(), 2)


if __name__ == "__main__":
    main()
