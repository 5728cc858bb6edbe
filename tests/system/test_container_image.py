"""deploy/Dockerfile, without a container engine: its form, its context, and what it runs."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

from support.case import BINARY, SOURCE, SystemTest, main

FILES = (SOURCE / "deploy/Dockerfile", SOURCE / "deploy/compose/app/Dockerfile")


def instructions(file):
    """[(instruction, rest)], continuation lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", file.read_text(), flags=re.M)
    text = text.replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def context():
    """The files that .dockerignore lets in: it refuses all but what it names with a `!`."""
    lines = (SOURCE / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*" and all(line.startswith("!") for line in patterns[1:])
    for pattern in patterns[1:]:
        found = SOURCE / pattern[1:]
        assert found.exists(), f"{pattern}: there is no such file"
        yield found


class ContainerImage(SystemTest):
    async def test_it_runs_as_nobody_special_and_signals_reach_it(self):
        for file in FILES:
            with self.subTest(file=file):
                said = instructions(file)
                last = dict(said)  # the last of each
                user, _, group = last["USER"].partition(":")
                self.assertTrue(int(user) > 0 and int(group) > 0)
                self.assertGreater(
                    [name for name, _ in said].index("USER"),
                    max(i for i, (name, _) in enumerate(said) if name == "RUN"),
                )
                self.assertIsInstance(json.loads(last["ENTRYPOINT"]), list)  # exec form
                for name, rest in said:
                    if name == "FROM":
                        self.assertEqual(rest.split()[0], "debian:12-slim")

    async def test_what_it_executes_exists_in_the_program(self):
        last = dict(instructions(FILES[0]))
        entry = json.loads(last["ENTRYPOINT"])
        self.assertEqual(entry, ["/usr/bin/pulsegate"])
        check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
        self.assertEqual(check[:2], [*entry, "health"])
        for words in (json.loads(last["CMD"]), check[1:]):
            result = subprocess.run(
                [BINARY, *words, "--help"], capture_output=True, text=True, timeout=30
            )
            self.assertEqual(result.returncode, 0, result.stderr)

    async def test_debian_12_has_the_packages_that_it_installs(self):
        listed = (SOURCE / "deploy/packages").read_text()
        names = re.search(r"^build=\((.*?)\)", listed, re.M | re.S).group(1).split()
        for file in FILES:
            for name, rest in instructions(file):
                for command in re.split(r"&&|;", rest) if name == "RUN" else ():
                    if "apt-get install" in command:
                        words = shlex.split(command)
                        names += [
                            w for w in words[words.index("install") + 1 :] if w[0] not in "-/"
                        ]
        self.assertGreater(len(names), 12)
        known = subprocess.run(
            ["apt-cache", "policy", *names], capture_output=True, text=True, timeout=60
        ).stdout
        for name in names:
            self.assertIn(f"\n{name}:\n", "\n" + known)

    async def test_the_context_is_enough_to_configure_and_to_package(self):
        copy = self.directory / "source"
        for found in context():
            target = copy / found.relative_to(SOURCE)
            target.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(found, target)
        (configure,) = [
            command.strip()
            for name, rest in instructions(FILES[0])
            for command in rest.split("&&")
            if name == "RUN" and command.strip().startswith("cmake --preset")
        ]
        subprocess.run(
            shlex.split(configure), cwd=copy, check=True, capture_output=True, timeout=90
        )
        # The compiler's part is the build's own; the binary that it would give is this one.
        shutil.copy(BINARY, copy / "build/release/pulsegate")
        subprocess.run(
            ["cpack"], cwd=copy / "build/release", check=True, capture_output=True, timeout=90
        )
        self.assertEqual(len(list((copy / "build/release").glob("pulsegate_*.deb"))), 1)

    async def test_nothing_of_the_repository_s_history_or_builds_is_sent_to_the_engine(self):
        sent = [found.relative_to(SOURCE) for found in context()]
        for path in (".git", "build", "tests", "deploy/compose"):
            inside = [each for each in sent if pathlib.Path(path).is_relative_to(each)]
            self.assertEqual(inside, [], path)


if __name__ == "__main__":
    main()
