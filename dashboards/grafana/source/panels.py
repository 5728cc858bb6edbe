"""Panels as Grafana's JSON, and their places on a grid of 24 columns.

In a query, `{of}` stands for the labels that the dashboard's variables choose, and `{of_route}` for
these and the route: `pulsegate_connections{of_route}`, `…_total{of, reason="age"}`.
"""

OF = 'job=~"$job", instance=~"$instance"'
OF_ROUTE = OF + ', route=~"$route"'
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

GREEN, ORANGE, RED, BLUE, GREY = "green", "orange", "red", "blue", "#808080"


def selecting(expression):
    """The query with the variables' labels in it."""
    for name, labels in (("{of_route", OF_ROUTE), ("{of", OF)):
        expression = expression.replace(f"{name}}}", f"{{{labels}}}")
        expression = expression.replace(f"{name},", f"{{{labels},")
    return expression


def query(expression, legend="", instant=False, form="time_series"):
    """One query of a panel. legend: `{{label}}` stands for its value."""
    return {
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": selecting(expression),
        "format": form,
        "instant": instant,
        "legendFormat": legend or "__auto",
        "range": not instant,
    }


def colours(*steps):
    """Thresholds: a colour, then pairs of the value from which on another one holds."""
    base, *rest = steps
    return {
        "mode": "absolute",
        "steps": [{"color": base, "value": None}]
        + [{"color": colour, "value": value} for value, colour in rest],
    }


def named(mapping):
    """Words in place of values: {value: (word, colour)}."""
    return [
        {
            "type": "value",
            "options": {
                str(value): {"index": index, "text": text, "color": colour}
                for index, (value, (text, colour)) in enumerate(mapping.items())
            },
        }
    ]


def override(matcher, pattern, **properties):
    """What differs for the series that `matcher` finds. `__` in a property's name is a dot."""
    return {
        "matcher": {"id": matcher, "options": pattern},
        "properties": [
            {"id": name.replace("__", "."), "value": value} for name, value in properties.items()
        ],
    }


def painted(name, colour, **more):
    return override("byName", name, color={"mode": "fixed", "fixedColor": colour}, **more)


def limit_line(name):
    """A series that is a limit: a red dashed line without a filling."""
    return painted(
        name,
        RED,
        custom__lineStyle={"fill": "dash", "dash": [10, 10]},
        custom__fillOpacity=0,
        custom__stacking={"mode": "none", "group": "A"},
    )


def panel(kind, title, description, queries, width, height, **settings):
    targets = [each | {"refId": chr(ord("A") + index)} for index, each in enumerate(queries)]
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "gridPos": {"w": width, "h": height},
        "targets": targets,
        **settings,
    }


def fields(unit, custom=None, overrides=(), **defaults):
    """The settings of a panel's values. unit: one of Grafana's ids for units."""
    if custom:
        defaults["custom"] = custom
    return {"defaults": {"unit": unit, **defaults}, "overrides": list(overrides)}


def last_value():
    return {"calcs": ["lastNotNull"], "fields": "", "values": False}


def stat(title, description, *queries, unit="short", width=3, graph="area", **defaults):
    """One large number; `graph="none"` leaves its past out."""
    defaults.setdefault("thresholds", colours(BLUE))
    defaults.setdefault("color", {"mode": "thresholds"})
    return panel(
        "stat",
        title,
        description,
        queries,
        width,
        4,
        fieldConfig=fields(unit, **defaults),
        options={
            "colorMode": "value",
            "graphMode": graph,
            "justifyMode": "auto",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": last_value(),
            "showPercentChange": False,
            "textMode": "auto",
            "wideLayout": True,
        },
    )


