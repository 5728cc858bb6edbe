"""The command line, as somebody meets it who types: help, mistakes, a full disk, completion."""

import os
import re
import subprocess

from support.case import BINARY, SystemTest, main

COMMANDS = "run check explain hops nginx timeline health completion version".split()


def run(*words, **options):
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        [BINARY, *words], stderr=subprocess.PIPE, text=True, timeout=30, **options
    )


class CommandLine(SystemTest):
    async def test_help_shows_words_and_nothing_of_how_they_are_kept(self):
        for words in ([], *([command] for command in COMMANDS)):
            done = run(*words, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertNotRegex(done.stdout, r"->|\{|\bOR\b|\d+ - \d+", words)
        self.assertIn("--format text|line|json", run("check", "--help").stdout)

    async def test_a_wrong_value_is_told_with_those_that_there_are(self):
        for words, told in (
            (["check", "--format", "xml"], "`xml` is none of text|line|json"),
            (["check", "--format", "2"], "`2` is none of text|line|json"),
            (["hops", "--format", "line"], "`line` is none of text|json"),
            (["run", "--take-over", "abc"], "abc"),
            (["run", "--take-over", "1"], "`1` is no process id"),
            (["completion", "tcsh"], "`tcsh` is none of bash, zsh and fish"),
        ):
            done = run(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(told, done.stderr)

    async def test_what_could_not_be_written_is_no_success(self):
        file = self.write("gateway.yaml", "routes: [{ path: /, upstream: echo }]\n")
        config = ["--config", file]
        for words in (
            ["check", *config],
            ["check", *config, "--format", "json"],
            ["explain", "PG104"],
            ["hops"],
            ["nginx", *config],
            ["timeline", *config],
            ["version"],
            ["--version"],
            ["--help"],
            ["completion", "bash"],
        ):
            with open("/dev/full", "w") as full:
                done = run(*words, stdout=full)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("cannot write to standard output", done.stderr)

    async def test_an_error_stays_one_on_a_full_disk(self):
        file = self.write("gateway.yaml", "routs: []\n")
        with open("/dev/full", "w") as full:
            self.assertEqual(run("check", "--config", file, stdout=full).returncode, 1)

    def completed(self, *words):
        """What bash offers for the last word, which may be empty."""
        script = run("completion", "bash").stdout
        script += (
            f"COMP_WORDS=({' '.join(repr(word) for word in words)}); "
            f"COMP_CWORD={len(words) - 1}; _pulsegate; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        )
        done = subprocess.run(
            ["bash", "-euc", script], capture_output=True, text=True, cwd=self.directory
        )
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    async def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(set(COMMANDS) - set(self.completed("pulsegate", "")), set())
        self.assertEqual(self.completed("pulsegate", "comp"), ["completion"])
        for command in COMMANDS:
            options = set(re.findall(r"(--[\w-]+)", run(command, "--help").stdout))
            self.assertEqual(set(self.completed("pulsegate", command, "--")), options, command)
        self.assertEqual(
            self.completed("pulsegate", "check", "--format", ""), ["text", "line", "json"]
        )
        self.assertEqual(self.completed("pulsegate", "check", "--format", "j"), ["json"])
        self.assertEqual(self.completed("pulsegate", "completion", "z"), ["zsh"])
        self.write("gateway.yaml", "")
        self.assertEqual(
            self.completed("pulsegate", "run", "--config", "gate"), ["gateway.yaml"]
        )

    async def test_the_scripts_are_free_of_mistakes(self):
        for shell in ("bash", "zsh"):
            script = run("completion", shell).stdout
            done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        fish = run("completion", "fish").stdout
        for line in fish.splitlines():
            self.assertTrue(line.startswith("complete -c pulsegate"), line)
            self.assertEqual(line.replace("\\'", "").count("'") % 2, 0, line)


if __name__ == "__main__":
    main()
