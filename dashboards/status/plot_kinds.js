// What the two plots of the page show, and how their points are drawn and put into words.
//   greatest(point): its value on the axis     width: seconds that it stands for
//   describe(point): a sentence                summarize(points): another, of all of them
//   draw(geometry, points, interval): SVG nodes

import { clock, count, counted } from "./format.js";
import { svg } from "./dom.js";
import { pieces } from "./plot.js";

const at = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`;

/** Live connections: a line over its area, interrupted where the gateway was not there. */
export const CONNECTIONS = {
    greatest: (point) => point.connections,
    width: 0,
    describe: (point) =>
        `${clock(point.time, true)}: ${counted(point.connections, "live connection")}`,
    summarize: (points) => {
        const figures = points.map((point) => point.connections);
        const [least, most] = [Math.min(...figures), Math.max(...figures)];
        return points.length === 0 ? "" : least === most
            ? `${count(least)} all the time`
            : `between ${count(least)} and ${count(most)}`;
    },

    draw({ x, y, bottom }, points, interval) {
        return pieces(points, 3 * interval).flatMap((piece) => {
            const line = piece.map((point) => at(x(point.time), y(point.connections))).join(" L");
            const ends = [piece.at(-1), piece[0]].map((point) => at(x(point.time), bottom));
            return [
                svg("path", { class: "area", d: `M${line} L${ends.join(" L")} Z` }),
                svg("path", { class: "line", d: `M${line}` }),
            ];
        });
    },
};

/** Evictions minute by minute as bars, suspected cuts of hops on top of them, hatched. */
export const EVICTIONS = {
    greatest: (minute) => minute.evictions + minute.cuts,
    width: 60,
    describe: (minute) => {
        const cuts = minute.cuts > 0 ? `, ${counted(minute.cuts, "suspected cut")}` : "";
        const until = clock(minute.time + 60);
        return `${clock(minute.time)} to ${until}: ${counted(minute.evictions, "eviction")}${cuts}`;
    },

    summarize: (minutes) => {
        const worst = minutes.reduce((a, b) => (b.evictions > a.evictions ? b : a),
            { evictions: 0 });
        if (worst.evictions === 0) return "none";
        return `at most ${count(worst.evictions)}, at ${clock(worst.time)}`;
    },

    draw({ x, y }, minutes) {
        const bar = (kind, minute, from, to) => {
            const left = x(minute.time);
            const width = Math.max(1, x(minute.time + 60) - left - 1);
            return svg("rect", { class: kind, x: left, width, y: y(to), height: y(from) - y(to) });
        };
        return minutes.flatMap((minute) => [
            minute.evictions > 0 ? bar("bar-evictions", minute, 0, minute.evictions) : null,
            minute.cuts > 0
                ? bar("bar-cuts", minute, minute.evictions, minute.evictions + minute.cuts)
                : null,
        ].filter(Boolean));
    },
};
