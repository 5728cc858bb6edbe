"""Clients in processes of their own, so that their work delays no test: burst, close_times, …"""

import sys

from support.case import SOURCE


def spawn_crowd(test, module, *arguments, prefix=()):
    """Runs support/<module>.py as a program."""
    return test.spawn(
        module,
        [*prefix, sys.executable, "-B", "-m", f"support.{module}", *arguments],
        environment={"PYTHONPATH": str(SOURCE / "tests/system")},
    )
