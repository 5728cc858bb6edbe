"""Runs one entry: what the real proxy does, what `check` says of the same files, and whether both
are what its row says."""

import asyncio
import json
import signal
import typing

from harness.client import Client
from harness.place import ADMIN, GATEWAY
from support.case import BINARY
from support.gateway import Gateway
from support.tcp_table import is_listening
from support.waiting import eventually

QUIET = 8.5  # seconds; the first ping goes out after four at most, and a limit begins anew with it
DEFAULT_LIMIT = 125  # seconds; the same for Nginx's default of 60
TOLERANCE = 1  # seconds, and what the runner itself was late
SETTLING = 8  # seconds for a proxy to notice what it watches
LEAVING = 2  # seconds for a proxy to notice that clients have left
ANY_ERROR = "error"  # in a row that is known to be judged wrongly: its code is not known yet
PATIENT = 30  # seconds for a program to start on a busy machine


class Seen(typing.NamedTuple):
    """What was measured of a row."""

    starts: bool
    asks: tuple
    found: tuple  # codes of errors and warnings
    has_error: bool


class Lateness:
    """How late the runner notes what happens; run watch() as a task."""

    def __init__(self):
        self.worst = 0.0  # seconds

    async def watch(self):
        now = asyncio.get_running_loop().time
        while True:
            due = now() + 0.05
            await asyncio.sleep(0.05)
            self.worst = max(self.worst, now() - due)


def differs(wanted, got, tolerance):
    """Whether two Asks do, but for the moment of a cut."""
    same_cut = wanted.cut and got.cut and abs(wanted.cut - got.cut) <= tolerance
    return wanted._replace(cut=got.cut if same_cut else wanted.cut) != got


async def check(place):
    """(codes of errors and warnings, whether there is an error)."""
    process = await asyncio.create_subprocess_exec(
        *(BINARY, "check", "--config", "gateway.yaml", "--format", "json"),
        cwd=place.directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await asyncio.wait_for(process.communicate(), PATIENT)
    assert process.returncode in (0, 1), f"check ended with {process.returncode}: {error}"
    found = [each for each in json.loads(out)["diagnostics"] if each["severity"] != "note"]
    return tuple(each["code"] for each in found), any(e["severity"] == "error" for e in found)


async def ask_all(place, row):
    """Opens all that the row asks for, in order; the Asks as they were seen."""

    async def open_as_expected(ask, seconds):
        """A proxy that watches the gateway needs a while until it knows. The last answer."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            status, client = await Client.open(place, ask)
            if status == ask.answer or asyncio.get_running_loop().time() >= deadline:
                return status, client
            if client:
                await client.measured(0)
            await asyncio.sleep(0.2)

    opened = [await open_as_expected(ask, SETTLING) for ask in row.asks]

    async def measured(ask, status, client):
        if client is None:
            # Neither cut nor seen by anybody.
            return ask._replace(answer=status, cut=0)
        return await client.measured(DEFAULT_LIMIT if ask.cut > QUIET else QUIET)

    seen = await asyncio.gather(*(measured(a, *o) for a, o in zip(row.asks, opened)))
    if len(row.asks) == 1 and seen[0].answer == row.asks[0].answer:  # and it stays so
        status, client = await open_as_expected(row.asks[0], LEAVING)
        if client:
            await client.measured(0)
        seen[0] = seen[0]._replace(answer=status)
    return tuple(seen)


async def start_proxy(place, row, proxy):
    """The process of the proxy, or None if its program refuses the files."""
    process = proxy.start(place)
    port = place.listening_port(row.asks[0].url)
    await eventually(
        lambda: process.exit_code is not None or is_listening(port), "the proxy listens", PATIENT
    )
    return None if process.exit_code is not None else process


async def play(place, row, proxy, starting):
    """What is measured. starting: a semaphore, so that not all programs start at once."""
    async with starting:
        proxy.fill(place, row.name)
        codes, has_error = await check(place)
        if row.lacks:
            return Seen(row.starts, row.asks, codes, has_error)
        gateway = await Gateway.run(
            place, place.port(GATEWAY), place.port(ADMIN), place.directory / "gateway.yaml"
        )
        process = await start_proxy(place, row, proxy)
    asks = await ask_all(place, row) if process else row.asks
    gateway.process.signal(signal.SIGTERM)
    assert await gateway.process.ended() == 0, "the gateway does not drain"
    return Seen(process is not None, asks, codes, has_error)


def complaints(row, seen, late):
    """(what the proxy does otherwise than the row says, what `check` says otherwise)."""
    truth = []
    if seen.starts != row.starts:
        truth.append(f"the proxy {'starts' if seen.starts else 'refuses the file'}")
    truth += [
        f"{wanted.url}: expected {short(wanted)}, measured {short(got)}"
        for wanted, got in zip(row.asks, seen.asks)
        if row.starts and differs(wanted, got, TOLERANCE + late)
    ]
    verdict = []
    if seen.has_error != row.needs_error():
        verdict.append("an error" if seen.has_error else "no error")
    found = " ".join(seen.found)
    if found != row.check and not (row.check == ANY_ERROR and seen.has_error):
        verdict.append(f"`{found}` instead of `{row.check}`")
    return truth, verdict


def short(ask):
    words = [f"answer {ask.answer}"]
    if ask.answer == 101:
        words.append("gateway" if ask.gateway else "past the gateway")
        words.append(f"cut after {ask.cut} s" if ask.cut else "lives")
        if ask.gateway:
            words.append(f"client {ask.client}")
    return ", ".join(words)
