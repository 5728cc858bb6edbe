"""What the gateway reads in an Nginx configuration, against Nginx itself.

Nginx must accept each configuration, and its own dump of it (`nginx -T`), in which the files are
split and found differently, must be read as the files themselves are.
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import unittest

from support.case import SOURCE, SystemTest, main
from support.nginx import PROGRAM

CASES = SOURCE / "tests/cases/nginx"
READER = os.environ.get(
    "PRINT_NGINX_READING", str(SOURCE / "build/release/tests/system/print_nginx_reading")
)
STREAM_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")

# Paths that any user may write to, on the line of `http {` so that line numbers stay.
WRITABLE = " ".join(
    f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)

PIECES = ("{", "}", ";", '"', "'", "\\", "$", "${", "#", "# c\n", " ", "\n", "\\;", '"a b"', "{}")


def run(*command):
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=30, check=False
    )


def reading_of(path):
    result = run(READER, path)
    assert result.returncode == 0, result.stderr
    return result.stdout


def damaged(text, random_source):
    for _ in range(random_source.choice((1, 1, 2))):
        at = random_source.randrange(len(text) + 1)
        source = random_source.randrange(len(text))
        piece = random_source.choice(
            (
                random_source.choice(PIECES),
                chr(random_source.randrange(32, 127)),
                text[source : source + random_source.randrange(30)],
                "",
            )
        )
        text = text[:at] + piece + text[at + random_source.randrange(3) :]
    return text


class NginxReader(SystemTest):
    def prepared(self, case):
        """A copy of a case that Nginx can test here."""
        folder = self.directory / case.name
        shutil.copytree(case, folder)
        file = folder / "nginx.conf"
        text = file.read_text()
        file.write_text(re.sub("http *{", f"http {{ access_log off; {WRITABLE}", text, count=1))
        if "certificate.pem" in text:
            # fmt: off
            result = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=a.example",
                         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem")
            # fmt: on
            self.assertEqual(result.returncode, 0, result.stderr)
        return file

    def judged(self, file):
        pid = f"pid {file.parent}/nginx.pid;"
        return run(PROGRAM, "-e", "stderr", "-t", "-q", "-p", file.parent, "-c", file, "-g", pid)

    def dump_of(self, file, *options):
        result = run(PROGRAM, "-e", "stderr", "-T", "-c", file, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.write("dump.txt", result.stdout)

    async def test_nginx_accepts_each_case_and_its_dump_reads_like_its_files(self):
        cases = sorted(case for case in CASES.iterdir() if case.is_dir())
        self.assertGreaterEqual(len(cases), 8)
        for case in cases:
            with self.subTest(case=case.name):
                if case.name == "stream" and not STREAM_MODULE.exists():
                    self.skipTest(f"{STREAM_MODULE} is not installed")
                file = self.prepared(case)
                expected = (case / "reading.txt").read_text()
                self.assertNotIn("problem", expected)
                self.assertEqual(reading_of(file), expected)
                options = ["-p", file.parent, "-g", f"pid {file.parent}/nginx.pid;"]
                self.assertEqual(reading_of(self.dump_of(file, *options)), expected)

    @unittest.skipUnless(os.geteuid() == 0, "only root can test the configuration of the system")
    async def test_the_configuration_of_the_system_reads_like_its_dump(self):
        file = pathlib.Path("/etc/nginx/nginx.conf")
        if not file.exists():
            self.skipTest(f"{file} does not exist")
        reading = reading_of(file)
        self.assertIn("read nginx.conf\n", reading)
        self.assertNotIn("problem", reading)
        self.assertEqual(reading_of(self.dump_of(file)), reading)

    async def test_what_nginx_accepts_is_read_without_a_problem(self):
        """Damages configurations at random; many remain good, in ways nobody would write."""
        random_source = random.Random(1)
        cases = ("lost_headers", "quoting", "regex_locations", "variables")
        files = [self.prepared(CASES / case) for case in cases]
        sound = [file.read_text() for file in files]
        accepted = 0
        for number in range(300):
            choice = random_source.randrange(len(files))
            text = damaged(sound[choice], random_source)
            files[choice].write_text(text)
            if self.judged(files[choice]).returncode == 0:
                accepted += 1
                reading = reading_of(files[choice])
                self.assertNotIn(" problem: ", reading, f"damage number {number}:\n{text}")
        self.assertGreater(accepted, 30)

    async def test_nginx_refuses_the_times_that_the_reader_refuses(self):
        for time, is_good in (("1h 30m", True), ("60 5", True), ("1M", False), ("30s1m", False)):
            with self.subTest(time=time):
                text = f'events {{}}\nhttp {{ {WRITABLE} proxy_read_timeout "{time}"; }}\n'
                file = self.write("times.conf", text)
                result = self.judged(file)
                self.assertEqual(result.returncode == 0, is_good, result.stderr)
                self.assertEqual("problem" not in reading_of(file), is_good)


if __name__ == "__main__":
    main()
