"""A soak notices: its spoilt files are refused, and strange log lines are findings."""

import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from churn import configurations
from churn.log_lines import LogLines
from churn.stage import Stage
from churn.verdict import Verdict
from support.case import BINARY


class Configurations(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.stage = Stage(pathlib.Path(self.directory.name))

    def check(self, text):
        file = self.stage.directory / "gateway.yaml"
        file.write_text(text)
        command = [BINARY, "check", "--config", file]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def test_every_spoilt_file_is_refused(self):
        base = configurations.base(self.stage.ports)
        for number, spoil in enumerate(configurations.SPOILERS):
            with self.subTest(number=number):
                self.assertNotEqual(spoil(base), base)
                self.assertEqual(self.check(spoil(base)).returncode, 1)

    def test_every_other_file_is_accepted(self):
        dice = random.Random(1)
        for _ in range(20):
            checked = self.check(configurations.another(self.stage.ports, dice))
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Findings(unittest.TestCase):
    def test_only_what_is_explained_is_no_finding(self):
        lines = LogLines(
            "warning[PG306]: before the log begins\n"
            '{"level":"info","message":"listening"}\n'
            '{"level":"warning","message":"session ended"}\n'
            '{"level":"error","message":"cannot accept connections"}\n'
            "==1==ERROR: AddressSanitizer: heap-use-after-free\n"
        )
        self.assertEqual(len(lines.unexplained), 2, lines.unexplained)
        self.assertEqual(lines.messages["session ended"], 1)

    def test_one_wrong_row_spoils_the_verdict(self):
        verdict = Verdict()
        verdict.check("one", True, 1)
        self.assertTrue(verdict.is_well)
        verdict.check("two", False, 2)
        verdict.check("three", True, 3)
        self.assertFalse(verdict.is_well)


if __name__ == "__main__":
    unittest.main(verbosity=2)
