"""The Grafana dashboard as the tests read it."""

import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parents[2] / "dashboards/grafana/pulsegate.json"
DASHBOARD = json.loads(FILE.read_text())


def panels():
    """All that show something, in their order."""
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def queries():
    """(where it stands, PromQL with the dashboard's variables in it) of every query."""
    for panel in panels():
        for target in panel["targets"]:
            yield f"{panel['title']}, {target['refId']}", target["expr"]
    for annotation in DASHBOARD["annotations"]["list"]:
        yield f"annotation {annotation['name']}", annotation["expr"]


def with_values(expression, values):
    """As Grafana sends it, with the variables' values: {name: value}."""
    for name, value in values.items():
        expression = expression.replace(f"${name}", value)
    assert "$" not in expression, f"a variable without a value: {expression}"
    return expression
