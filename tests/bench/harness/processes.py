"""Processes of a run: started in a temporary directory, and gone when it ends, however it ends."""

import ctypes
import json
import os
import random
import select
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
READY_SECONDS = 10
STOP_SECONDS = 5


class BenchError(Exception):
    """Something that makes the figures impossible; the text says what."""


def free_port():
    """A port that nothing listens on, below the range of the kernel's own choices for clients."""
    for _ in range(200):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise BenchError("no free port between 20000 and 32000")


_libc = ctypes.CDLL(None, use_errno=True)

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)

# A signal that comes just before a wait begins does not interrupt it: waits watch this pipe too.
_signalled, _signals = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
signal.set_wakeup_fd(_signals)


def _prepare_child(cpus=None):
    if cpus:
        os.sched_setaffinity(0, cpus)
    # A driver that is killed outright cannot clean up: the kernel then sends its children SIGTERM.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The parent holds these back while it starts a child, which inherits that.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)


class Child:
    """One process, the leader of its own group; its standard error is kept for messages."""

    def __init__(self, name, command, directory, stdin=subprocess.DEVNULL, cpus=None,
                 environment=None):
        self.name = name
        self._errors = tempfile.TemporaryFile(dir=directory)
        self._unread = b""
        self.process = subprocess.Popen(
            [str(part) for part in command], cwd=directory, stdin=stdin, stdout=subprocess.PIPE,
            stderr=self._errors, start_new_session=True, env=os.environ | (environment or {}),
            preexec_fn=lambda: _prepare_child(cpus))

    def errors(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()[-2000:]

    def failure(self, what):
        return BenchError(f"{self.name} {what}")

    def wait_until_listening(self, port):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise self.failure(f"ended with status {self.process.returncode} at its start")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.01)
        raise self.failure(f"does not listen on port {port} after {READY_SECONDS} s")

    def read_json(self, seconds):
        """The next line of its standard output, as JSON; BenchError if none comes in time."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            output = self.process.stdout
            ready = select.select([output, _signalled], [], [], max(left, 0))[0]
            if not ready:
                raise self.failure(f"said nothing for {seconds} s")
            if output not in ready:
                os.read(_signalled, 65536)
                continue  # the handler has run; it did not end this program
            data = os.read(output.fileno(), 65536)
            if not data:
                raise self.failure(f"ended with status {self.process.wait()}")
            self._unread += data
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def expect_success(self, seconds):
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise self.failure(f"did not end within {seconds} s") from None
        if status != 0:
            raise self.failure(f"ended with status {status}")

    def group(self):
        """The numbers of all its processes: its own and its children's, say Nginx's worker."""
        members = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getpgid(int(entry)) == self.process.pid:
                    members.append(int(entry))
            except ProcessLookupError:
                continue
        return members

    def stop(self):
        """Ends the whole group. The leader is collected last: until then its number is its own."""
        if self.process.returncode is None:
            self._signal_group(signal.SIGTERM)
            ended = os.pidfd_open(self.process.pid)
            select.select([ended], [], [], STOP_SECONDS)
            os.close(ended)
            self._signal_group(signal.SIGKILL)
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                pipe.close()

    def _signal_group(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass  # all of it has been collected


class Children:
    """A temporary directory and the processes in it; both are gone after the `with` block."""

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="pulsegate-bench-")
        self.directory = self._directory.name
        self._running = []
        return self

    def start(self, name, command, port=None, **how):
        """Starts a process; returns once it listens on `port`, if one is given."""
        # An interruption between the two would leave a process that nobody ends.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        try:
            child = Child(name, command, self.directory, **how)
            self._running.append(child)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if port is not None:
            child.wait_until_listening(port)
        return child

    def __exit__(self, _, exception, __):
        if isinstance(exception, BenchError):
            for child in self._running:
                if child.errors():
                    exception.add_note(f"{child.name} said: {child.errors()}")
        # A second Ctrl-C must not stop this.
        before = {number: signal.signal(number, signal.SIG_IGN)
                  for number in ENDING_SIGNALS}
        try:
            for child in reversed(self._running):
                child.stop()
            self._directory.cleanup()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
