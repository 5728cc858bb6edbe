"""The load generator must notice a chain that loses or changes messages; the driver must leave
nothing behind. BENCH_TOOLS names the directory of the built tools."""

import os
import pathlib
import signal
import subprocess
import sys
import unittest

from harness.processes import Children, free_port

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = pathlib.Path(os.environ["BENCH_TOOLS"])
LOAD_SECONDS = 30


def run_load(children, port, *more):
    """Status and standard error of a short load run."""
    done = subprocess.run(
        [TOOLS / "bench_load", "run", "--target", str(port), "--connections", "4",
         "--message-bytes", "200", "--warm-up-ms", "50", "--measure-ms", "200", *more],
        capture_output=True, text=True, timeout=LOAD_SECONDS, cwd=children.directory, check=False)
    return done.returncode, done.stderr


class LoadGenerator(unittest.TestCase):
    def fault_seen(self, fault, *more):
        with Children() as children:
            port = free_port()
            children.start("the application", [TOOLS / "bench_echo_app", "--listen", port,
                                               "--fault", fault, "--fault-every", 50], port)
            status, errors = run_load(children, port, *more)
        self.assertEqual(status, 1, errors)
        return errors

    def test_a_correct_application_passes(self):
        for writes in ["each", "together"]:
            with self.subTest(writes), Children() as children:
                port = free_port()
                children.start("the application",
                               [TOOLS / "bench_echo_app", "--listen", port], port)
                status, errors = run_load(children, port, "--in-flight", "8", "--writes", writes)
                self.assertEqual((status, errors), (0, ""))

    def test_a_changed_byte_is_noticed(self):
        self.assertIn("came back changed", self.fault_seen("flip"))

    def test_a_message_cut_short_is_noticed(self):
        self.assertIn("came back changed", self.fault_seen("cut"))

    def test_a_lost_message_is_noticed_by_the_one_behind_it(self):
        self.assertIn("came back changed", self.fault_seen("drop", "--in-flight", "4"))

    def test_a_lost_message_is_noticed_at_the_end_if_none_is_behind_it(self):
        self.assertIn("some messages never came back", self.fault_seen("drop"))

    def test_a_message_that_comes_twice_is_noticed(self):
        self.assertRegex(self.fault_seen("repeat"), "came back changed|never sent")

    def test_a_closed_connection_is_noticed(self):
        with Children() as children:
            port = free_port()
            children.start("the tunnel", [TOOLS / "bench_tunnel", "--listen", port,
                                          "--app", free_port()], port)  # nobody listens there
            status, errors = run_load(children, port)
        self.assertEqual(status, 1)
        self.assertIn("connection ", errors)


class Driver(unittest.TestCase):
    def test_an_interrupted_run_leaves_no_process_behind(self):
        for number, expected in [(signal.SIGINT, 130), (signal.SIGTERM, 143)]:
            with self.subTest(number), Children() as children:
                driver = subprocess.Popen(
                    [sys.executable, "-B", HERE / "run", "--tools", TOOLS, "--targets", "tunnel",
                     "--measure", "60"], stderr=subprocess.PIPE, text=True,
                    env=os.environ | {"TMPDIR": children.directory})
                self.addCleanup(driver.kill)
                while not (started := children_of(driver.pid, "bench_load")):
                    self.assertIsNone(driver.poll(), "the driver ended early")
                started = children_of(driver.pid, "bench_")
                driver.send_signal(number)
                driver.communicate(timeout=LOAD_SECONDS)
                self.assertEqual(driver.returncode, expected)
                alive = [pid for pid in started if pathlib.Path(f"/proc/{pid}").exists()]
                self.assertEqual(alive, [])
                self.assertEqual(os.listdir(children.directory), [])

    def test_a_missing_binary_is_named(self):
        done = subprocess.run(
            [sys.executable, "-B", HERE / "run", "--tools", TOOLS,
             "--pulsegate", "/nowhere/pulsegate"],
            capture_output=True, text=True, timeout=LOAD_SECONDS, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("pulsegate: `/nowhere/pulsegate` is missing", done.stderr)


def children_of(parent, name):
    """The numbers of a process's children whose command begins with a name."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            left, right = entry.read_text().rsplit(") ", 1)
        except OSError:
            continue
        if int(right.split()[1]) == parent and left.split(" (", 1)[1].startswith(name):
            found.append(int(entry.parent.name))
    return found


if __name__ == "__main__":
    unittest.main()
