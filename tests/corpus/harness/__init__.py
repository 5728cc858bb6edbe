"""What plays the entries of a corpus. The helpers of the system tests are used as they are."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
