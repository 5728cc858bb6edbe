"""A child process of a test, with its output in a file; it never outlives the test."""

import ctypes
import os
import pathlib
import signal
import subprocess

from support.waiting import eventually

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class Process:
    def __init__(
        self,
        name,
        command,
        directory,
        environment=None,
        death_signal=signal.SIGKILL,
        close_fds=True,
    ):
        """Starts `command` as leader of its own process group, its output in directory/name.log.

        death_signal: what it gets when the test itself is killed.
        """
        self.name = name
        self.log_file = directory / f"{name}.log"
        with open(self.log_file, "wb") as log:
            self._popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                close_fds=close_fds,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: _libc.prctl(_PR_SET_PDEATHSIG, death_signal),
            )
        self.pid = self._popen.pid

    @property
    def exit_code(self):
        """None while it runs; minus the signal's number when one ended it."""
        return self._popen.poll()

    def log(self):
        return self.log_file.read_text(errors="replace")

    def signal(self, number):
        self._popen.send_signal(number)

    def signal_group(self, number):
        """Also to the children that it started, except those that left its process group."""
        os.killpg(self.pid, number)

    def descriptors(self):
        """How many file descriptors it holds."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def is_sanitized(self):
        """Sanitizers keep freed memory, so that its size tells nothing."""
        maps = pathlib.Path(f"/proc/{self.pid}/maps").read_text()
        return "libasan" in maps or "libtsan" in maps

    async def until(self, probe, what, seconds=15.0):
        """eventually(), but fails at once, with the log, when the process ends first."""

        def watched():
            if self.exit_code is not None:
                raise AssertionError(
                    f"{self.name} ended with {self.exit_code} before: {what}\n{self.log()}"
                )
            return probe()

        return await eventually(watched, what, seconds)

    async def ended(self, seconds=15.0):
        """Waits for its end; its exit code."""
        await eventually(lambda: self.exit_code is not None, f"{self.name} ends", seconds)
        return self.exit_code

    def kill(self):
        """Ends the whole group now."""
        try:
            self.signal_group(signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()
