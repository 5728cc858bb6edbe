"""The Prometheus text format, read back."""

import re

_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    def __init__(self, text):
        self.text = text
        self._samples = []
        for line in text.splitlines():
            sample = _SAMPLE.match(line)
            if sample and not line.startswith("#"):
                name, labels, value = sample.groups()
                self._samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    def has(self, name):
        """Whether a metric, or a histogram, of that name is exported."""
        return f"# TYPE {name} " in self.text

    def each(self, name):
        """The samples of that name, in their order: (values of its labels, value)."""
        return [
            (tuple(labels.values()), value)
            for sample, labels, value in self._samples
            if sample == name
        ]

    def sum(self, name, **labels):
        """Over all samples of that name that carry these labels; 0 where there are none."""
        return sum(
            value
            for sample, own, value in self._samples
            if sample == name and labels.items() <= own.items()
        )
