"""The log: JSON from the first line on, numbers as people write them, priorities for the journal, and
deploy/LOG.md with every line and field."""

import json
import os
import re
import signal
import subprocess

import websockets

from support.case import BINARY, SOURCE, SystemTest, main
from support.gateway import Gateway
from support.ports import free_port
from support.waiting import eventually
from support.web import get

DOCUMENT = (SOURCE / "deploy/LOG.md").read_text()
EXPONENT = re.compile(r"\d[eE][+-]?\d")
JSON = "log: { format: json }\n"
# A warning and an error of its own; neither keeps `log` from being read.
WARNING = "heartbeat: { interval: 10s, timeout: 12s }\n"
ERROR = "upsteam: echo\n"


def calls():
    """(message, [keys]) of each line that the gateway's sources write."""
    for file in sorted((SOURCE / "gateway").rglob("*.cpp")):
        text = file.read_text()
        for match in re.finditer(r"log::write(?:_paced)?\(", text):
            depth, end = 1, match.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            call = text[match.end() : end]
            head = call.partition("{")[0]
            keys = re.findall(r'\{"([\w.]+)",', call) + re.findall(r'emplace_back\("([\w.]+)"', call)
            for message in re.findall(r'"([^"]+)"', head):
                yield message, keys


class TheLog(SystemTest):
    def run_to_the_end(self, configuration, **environment):
        """Standard error of a gateway that does not start."""
        file = self.write("own.yaml", configuration)
        done = subprocess.run(
            [BINARY, "run", "--config", file],
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, **environment},
        )
        self.assertEqual(done.returncode, 78, done.stderr)
        return done.stderr.splitlines()

    async def test_json_begins_with_the_first_line_when_the_gateway_does_not_start(self):
        lines = [json.loads(line) for line in self.run_to_the_end(JSON + WARNING + ERROR)]
        self.assertEqual(lines[-1]["message"], "not started")
        self.assertEqual({line["level"] for line in lines}, {"warning", "error"})
        for line in lines[:-1]:
            self.assertRegex(line["code"], r"^PG\d+$")
            self.assertRegex(line["place"], r"own\.yaml:\d+:\d+$")

    async def test_json_goes_on_and_numbers_are_as_people_write_them(self):
        port, admin = free_port(), free_port()
        file = Gateway.write(self, port, admin, more=JSON)
        file.write_text(file.read_text().replace("timeout: 4s", "timeout: 1200ms"))
        gateway = await Gateway.run(self, port, admin, file)
        async with websockets.connect(gateway.url):
            pass
        await eventually(lambda: gateway.log_lines("session ended"), "the line of the session")
        for path in ("/status", "/history", "/config", "/alignment", "/connections"):
            answer = (await get(f"http://127.0.0.1:{admin}{path}")).text
            outside_texts = re.sub(r'"[^"]*"', "", answer)
            self.assertNotRegex(outside_texts, EXPONENT, path)
        gateway.process.signal(signal.SIGTERM)
        self.assertEqual(await gateway.process.ended(), 0)
        lines = gateway.process.log().splitlines()
        first = json.loads(lines[0])
        self.assertEqual((first["message"], first["code"]), ("configuration", "PG131"))
        for line in lines:
            self.assertEqual(list(json.loads(line))[:3], ["time", "level", "message"])
            self.assertNotRegex(re.sub(r'"[^"]*"', "", line), EXPONENT)

    def journal_lines(self, configuration, is_journal):
        """What goes to a pipe that is the journal, or of which JOURNAL_STREAM does not speak."""
        ours, theirs = os.pipe()
        seen = os.fstat(theirs)
        stream = f"{seen.st_dev}:{seen.st_ino if is_journal else seen.st_ino + 1}"
        process = subprocess.Popen(
            [BINARY, "run", "--config", self.write("own.yaml", configuration)],
            stderr=theirs,
            env={**os.environ, "JOURNAL_STREAM": stream},
        )
        os.close(theirs)
        with os.fdopen(ours) as log:
            lines = log.read().splitlines()
        self.assertEqual(process.wait(30), 78)
        return lines

    async def test_lines_have_a_priority_where_they_go_to_the_journal(self):
        for form in ("", JSON):
            lines = self.journal_lines(form + WARNING + ERROR, True)
            self.assertEqual({line[:3] for line in lines}, {"<4>", "<3>"}, lines)
            for line in self.journal_lines(form + WARNING + ERROR, False):
                self.assertFalse(line.startswith("<"), line)

    async def test_the_priority_of_each_line_is_that_of_its_level(self):
        ours, theirs = os.pipe()
        seen = os.fstat(theirs)
        file = Gateway.write(self, free_port(), free_port())
        process = subprocess.Popen(
            [BINARY, "run", "--config", file],
            stderr=theirs,
            env={**os.environ, "JOURNAL_STREAM": f"{seen.st_dev}:{seen.st_ino}"},
        )
        os.close(theirs)
        with os.fdopen(ours) as log:
            lines = [log.readline()]
            while "admin listening" not in lines[-1]:
                lines.append(log.readline())
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGINT)
            lines += log.readlines()
        process.wait(30)
        priorities = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>"}
        for line in lines:
            self.assertRegex(line, r"^<[3-7]>")
            level = re.match(r"<\d>\d{4}-\S+ (\w+)", line)  # else it is of a finding
            if level:
                self.assertEqual(line[:3], priorities[level.group(1)], line)

    async def test_each_line_and_field_is_in_the_document(self):
        found = list(calls())
        self.assertGreater(len(found), 30)
        sources = "".join(
            file.read_text() for file in sorted((SOURCE / "gateway").rglob("*.cpp"))
        )
        for row in re.findall(r"^\| (`.+?) \| ", DOCUMENT.partition("## Everything")[2], re.M):
            for message in re.findall(r"`([^`]+)`", row):
                self.assertIn(f'"{message}"', sources, "no such line any more")
        for message, keys in found:
            self.assertIn(f"`{message}`", DOCUMENT)
            for key in keys:
                self.assertIn(f"`{key}`", DOCUMENT, message)

    async def test_each_field_of_a_session_is_in_the_document(self):
        port, admin = free_port(), free_port()
        file = Gateway.write(self, port, admin, more=JSON)
        gateway = await Gateway.run(self, port, admin, file)
        async with websockets.connect(gateway.url):
            pass
        (line,) = await eventually(lambda: gateway.log_lines("session ended"), "its line")
        for key in json.loads(line):
            self.assertIn(f"`{key}`", DOCUMENT)


if __name__ == "__main__":
    main()
