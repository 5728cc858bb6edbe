"""The summary of a soak: what was looked at, what was found, and whether that is well."""


class Verdict:
    def __init__(self):
        self._rows = []
        self.is_well = True

    def check(self, what, holds, found):
        self._rows.append(("ok" if holds else "WRONG", what, found))
        self.is_well = self.is_well and bool(holds)

    def tell(self, what, figures):
        """Figures that may be whatever they are."""
        self._rows += [("", f"{what}: {name}", figure) for name, figure in figures.items()]

    def print(self):
        width = max(len(what) for _, what, _ in self._rows)
        for mark, what, found in self._rows:
            print(f"{mark:5}  {what:{width}}  {_one_line(found)}")
        print("all is well" if self.is_well else "something is WRONG", flush=True)


def _one_line(found):
    if isinstance(found, dict):
        return ", ".join(f"{name} {count}" for name, count in found.items()) or "none"
    if isinstance(found, list):
        return " | ".join(text[:300] for text in found) or "none"
    return str(found)
