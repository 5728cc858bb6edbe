"""The figures of a run as pictures, with Matplotlib where it is installed."""

COLOURS = {"tunnel": "#8a8f98", "pulsegate": "#0b7285", "nginx": "#5c940d", "haproxy": "#5f3dc4",
           "beast": "#e8590c", "caddy": "#1971c2"}


def can_plot():
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return False
    return True


def bars(file, title, unit, groups):
    """groups: {label: {target: value}}; one small chart of horizontal bars for each label."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "pulsegate"  # the same figures give the same file
    figure, charts = pyplot.subplots(len(groups), 1, squeeze=False,
                                     figsize=(8, 0.6 + 1.6 * len(groups)))
    for (label, values), (chart,) in zip(groups.items(), charts):
        names = list(reversed(values))
        drawn = chart.barh(names, [values[name] for name in names],
                           color=[COLOURS.get(name, "#495057") for name in names])
        chart.bar_label(drawn, fmt="%.3g", padding=3)
        chart.set_title(label, loc="left", fontsize=10)
        chart.spines[["top", "right"]].set_visible(False)
        chart.margins(x=0.12)
    charts[-1][0].set_xlabel(unit)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def draw(directory, summaries, memory):
    bars(directory / "cpu.svg", "Processor time of the proxy", "µs",
         {f"{load.name} (a {load.unit})": {target: row["cpu_us"]["median"]
                                           for target, row in summary.items()}
          for load, summary in summaries.items()})
    timed = {load.name: {target: row["latency_us"]["p99"]["median"]
                         for target, row in summary.items()}
             for load, summary in summaries.items() if load.mode == "rate"}
    if timed:
        bars(directory / "latency.svg", "99th percentile of latency at a fixed rate", "µs", timed)
    held = {}
    for target, measurements in memory.items():
        for measured in measurements:
            held.setdefault(f"{measured['connections']} idle connections", {})[target] = (
                measured["rss_bytes"] / 1000)
    if held:
        bars(directory / "memory.svg", "Memory of the process for each idle connection", "KB", held)
