"""Each alert fires in its own trouble and in no other, as `promtool test rules` finds."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import yaml

from gateway_series import BEGINS, ENDS, HEALTHY, HORIZON, STEP, is_of_gateway
from scenarios import HARMLESS, TROUBLES

PROMETHEUS = pathlib.Path(__file__).resolve().parents[2] / "deploy/prometheus"
RULE_FILES = [PROMETHEUS / "pulsegate.rules.yml", PROMETHEUS / "pulsegate.alerts.yml"]
MINUTES = [step * STEP for step in range(int(HORIZON / STEP) + 1)]


def groups():
    """The names of all groups; that of the figures first, which the others use."""
    return [
        group["name"] for file in RULE_FILES for group in yaml.safe_load(file.read_text())["groups"]
    ]


def alerts():
    """{name: rule} of every alert."""
    of_alerts = yaml.safe_load(RULE_FILES[1].read_text())["groups"]
    return {rule["alert"]: rule for group in of_alerts for rule in group["rules"]}


def written(value):
    return "_" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def input_series(replaced, missed=None):
    """The series as promtool reads them. At the minute `missed` the scrape fails: `up` is 0, and
    all else of the gateway ends until the next one."""

    def sample(name, value, minute):
        if minute == missed and is_of_gateway(name):
            return "0" if name.startswith("up{") else "stale"
        return written(value(minute))

    return [
        {"series": name, "values": " ".join(sample(name, value, minute) for minute in MINUTES)}
        for name, value in (HEALTHY | replaced).items()
    ]


def nothing_fires(minute):
    return {
        "expr": 'ALERTS{alertstate="firing"}',
        "eval_time": f"{int(minute * 60)}s",
        "exp_samples": [],
    }


def only_fires(trouble, minute):
    labels = trouble.labels | {
        "alertname": trouble.alert,
        "alertstate": "firing",
        "severity": trouble.severity,
    }
    text = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    return nothing_fires(minute) | {"exp_samples": [{"labels": f"ALERTS{{{text}}}", "value": 1}]}


def tells(trouble, minute, rule):
    """What the person on call reads."""
    return {
        "alertname": trouble.alert,
        "eval_time": f"{int(minute * 60)}s",
        "exp_alerts": [
            {
                "exp_labels": trouble.labels | {"severity": trouble.severity},
                "exp_annotations": {
                    "summary": trouble.summary,
                    "description": trouble.description or rule["annotations"]["description"],
                    "runbook_url": rule["annotations"]["runbook_url"],
                },
            }
        ],
    }


def in_trouble(trouble, rule, missed=None):
    fires_at = BEGINS + trouble.fires_at
    return {
        "interval": "15s",
        "input_series": input_series(trouble.series, missed),
        "promql_expr_test": [
            *map(nothing_fires, range(5, BEGINS)),
            nothing_fires(BEGINS + trouble.quiet_until),
            only_fires(trouble, fires_at),
            nothing_fires(max(ENDS + trouble.ends_by, fires_at)) if trouble.ends_by else None,
            nothing_fires(HORIZON),
        ],
        "alert_rule_test": [tells(trouble, fires_at, rule)],
    }


class Alerts(unittest.TestCase):
    maxDiff = None

    def promtool(self, *words, **options):
        done = subprocess.run(["promtool", *words], capture_output=True, text=True, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def check(self, tests):
        """Runs tests of the form {what: promtool's test}, each a file of its own, at once."""
        with tempfile.TemporaryDirectory() as directory:
            files = []
            for number, test in enumerate(tests.values()):
                test["promql_expr_test"] = [each for each in test["promql_expr_test"] if each]
                whole = {
                    "rule_files": [str(file) for file in RULE_FILES],
                    "evaluation_interval": "30s",
                    "group_eval_order": groups(),
                    "tests": [test],
                }
                file = pathlib.Path(directory, f"{number}.yml")
                file.write_text(json.dumps(whole))  # JSON is YAML
                files.append(file)
            done = subprocess.run(
                ["promtool", "test", "rules", *files], capture_output=True, text=True
            )
            told = done.stdout + done.stderr
            for file, what in zip(files, tests):
                told = told.replace(str(file), what)
            self.assertEqual(done.returncode, 0, told)

    def test_promtool_finds_no_fault_in_the_files(self):
        self.promtool("check", "rules", *RULE_FILES)
        self.promtool("check", "config", PROMETHEUS / "prometheus.yml")

    def test_each_alert_has_a_trouble(self):
        self.assertEqual({trouble.alert for trouble in TROUBLES}, set(alerts()))

    def test_each_alert_says_what_is_needed_at_three_in_the_morning(self):
        for name, rule in alerts().items():
            with self.subTest(name):
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(
                    rule["annotations"]["runbook_url"], f"deploy/RUNBOOK.md#{name.lower()}"
                )
                self.assertLess(len(rule["annotations"]["summary"]), 120)
                self.assertTrue(rule["annotations"]["description"].endswith("."))

    def test_each_fires_in_its_own_trouble_alone_and_ends_with_it(self):
        rules = alerts()
        self.check({each.what: in_trouble(each, rules[each.alert]) for each in TROUBLES})

    def test_a_scrape_that_fails_delays_no_alert(self):
        rules = alerts()
        # In the middle of its wait, and at a moment of evaluation.
        missed = {each.what: BEGINS + max(1, each.fires_at // 2) for each in TROUBLES}
        self.check(
            {
                each.what: in_trouble(each, rules[each.alert], missed[each.what])
                for each in TROUBLES
                if each.alert not in ("PulsegateTargetDown", "PulsegateAbsent")
            }
        )

    def test_what_only_looks_like_trouble_raises_none(self):
        self.check(
            {
                what: {
                    "interval": "15s",
                    "input_series": input_series(series),
                    "promql_expr_test": [*map(nothing_fires, range(5, HORIZON + 1))],
                }
                for what, series in HARMLESS.items()
            }
        )

    def test_scrapes_that_fail_raise_none(self):
        self.check(
            {
                "a scrape fails": {
                    "interval": "15s",
                    "input_series": input_series({}, missed=BEGINS),
                    "promql_expr_test": [*map(nothing_fires, range(5, HORIZON + 1))],
                }
            }
        )


if __name__ == "__main__":
    unittest.main(verbosity=2)
