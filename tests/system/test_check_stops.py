"""`check --unit` and `check --kubernetes`: whether what stops the gateway leaves time for a drain."""

import json
import random
import subprocess

from support.case import BINARY, SOURCE, SystemTest, main

UNIT = "[Service]\nExecStart=/usr/bin/pulsegate run\n"
POD = """\
kind: Pod
metadata: { name: edge }
spec:
  terminationGracePeriodSeconds: 10
  containers: [{ name: pulsegate, image: "pulsegate:1" }]
"""
UNITS = ("", "s", "sec", "min", "m", "ms", "h", "hr", "d", "us", "usec", "w", " s", " min", "month")


class CheckStops(SystemTest):
    def check(self, *arguments, text=None, yaml="routes: [{ path: /, upstream: echo }]"):
        file = self.write("gateway.yaml", yaml)
        return subprocess.run(
            [BINARY, "check", "--config", file, *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            timeout=30,
        )

    async def test_one_run_judges_all_of_them_and_each_place_is_named(self):
        unit = self.write("a.service", UNIT + "TimeoutStopSec=20\n")
        pod = self.write("pod.yaml", POD)
        result = self.check("--unit", unit, "--kubernetes", pod, "--format", "line")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 2, result.stdout)
        self.assertTrue(lines[0].startswith(f"{unit}:3:1: warning[PG401]: "), lines[0])
        self.assertTrue(lines[1].startswith(f"{pod}:4:34: warning[PG405]: "), lines[1])
        self.assertEqual(self.check("--unit", unit, "--strict").returncode, 3)

    async def test_help_that_is_pasted_cures(self):
        for name, option, text, field in (
            ("a.service", "--unit", UNIT + "TimeoutStopSec=20\n", "TimeoutStopSec=20"),
            ("b.yaml", "--kubernetes", POD, "terminationGracePeriodSeconds: 10"),
        ):
            with self.subTest(name=name):
                file = self.write(name, text)
                found = json.loads(self.check(option, file, "--format", "json").stdout)
                cure = found["diagnostics"][0]["help"].split("`")[1]
                file.write_text(text.replace(field, cure))
                self.assertEqual(self.check(option, file, "--strict").returncode, 0)

    async def test_they_may_come_through_a_pipe_but_one_only(self):
        for option, text, code in (("--unit", UNIT, "PG401"), ("--kubernetes", POD, "PG405")):
            result = self.check(option, "-", text=text, yaml="drain: { window: 2m }\n")
            self.assertIn(code, result.stdout)
            self.assertIn("--> standard input:", result.stdout)
        result = self.check("--unit", "-", "--kubernetes", "-", text=UNIT)
        self.assertEqual(result.returncode, 2)
        self.assertIn("only one option may read standard input", result.stderr)

    async def test_a_file_that_is_not_there_is_named(self):
        for option in ("--unit", "--kubernetes"):
            result = self.check(option, self.directory / "absent")
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"cannot read {self.directory}/absent: No such file", result.stderr)

    async def test_the_unit_of_this_project_is_fine_with_any_window(self):
        unit = SOURCE / "deploy/pulsegate.service"
        result = self.check("--unit", unit, "--strict", yaml="drain: { window: 1h }\n")
        self.assertEqual(result.returncode, 0, result.stdout)

    async def test_time_spans_are_read_as_systemd_reads_them(self):
        seed = random.randrange(2**32)
        source = random.Random(seed)
        spans = [
            source.choice(("", " ")).join(
                source.choice(("", "0", "1", "7", "90", ".5", "1.25", "3.0", "-1"))
                + source.choice(UNITS)
                for _ in range(source.randint(1, 3))
            )
            for _ in range(60)
        ]
        refused = 0
        for span in spans + ["infinity", "90 secs", "1min 30s", "1h1", "5 5"]:
            with self.subTest(span=span, seed=seed):
                systemd = subprocess.run(
                    ["systemd-analyze", "timespan", "--", span], capture_output=True, text=True
                )
                unit = UNIT + f"TimeoutStopSec=1day\nTimeoutStopSec={span}\n"
                report = self.check("--unit", "-", "--format", "json", text=unit)
                (plan,) = json.loads(report.stdout)["stops"]
                milliseconds = plan["kill_after_milliseconds"]
                if systemd.returncode != 0:
                    refused += 1
                    self.assertIn("PG403", report.stdout)
                    self.assertEqual(milliseconds, 24 * 3600 * 1000)
                    continue
                self.assertNotIn("PG403", report.stdout)
                (_, _, said) = systemd.stdout.partition("μs: ")
                if "infinity" in systemd.stdout or int(said.split()[0]) == 0:
                    self.assertIsNone(milliseconds)
                else:
                    self.assertEqual(milliseconds, -(-int(said.split()[0]) // 1000))
        self.assertGreater(refused, 0)


if __name__ == "__main__":
    main()
