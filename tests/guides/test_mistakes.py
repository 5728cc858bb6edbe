"""Each mistake of a guide's table "What goes wrong" is found by `check`, under the code that the
table names."""

import re
import typing

import scenario
from guide import GUIDES
from support.case import SystemTest, main

GATEWAY = "/etc/pulsegate/gateway.yaml"
NGINX = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/chat.conf"
HAPROXY = "/etc/haproxy/haproxy.cfg"
HEARTBEAT = "routes:", "heartbeat: { interval: %s, timeout: %s }\nroutes:"


class Mistake(typing.NamedTuple):
    file: str
    old: str
    new: str


def heartbeat(interval, timeout):
    return Mistake(GATEWAY, HEARTBEAT[0], HEARTBEAT[1] % (interval, timeout))


_NGINX = {
    "PG301": Mistake(SITE, "read_timeout 60s", "read_timeout 20s"),
    "PG302": Mistake(SITE, "read_timeout 60s", "read_timeout 35s"),
    "PG310": Mistake(SITE, "proxy_http_version 1.1;", ""),
    "PG311": Mistake(SITE, "proxy_set_header Upgrade ", "proxy_set_header X-Upgrade "),
    "PG312": Mistake(
        SITE,
        "    location / {",
        "    proxy_http_version 1.1;\n"
        "    proxy_set_header Upgrade $http_upgrade;\n"
        "    proxy_set_header Connection $connection_header;\n"
        "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
        "    location / {\n"
        "        proxy_set_header X-New yes;\n"
        "        proxy_pass http://127.0.0.1:8081;\n"
        "    }\n"
        "    location /other {\n        return 404;",
    ),
    "PG313": Mistake(NGINX, "pid ", "worker_shutdown_timeout 10s;\npid "),
    "PG314": Mistake(NGINX, "worker_connections 22000", "worker_connections 768"),
    "PG315": Mistake(SITE, "proxy_set_header X-Forwarded-For ", "proxy_set_header X-Other "),
    "PG316": Mistake(GATEWAY, "trusted_proxies: [127.0.0.1/32", "trusted_proxies: [10.0.0.1/32"),
    "PG317": Mistake(SITE, "http://127.0.0.1:8081", "http://127.0.0.1:8082"),
}
MISTAKES = {
    "nginx.md": _NGINX,
    "cloudflare_nginx.md": {code: _NGINX[code] for code in ("PG301", "PG311", "PG316")},
    "cloudflare.md": {
        "PG162": Mistake("/etc/pulsegate/origin.key", "", ""),
        "PG163": Mistake("/etc/pulsegate/origin.pem", "", ""),
        "PG164": Mistake("/etc/pulsegate/origin.key", "", ""),
        "PG301": heartbeat("100s", "160s"),
    },
    "haproxy.md": {
        "PG301": Mistake(HAPROXY, "    timeout tunnel 5m\n", ""),
        "PG302": Mistake(HAPROXY, "timeout tunnel 5m", "timeout tunnel 35s"),
        "PG313": Mistake(HAPROXY, "maxconn 10500", "maxconn 10500\n    hard-stop-after 10s"),
        "PG317": Mistake(HAPROXY, "127.0.0.1:8081", "127.0.0.1:8082"),
        "PG333": Mistake(HAPROXY, "    timeout client-fin 30s\n", ""),
        "PG336": Mistake(
            HAPROXY, "send-proxy-v2", "send-proxy-v2 check\n    option httpchk GET /health"
        ),
        "PG337": Mistake(HAPROXY, " send-proxy-v2", ""),
    },
    "aws_load_balancers.md": {
        "PG301": heartbeat("60s", "100s"),
        "PG302": heartbeat("48s", "58s"),
        "PG303": heartbeat("25s", "70s"),
    },
}


def codes_of_table(text):
    table = text.partition("\n## What goes wrong\n")[2].strip().partition("\n\n")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    return {code for row in rows for code in re.findall(r"PG\d+", row.rsplit(" | ", 1)[1])}


class Mistakes(SystemTest):
    def check_with(self, guide, code, mistake):
        """What `check` says once this mistake was made."""
        machine = scenario.Scenario(self.directory / f"{guide}-{code}")
        scenario.carry_out((GUIDES / guide).read_text(), machine, lambda block: None)
        file = machine.path(mistake.file)
        if mistake.old:
            text = file.read_text()
            self.assertIn(mistake.old, text)
            file.write_text(text.replace(mistake.old, mistake.new, 1))
        else:
            self.spoil(code, file)
        return machine.run(f"pulsegate check --format line --config {GATEWAY}")

    def spoil(self, code, file):
        """What is wrong with a certificate or key, and cannot be written down."""
        if code == "PG164":
            file.chmod(0o644)
            return
        days = "3" if code == "PG163" else "30"
        chain, key = scenario.make_certificate(self.directory / "others", "other", days=days)
        file.write_text((key if code == "PG162" else chain).read_text())
        if code == "PG163":
            file.with_suffix(".key").write_text(key.read_text())

    async def test_every_mistake_is_found_under_its_code(self):
        for guide, mistakes in MISTAKES.items():
            text = (GUIDES / guide).read_text()
            self.assertEqual(codes_of_table(text), set(mistakes), guide)
            for code, mistake in mistakes.items():
                with self.subTest(guide=guide, code=code):
                    report = self.check_with(guide, code, mistake)
                    self.assertIn(f"[{code}]", report)


if __name__ == "__main__":
    main()
