"""Feeds the gateway's exposition to Prometheus's own checker, which must find nothing to say.

Usage: promtool.py PRINT_METRICS. Exits with 77 (skipped) where promtool is not installed.
"""

import shutil
import subprocess
import sys


def check(promtool, text):
    """Returns what promtool complains of; "" if the text is clean."""
    result = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True,
                            timeout=30, check=False)
    complaint = (result.stdout + result.stderr).decode()
    return complaint or ("" if result.returncode == 0 else f"exit code {result.returncode}")


def main():
    promtool = shutil.which("promtool")
    if promtool is None:
        print("promtool is not installed (Debian package prometheus): skipped")
        return 77
    if not check(promtool, b"# TYPE bad_total gauge\nbad_total 1\n"):
        print("promtool accepts a gauge named _total: its verdict is worth nothing")
        return 1
    for kind in ("full", "fresh"):
        text = subprocess.run([sys.argv[1], kind], capture_output=True, timeout=30,
                              check=True).stdout
        if b"pulsegate_connections_closed_total" not in text:
            print(f"{kind}: not the exposition:\n{text.decode()}")
            return 1
        complaint = check(promtool, text)
        if complaint:
            print(f"{kind}: promtool says:\n{complaint}")
            return 1
    print("clean")
    return 0


if __name__ == "__main__":
    sys.exit(main())
