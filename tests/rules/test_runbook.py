"""The runbook has what the alerts promise: an entry for each, with everything that is needed."""

import re
import unittest

from runbook import FILE, entries, metrics_in, queries
from test_alerts import alerts

PARTS = ("**Users see** ", "**Confirm**", "**Causes**", "**Do** ", "**Silence** ")


class Runbook(unittest.TestCase):
    def test_each_alert_has_an_entry_and_each_entry_an_alert(self):
        self.assertEqual(set(entries()), set(alerts()))

    def test_each_link_of_an_alert_leads_to_its_entry(self):
        for name, rule in alerts().items():
            path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
            self.assertEqual(path, f"deploy/{FILE.name}")
            self.assertIn(anchor, [heading.lower() for heading in entries()])

    def test_each_entry_has_all_parts_in_their_order(self):
        for name, text in entries().items():
            with self.subTest(name):
                places = [text.find(part) for part in PARTS]
                self.assertEqual(places, sorted(places))
                self.assertNotIn(-1, places)
                self.assertTrue(queries(text), "no query")
                self.assertIn("\n1. ", text[text.find("**Causes**") :])

    def test_each_entry_tells_how_urgent_it_is(self):
        for name, rule in alerts().items():
            severity = rule["labels"]["severity"].capitalize()
            self.assertTrue(entries()[name].lstrip().startswith(f"*{severity}.* "), name)

    def test_alerts_that_an_entry_names_exist(self):
        named = set(re.findall(r"\bPulsegate[A-Z]\w+", FILE.read_text()))
        self.assertEqual(named - set(alerts()), set())

    def test_names_of_metrics_are_found_in_any_text(self):
        text = '`pulsegate_a_total{x="1"}` and rate(process_b_bucket[5m]), `pulsegate.socket`'
        self.assertEqual(metrics_in(text), {"pulsegate_a_total", "process_b"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
