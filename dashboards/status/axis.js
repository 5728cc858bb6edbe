// Round values for the axes of plots and pictures. Pure.

const TIME_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400,
    43200, 86400];

/**
 * Ticks for whole numbers from 0 to at least `greatest`, about `wanted` steps of 1, 2 or 5 times a
 * power of ten; the last tick is the top of the axis.
 */
export function countTicks(greatest, wanted = 5) {
    const least = Math.max(greatest, 1) / wanted;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = Math.max(1, [1, 2, 5, 10].map((each) => each * power)
        .find((each) => each >= least));
    const ticks = [0];
    while (ticks.at(-1) < Math.max(greatest, 1)) ticks.push(ticks.at(-1) + step);
    return ticks;
}

/** The step of a time axis of `seconds` with at most `most` steps. */
export function timeStep(seconds, most) {
    return TIME_STEPS.find((step) => seconds / step <= most) ?? Math.ceil(seconds / most);
}

/** Round times of day between two times in seconds; `offset` is what local time is ahead of UTC. */
export function timeTicks(from, to, most, offset = 0) {
    const step = timeStep(to - from, most);
    const ticks = [];
    for (let tick = Math.ceil((from + offset) / step) * step - offset; tick <= to; tick += step) {
        ticks.push(tick);
    }
    return ticks;
}

/** Where a value lies on an axis, 0 to 1. */
export function position(value, from, to) {
    return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
