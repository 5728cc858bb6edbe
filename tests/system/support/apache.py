"""A real Apache httpd with a configuration of the test's own."""

import shutil
import signal

from support.ports import free_port
from support.tcp_table import is_listening

CONFIGURATION = """\
ServerRoot {directory}
ServerName apache.test
PidFile apache.pid
DefaultRuntimeDir .
ErrorLog /dev/stderr
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
LoadModule proxy_wstunnel_module {modules}/mod_proxy_wstunnel.so
User www-data
Group www-data
StartServers 1
Listen 127.0.0.1:{port}
ProxyPass / {scheme}://127.0.0.1:{gateway_port}/ {worker}
{settings}
"""
MODULES = "/usr/lib/apache2/modules"
PROGRAM = shutil.which("apache2", path="/usr/sbin:/usr/bin:/sbin")


class Apache:
    def __init__(self, port, process):
        self.port = port
        self.process = process

    @classmethod
    async def start(cls, test, gateway, settings="", scheme="http", worker="upgrade=websocket"):
        """Starts one in front of `gateway`.

        settings: lines of its configuration. worker: what ProxyPass says after the URL.
        """
        port = free_port()
        directory = test.directory / f"apache-{port}"
        directory.mkdir()
        file = directory / "apache.conf"
        file.write_text(
            CONFIGURATION.format(
                directory=directory,
                modules=MODULES,
                port=port,
                gateway_port=gateway.port,
                scheme=scheme,
                worker=worker,
                settings=settings,
            )
        )
        process = test.spawn(
            "apache",
            [PROGRAM, "-d", directory, "-f", file, "-DFOREGROUND"],
            death_signal=signal.SIGTERM,
        )  # its master must live to end the workers
        await process.until(lambda: is_listening(port), "Apache listens")
        return cls(port, process)

    async def reload(self):
        """Has new workers take over; the old ones keep their connections."""
        self.process.signal(signal.SIGUSR1)
        await self.process.until(
            lambda: "Doing graceful restart" in self.process.log(), "Apache begins its reload"
        )
