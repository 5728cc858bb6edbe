"""What every system test has: a directory, processes that end with it, logs when it fails."""

import logging
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import unittest

from support.process import Process

SOURCE = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("PULSEGATE", str(SOURCE / "build/release/pulsegate"))

logging.getLogger("asyncio").setLevel(logging.ERROR)  # not: which steps of a test were slow


class SystemTest(unittest.IsolatedAsyncioTestCase):
    def run(self, result=None):
        result = result or self.defaultTestResult()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pulsegate-test."))
        self.directory.chmod(0o755)  # Nginx started by root reads pages as another user
        self.processes = []
        self.gateways = []
        problems = len(result.failures) + len(result.errors)
        try:
            return super().run(result)
        finally:
            for process in reversed(self.processes):
                process.kill()
            if len(result.failures) + len(result.errors) > problems:
                self._print_logs()
            shutil.rmtree(self.directory, ignore_errors=True)

    async def asyncTearDown(self):
        """Every gateway must drain and leave with 0: sanitizers report leaks at that moment."""
        for gateway in self.gateways:
            if gateway.process.exit_code is None:
                gateway.process.signal(signal.SIGTERM)
                self.assertEqual(await gateway.process.ended(), 0, "exit code of the gateway")

    def spawn(self, name, command, **options):
        """Starts a process that is killed when the test ends. `name` is made unique."""
        same = sum(process.name.startswith(name) for process in self.processes)
        process = Process(
            f"{name}-{same + 1}" if same else name, command, self.directory, **options
        )
        self.processes.append(process)
        return process

    def write(self, name, text):
        file = self.directory / name
        file.write_text(text)
        return file

    def _print_logs(self):
        for process in self.processes:
            print(
                f"--- {self.id()}: log of {process.name} (exit {process.exit_code})",
                file=sys.stderr,
            )
            print(process.log()[-6000:], file=sys.stderr)


def main():
    unittest.main(verbosity=2)
