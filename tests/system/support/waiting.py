"""Waiting for events of other processes: every wait has a deadline and says what it waited for."""

import asyncio
import inspect
import time


async def eventually(probe, what, seconds=15.0):
    """Calls probe(), which may be a coroutine function, until its value is true; returns it.

    Fails the test with `what` after `seconds`. An OSError of the probe counts as "not yet".
    """
    deadline = time.monotonic() + seconds
    problem = None
    while True:
        try:
            value = probe()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return value
            problem = f"last value: {value!r}"
        except OSError as error:
            problem = f"last error: {error!r}"
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what} ({problem})")
        await asyncio.sleep(0.02)


async def within(awaitable, what, seconds=15.0):
    """Awaits, but not longer than `seconds`; fails the test with `what` then."""
    try:
        return await asyncio.wait_for(awaitable, seconds)
    except asyncio.TimeoutError:
        raise AssertionError(f"not within {seconds} s: {what}") from None


async def side_by_side(named):
    """Awaits all of {name: awaitable} at once; fails the test with all that they complain of."""
    results = await asyncio.gather(*named.values(), return_exceptions=True)
    complaints = [
        f"{name}: {result!r}"
        for name, result in zip(named, results)
        if isinstance(result, BaseException)
    ]
    assert not complaints, "\n".join(complaints)
    return dict(zip(named, results))