def timeseries(
    title, description, *queries, unit="short", width=8, stacked=False, overrides=(), **defaults
):
    """Lines over time; `stacked` ones add up."""
    defaults.setdefault("min", 0)
    threshold_style = "line" if "thresholds" in defaults else "off"
    custom = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 40 if stacked else 8,
        "showPoints": "auto",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": threshold_style},
    }
    return panel(
        "timeseries",
        title,
        description,
        queries,
        width,
        8,
        fieldConfig=fields(
            unit, custom, overrides, **{"color": {"mode": "palette-classic"}, **defaults}
        ),
        options={
            "legend": {
                "calcs": ["lastNotNull", "max"],
                "displayMode": "table",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    )


def heatmap(title, description, expression, unit="s", width=8):
    """How a histogram changes over time; `expression` gives its buckets, by `le`."""
    return panel(
        "heatmap",
        title,
        description,
        [query(expression, "{{le}}", form="heatmap")],
        width,
        8,
        fieldConfig={"defaults": {}, "overrides": []},
        options={
            "calculate": False,
            "cellGap": 1,
            "color": {
                "exponent": 0.5,
                "fill": "dark-orange",
                "mode": "scheme",
                "reverse": False,
                "scale": "exponential",
                "scheme": "Oranges",
                "steps": 64,
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
            "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
        },
    )


def bars(title, description, *queries, unit="short", width=8, height=8, overrides=(), **defaults):
    """Bars of what each series is now, or was over the time that is shown."""
    defaults.setdefault("min", 0)
    defaults.setdefault("thresholds", colours(BLUE))
    defaults.setdefault("color", {"mode": "thresholds"})
    return panel(
        "bargauge",
        title,
        description,
        queries,
        width,
        height,
        fieldConfig=fields(unit, None, overrides, **defaults),
        options={
            "displayMode": "basic",
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": False,
            },
            "maxVizHeight": 300,
            "minVizHeight": 10,
            "minVizWidth": 8,
            "namePlacement": "left",
            "orientation": "horizontal",
            "reduceOptions": last_value(),
            "showUnfilled": True,
            "sizing": "auto",
            "valueMode": "color",
        },
    )


def states(title, description, *queries, words, width=8, height=8, unit="short"):
    """Which state each series was in when; words: {value: (word, colour)}."""
    return panel(
        "state-timeline",
        title,
        description,
        queries,
        width,
        height,
        fieldConfig=fields(
            unit,
            {"fillOpacity": 70, "lineWidth": 0},
            mappings=named(words),
            color={"mode": "thresholds"},
            thresholds=colours(GREY),
        ),
        options={
            "alignValue": "left",
            "legend": {
                "calcs": [],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": False,
            },
            "mergeValues": True,
            "rowHeight": 0.9,
            "showValue": "auto",
            "tooltip": {"mode": "single", "sort": "none"},
        },
    )


def table(title, description, expression, columns, width=8, height=8):
    """The labels of series as a table; columns: {label: heading}, in this order."""
    return panel(
        "table",
        title,
        description,
        [query(expression, instant=True, form="table")],
        width,
        height,
        fieldConfig=fields("short"),
        options={"cellHeight": "sm", "showHeader": True},
        transformations=[
            {
                "id": "filterFieldsByName",
                "options": {"include": {"names": list(columns)}},
            },
            {
                "id": "organize",
                "options": {
                    "excludeByName": {},
                    "indexByName": {label: index for index, label in enumerate(columns)},
                    "renameByName": columns,
                },
            },
        ],
    )


def row(title, *panels):
    """A heading, and its panels below it from left to right, as many in a line as fit."""
    heading = {"type": "row", "title": title, "collapsed": False, "panels": []}
    return [heading | {"gridPos": {"w": 24, "h": 1}}, *panels]


def laid_out(rows):
    """The panels of all rows with their ids and places."""
    placed = []
    x, y, line_height = 0, 0, 0
    for each in (panel for panels in rows for panel in panels):
        width, height = each["gridPos"]["w"], each["gridPos"]["h"]
        if x + width > 24 or each["type"] == "row":
            x, y, line_height = 0, y + line_height, 0
        place = {"x": x, "y": y, "w": width, "h": height}
        placed.append({"id": len(placed) + 1, **each, "gridPos": place})
        x, line_height = x + width, max(line_height, height)
    return placed
