"""The dashboard is what its source makes, and each panel has what a reader of it needs."""

import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

from dashboard import DASHBOARD, FILE, panels, queries, with_values

VARIABLES = {
    "__rate_interval": "5m",
    "__range": "3h",
    "job": "pulsegate",
    "instance": ".+",
    "route": ".+",
}
# Grafana's identifiers of units: of numbers, shares, seconds, bytes, and these per second or minute.
UNITS = {"short", "percentunit", "s", "bytes", "Bps", "cps", "cpm"}


class Dashboard(unittest.TestCase):
    def test_the_file_is_what_its_source_makes(self):
        done = subprocess.run(
            [sys.executable, "-B", FILE.with_name("generate"), "--check"],
            capture_output=True,
            text=True,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_each_panel_says_what_to_do_with_it(self):
        for panel in panels():
            with self.subTest(panel["title"]):
                self.assertRegex(panel["description"], r"^[A-Z].{40,}[.?]$")
        titles = [panel["title"] for panel in DASHBOARD["panels"]]
        self.assertEqual(len(set(titles)), len(titles), "two panels with one title")

    def test_titles_that_a_description_names_exist(self):
        titles = {panel["title"] for panel in DASHBOARD["panels"]}
        for panel in panels():
            with self.subTest(panel["title"]):
                for named in panel["description"].split("*")[1::2]:
                    self.assertIn(named, titles)

    def test_each_panel_has_a_unit(self):
        for panel in panels():
            with self.subTest(panel["title"]):
                if panel["type"] == "heatmap":
                    self.assertEqual(panel["options"]["yAxis"]["unit"], "s")
                else:
                    self.assertIn(panel["fieldConfig"]["defaults"]["unit"], UNITS)

    def test_each_asks_the_data_source_that_was_chosen(self):
        for panel in panels():
            with self.subTest(panel["title"]):
                for asks in (panel, *panel["targets"]):
                    self.assertEqual(asks["datasource"]["uid"], "${datasource}")

    def test_each_query_asks_for_what_the_variables_choose(self):
        for what, expression in queries():
            with self.subTest(what):
                if "ALERTS" not in expression:  # some are of a whole job
                    metrics = expression.count("pulsegate_") + expression.count("process_")
                    chosen = expression.count('{job=~"$job", instance=~"$instance"')
                    self.assertEqual(chosen, metrics)

    def test_no_query_divides_by_nothing(self):
        for what, expression in queries():
            with self.subTest(what):
                for divisor in expression.split(" / ")[1:]:
                    self.assertRegex(divisor, r"^(on \([a-z, ]+\) )?\(.+ > 0\)")

    def test_promtool_understands_each_query(self):
        rules = [
            {
                "record": "dashboard:query",
                "labels": {"of": what},
                "expr": with_values(text, VARIABLES),
            }
            for what, text in queries()
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run(
                ["promtool", "check", "rules", file.name], capture_output=True, text=True
            )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_no_two_panels_overlap_or_share_an_id(self):
        cells = set()
        for panel in DASHBOARD["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24)
            own = set(
                itertools.product(
                    range(place["x"], place["x"] + place["w"]),
                    range(place["y"], place["y"] + place["h"]),
                )
            )
            self.assertFalse(cells & own, panel["title"])
            cells |= own
        ids = [panel["id"] for panel in DASHBOARD["panels"]]
        self.assertEqual(len(set(ids)), len(ids))

    def test_it_has_all_rows(self):
        rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
        readme = (pathlib.Path(FILE).parents[1] / "README.md").read_text()
        for row in rows:
            self.assertIn(f"| {row} |", readme)

    def test_it_is_readable(self):
        self.assertEqual(
            FILE.read_text(), json.dumps(DASHBOARD, indent=2, ensure_ascii=False) + "\n"
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)
