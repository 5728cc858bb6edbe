"""What is compared: each stands between the load generator and the application, with one worker.
Each target is a function that writes its configuration and says how to start it."""

import dataclasses
import os
import pathlib
import shutil
import socket

from harness.processes import READY_SECONDS, BenchError, free_port

PULSEGATE_YAML = """\
listeners:
  - address: 127.0.0.1:{port}
admin:
  address: 127.0.0.1:{admin_port}
workers: {workers}
heartbeat:
  interval: {interval}s
  timeout: {timeout}s
routes:
  - path: /
    upstream: ws://127.0.0.1:{app_port}
drain:
  window: 1s
log:
  level: warning
"""

NGINX_CONF = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 19000; }}
http {{
    access_log off;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{app_port};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
        }}
    }}
}}
"""

HAPROXY_CFG = """\
global
    nbthread 1
    maxconn {connections}

defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h

frontend clients
    bind 127.0.0.1:{port}
    maxconn {connections}
    default_backend app

backend app
    server app 127.0.0.1:{app_port}
"""

CADDYFILE = """\
{{
    admin off
    auto_https off
}}

http://:{port} {{
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:{app_port}
}}
"""


@dataclasses.dataclass
class Running:
    child: object
    port: int


@dataclasses.dataclass
class Site:
    """What a target is started with."""

    directory: pathlib.Path
    port: int
    app_port: int
    interval: int = 25  # seconds between heartbeats, of a target that has any
    workers: int = 1

    def write(self, name, text):
        file = self.directory / name
        file.write_text(text)
        return file


def tunnel(binary, site):
    return [binary, "--listen", site.port, "--app", site.app_port], {}


def pulsegate(binary, site):
    config = site.write("gateway.yaml", PULSEGATE_YAML.format(
        port=site.port, admin_port=free_port(), app_port=site.app_port, interval=site.interval,
        timeout=2 * site.interval + 10, workers=site.workers))
    return [binary, "run", "--config", config], {}


def nginx(binary, site):
    config = site.write("nginx.conf", NGINX_CONF.format(port=site.port, app_port=site.app_port))
    return [binary, "-p", site.directory, "-c", config, "-e", "stderr"], {}


def haproxy(binary, site):
    config = site.write("haproxy.cfg", HAPROXY_CFG.format(
        port=site.port, app_port=site.app_port, connections=9500))
    return [binary, "-db", "-f", config], {}


def caddy(binary, site):
    config = site.write("Caddyfile", CADDYFILE.format(port=site.port, app_port=site.app_port))
    home = {"HOME": str(site.directory), "XDG_DATA_HOME": str(site.directory), "GOMAXPROCS": "1"}
    return [binary, "run", "--adapter", "caddyfile", "--config", config], home


TARGETS = {"tunnel": tunnel, "pulsegate": pulsegate, "nginx": nginx, "haproxy": haproxy,
           "beast": tunnel, "caddy": caddy}
OPTIONAL = {"caddy"}  # compared where it is installed


def found(name):
    """A program of Debian's, wherever root's or users' PATH has it."""
    return pathlib.Path(shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
                        or f"/usr/sbin/{name}")


@dataclasses.dataclass
class Binaries:
    tools: pathlib.Path
    pulsegate: pathlib.Path

    def tool(self, name):
        return self.tools / f"bench_{name}"

    def of(self, target):
        own = {"tunnel": self.tool("tunnel"), "beast": self.tool("beast_relay"),
               "pulsegate": self.pulsegate}
        return own.get(target) or found(target)

    def missing(self, targets):
        """(name, path) of every binary that a run with these targets needs and does not find."""
        needed = {"load generator": self.tool("load"), "application": self.tool("echo_app")}
        needed.update((target, self.of(target)) for target in targets)
        return [(name, path) for name, path in needed.items() if shutil.which(path) is None]


def start_app(children, binaries, cpus=None, *options):
    """Returns a new echo application."""
    port = free_port()
    child = children.start("the application",
                           [binaries.tool("echo_app"), "--listen", port, *options], port,
                           cpus=cpus)
    return Running(child, port)


def start_target(name, children, binaries, app_port, cpus=None, **settings):
    """Starts a target, on certain processors if that is asked for."""
    site = Site(pathlib.Path(children.directory), free_port(), app_port, **settings)
    command, environment = TARGETS[name](binaries.of(name), site)
    child = children.start(name, command, site.port, cpus=cpus, environment=environment)
    running = Running(child, site.port)
    expect_upgrade(running)
    return running


def expect_upgrade(running):
    """Returns once the whole chain has answered a handshake. Listening is not enough: Nginx listens
    before it has a worker, whose processor time would then be missed."""
    request = ("GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    try:
        with socket.create_connection(("127.0.0.1", running.port), READY_SECONDS) as probe:
            probe.sendall(request.encode())
            answer = probe.recv(4096)
    except OSError as error:
        raise running.child.failure(f"did not answer a handshake: {error}") from error
    if not answer.startswith(b"HTTP/1.1 101 "):
        first_line = answer.split(b"\r\n")[0].decode(errors="replace")
        raise running.child.failure(f"answered a handshake with `{first_line}`")


def has_heartbeats(name):
    return name == "pulsegate"
