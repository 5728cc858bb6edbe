"""What the guides show is what the programs print, and what they quote is there."""

import difflib
import re
import subprocess

import scenario  # first: it makes the helpers of the system tests known
from guide import GUIDES, HOW_TO_UPDATE, all_guides, blocks_of
from support.case import BINARY, SystemTest, main
from update import MADE_FROM, wanted_text

_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


class Text(SystemTest):
    maxDiff = None

    async def test_output_quoted_files_and_tables_are_as_they_have_to_be(self):
        for path in all_guides():
            with self.subTest(guide=path.name):
                texts = path.read_text(), await wanted_text(self, path)
                lines = (text.splitlines() for text in texts)
                difference = difflib.unified_diff(*lines, path.name, "as it has to be", lineterm="")
                self.assertEqual("\n".join(difference), "", HOW_TO_UPDATE)

    async def test_each_block_is_a_file_or_commands_or_a_picture(self):
        for path in all_guides():
            for block in blocks_of(path.read_text()):
                with self.subTest(guide=path.name, line=block.line):
                    if block.is_console:
                        self.assertIn(block.name, ("", "live", "by hand"))
                        self.assertTrue(block.commands())
                    elif not block.is_file:
                        self.assertIn(block.language, ("", "text"))
                    elif not block.name.startswith("/"):
                        self.assertTrue((GUIDES / block.name).is_file(), block.name)

    async def test_links_lead_to_files_that_are_there(self):
        for path in all_guides():
            for target in _LINK.findall(path.read_text()):
                if not target.startswith("https://"):
                    with self.subTest(guide=path.name, target=target):
                        self.assertTrue((path.parent / target).exists())

    async def test_the_readme_leads_to_every_guide(self):
        targets = _LINK.findall((GUIDES / "README.md").read_text())
        for path in all_guides():
            if path.name != "README.md":
                self.assertIn(path.name, targets)

    async def test_codes_that_are_named_exist(self):
        codes = {code for path in all_guides() for code in re.findall(r"PG\d+", path.read_text())}
        self.assertGreater(len(codes), 10)
        for code in sorted(codes):
            with self.subTest(code=code):
                result = subprocess.run([BINARY, "explain", code], capture_output=True, timeout=30)
                self.assertEqual(result.returncode, 0, result.stderr)

    async def test_each_generated_table_is_somewhere(self):
        text = "".join(path.read_text() for path in all_guides())
        for what in MADE_FROM:
            self.assertIn(f"<!-- made from {what}: tests/guides/run --update -->", text)


if __name__ == "__main__":
    main()
