"""A real Nginx: one that runs nginx/pulsegate.conf, or one with a configuration of the test's own.

Of nginx/pulsegate.conf only the port, the upstream's port and the time limit are replaced.
"""

import shutil
import signal

from support.case import SOURCE
from support.ports import free_port
from support.tcp_table import is_listening

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr info;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include pulsegate.conf;
}
"""
PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")


def _replace_once(text, old, new):
    assert text.count(old) == 1, f"`{old}` occurs {text.count(old)} times in nginx/pulsegate.conf"
    return text.replace(old, new)


class Nginx:
    def __init__(self, port, process):
        self.port = port
        self.process = process
        self.url = f"ws://127.0.0.1:{port}"

    @classmethod
    async def start(cls, test, gateway, read_timeout="60s", page=None):
        """Starts one in front of `gateway`. `page`: an HTML file that it serves as /page."""
        port = free_port()
        file = cls.write(test, port, CONFIGURATION)
        listen = f"listen 127.0.0.1:{port};"
        if page:
            shutil.copy(page, file.parent / "page.html")
            listen += (
                f" location = /page {{ default_type text/html; alias {file.parent}/page.html; }}"
            )
        block = (SOURCE / "nginx/pulsegate.conf").read_text()
        block = _replace_once(block, "listen 80;", listen)
        block = _replace_once(block, "server 127.0.0.1:8081;", f"server 127.0.0.1:{gateway.port};")
        block = _replace_once(
            block, "proxy_read_timeout 60s;", f"proxy_read_timeout {read_timeout};"
        )
        (file.parent / "pulsegate.conf").write_text(block)
        return await cls.run(test, port, file)

    @classmethod
    async def start_site(cls, test, gateway, make_text, **texts):
        """Starts one in front of `gateway`, with make_text(port, gateway.port, **texts)."""
        port = free_port()
        return await cls.run(
            test, port, cls.write(test, port, make_text(port, gateway.port, **texts))
        )

    @staticmethod
    def write(test, port, text):
        """A directory of its own, and in it nginx.conf with this text; the file."""
        directory = test.directory / f"nginx-{port}"
        directory.mkdir()
        file = directory / "nginx.conf"
        file.write_text(text)
        return file

    @classmethod
    async def run(cls, test, port, file):
        process = test.spawn(
            "nginx",
            [PROGRAM, "-e", "stderr", "-p", file.parent, "-c", file],
            death_signal=signal.SIGTERM,
        )  # its master must live to end the workers
        await process.until(lambda: is_listening(port), "Nginx listens")
        return cls(port, process)

    async def reload(self):
        """Has new workers take over; the old ones keep their connections."""
        self.process.signal(signal.SIGHUP)
        await self.process.until(
            lambda: "reconfiguring" in self.process.log(), "Nginx begins its reload"
        )
