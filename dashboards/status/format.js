// Figures as people read them, each with its unit. Pure.

const whole = new Intl.NumberFormat("en");
const NARROW_SPACE = "\u202f"; // between a figure and its unit: they stay on one line

function significant(value, digits = 2) {
    const decimals = value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(value)));
    return String(Number(value.toFixed(decimals)));
}

function withUnit(figure, unit) {
    return `${figure}${NARROW_SPACE}${unit}`;
}

/** 12345 -> `12,345`. */
export function count(value) {
    return whole.format(value);
}

/** `1 eviction`, `3 evictions`. */
export function counted(value, noun, plural = `${noun}s`) {
    return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Bytes in binary units, as sizes are written in gateway.yaml. */
export function bytes(value) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let power = 0;
    // From 1023.5 on it would be shown as 1024 of the smaller unit.
    while (value >= 1023.5 && power < units.length - 1) {
        value /= 1024;
        ++power;
    }
    const figure = power === 0 || value >= 100 ? String(Math.round(value)) : significant(value);
    return withUnit(figure, units[power]);
}

/** A round trip in seconds: `250 µs`, `3.1 ms`, `1.2 s`. */
export function latency(seconds) {
    if (seconds < 0.001) return withUnit(significant(seconds * 1e6), "µs");
    if (seconds < 1) return withUnit(significant(seconds * 1e3), "ms");
    return withUnit(significant(seconds), "s");
}

/** A stretch of time in its two largest units: `7 s`, `3 min 20 s`, `2 h 5 min`, `4 d`. */
export function duration(seconds) {
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    let rest = Math.max(0, Math.floor(seconds));
    const first = units.findIndex(([, length]) => rest >= length);
    if (first === -1) return withUnit(0, "s");
    return units
        .slice(first, first + 2)
        .map(([unit, length]) => {
            const figure = Math.floor(rest / length);
            rest %= length;
            return figure > 0 ? withUnit(figure, unit) : "";
        })
        .filter(Boolean)
        .join(" ");
}

/** A limit, in seconds while those are what proxies' files have: `45.4 s`, `100 s`, `5 min`. */
export function limit(seconds) {
    const tenths = Math.round(seconds * 10) / 10;
    return tenths < 120 ? withUnit(tenths, "s") : duration(seconds);
}

/** What a hop's limit leaves, with its sign: `29.9 s`, `−10.1 s`. */
export function margin(seconds) {
    return (seconds < 0 ? "\u2212" : "") + withUnit(Math.abs(seconds).toFixed(1), "s");
}

/** A part of a whole: `0 %`, `under 1 %`, `34 %`. */
export function share(part, all) {
    const percent = all === 0 ? 0 : (100 * part) / all;
    if (percent > 0 && percent < 1) return `under ${withUnit(1, "%")}`;
    return withUnit(percent > 99 && percent < 100 ? 99 : Math.round(percent), "%");
}

/** Events a minute, from how many there were in some seconds. */
export function rate(events, seconds) {
    const each = (60 * events) / seconds;
    return `${each >= 10 ? count(Math.round(each)) : significant(each)} a minute`;
}

/** Seconds since 1970 as the reader's own time of day: `14:32`, or with seconds. */
export function clock(time, withSeconds = false) {
    return new Date(time * 1000).toLocaleTimeString("en-GB", {
        hour: "2-digit",
        minute: "2-digit",
        ...(withSeconds ? { second: "2-digit" } : {}),
    });
}
