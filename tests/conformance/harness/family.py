"""A table of cases, played in one gateway; then its counters and its log are held to it."""

import asyncio
import collections
import importlib
import pathlib

from harness.arena import Arena
from harness.audit import audit

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "families"
AT_ONCE = 24  # sessions


class Family:
    def __init__(self, name):
        self.name = name
        module = importlib.import_module(f"families.{name}")
        self.title = module.TITLE
        self.cases = module.CASES
        self.settings = getattr(module, "SETTINGS", {})  # of Arena.start()
        names = collections.Counter(case.name for case in self.cases)
        assert names.most_common(1)[0][1] == 1, f"{name}: two cases `{names.most_common(1)[0][0]}`"

    def sessions(self):
        return [(case, session) for case in self.cases for session in case.sessions()]

    async def play(self, test, selected=""):
        """All cases whose name contains `selected`; what is wrong, one line each."""
        arena = await Arena.start(test, **self.settings)
        rows = [
            (number, case, session)
            for number, (case, session) in enumerate(self.sessions(), 1)
            if selected in case.name
        ]
        sound = [row for row in rows if row[1].known is None]
        try:
            failed = await play_all(arena, sound)
            wrong = [f"{name}: {problem}" for name, problem in failed.items()]
            expected = [
                (number, name_of(case, session), case.expected(session))
                for number, case, session in sound
            ]
            try:
                wrong += await audit(arena.gateway, expected)
            except AssertionError as problem:  # sessions that do not end: tell whose, too
                wrong.append(str(problem))
            # Last, because nobody knows what they count.
            wrong += await self._play_known(arena, [row for row in rows if row[1].known])
        finally:
            arena.close()
        return wrong

    async def _play_known(self, arena, rows):
        """Faults of the gateway that are known must still be there: else the mark has to go."""
        failed = await play_all(arena, rows)
        names = {name_of(case, session): case.known for _, case, session in rows}
        return [
            f"{name}: passed, though it is known to fail: {known}"
            for name, known in names.items()
            if name not in failed
        ]


def name_of(case, session):
    return f"{case.name} ({session})"


async def play_all(arena, rows):
    """{name: problem} of those that failed."""
    gate = asyncio.Semaphore(AT_ONCE)
    failed = {}

    async def one(number, case, session):
        async with gate:
            try:
                await case.play(arena, session, number)
            except Exception as problem:  # whatever it is, it belongs to this case
                failed[name_of(case, session)] = str(problem) or repr(problem)

    await asyncio.gather(*(one(*row) for row in rows))
    return failed


def all_families():
    names = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem != "__init__")
    return sorted(map(Family, names), key=lambda family: int(family.title.split()[0]))
