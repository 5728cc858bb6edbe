// The round-trip times as a histogram. A histogram knows only in which bucket a value fell, so the
// median and the 99th percentile are stated as ranges.

import { count, counted, latency, share } from "./format.js";
import { element, setText, svg } from "./dom.js";

const HEIGHT = 132;
const TOP = 18; // room for a figure above the highest bar

/** The bucket that holds the value below which `part` of all values lie; null without values. */
export function bucketOf(part, counts) {
    const all = counts.reduce((total, each) => total + each, 0);
    if (all === 0) return null;
    let below = 0;
    return counts.findIndex((each) => (below += each) >= part * all);
}

/** `1 ms to 2.5 ms`; the outer buckets: `at most 0.1 ms`, `over 10 s`. */
export function rangeOf(bounds, bucket) {
    if (bucket === 0) return `at most ${latency(bounds[0])}`;
    if (bucket === bounds.length) return `over ${latency(bounds.at(-1))}`;
    return `${latency(bounds[bucket - 1])} to ${latency(bounds[bucket])}`;
}

/** The first and the last bucket worth showing: those with values, and one more on each side. */
export function shownBuckets(counts) {
    const first = counts.findIndex((each) => each > 0);
    const last = counts.findLastIndex((each) => each > 0);
    return [Math.max(0, first - 1), Math.min(counts.length - 1, last + 1)];
}

function draw({ bounds, counts }, median) {
    const [first, last] = shownBuckets(counts);
    const most = Math.max(...counts);
    const width = 100 / (last - first + 1);
    const picture = svg("svg", { class: "histogram", height: HEIGHT + 22, "aria-hidden": "true" });
    for (let i = first; i <= last; ++i) {
        const left = (i - first) * width;
        const height = counts[i] === 0 ? 0 : Math.max(2, ((HEIGHT - TOP) * counts[i]) / most);
        picture.append(
            svg("rect", {
                class: i === median ? "histogram-bar is-median" : "histogram-bar",
                x: `${left + 0.06 * width}%`, width: `${0.88 * width}%`,
                y: HEIGHT - height, height, rx: "2",
            }));
        if (i === median) {
            picture.append(svg("text", { class: "tick", x: `${left + width / 2}%`,
                y: HEIGHT - height - 5, "text-anchor": "middle" }, "median"));
        }
        if (i < last && i < bounds.length) {
            picture.append(
                svg("line", { class: "axis", x1: `${left + width}%`, x2: `${left + width}%`,
                    y1: HEIGHT, y2: HEIGHT + 4 }));
            // Every second bound where they are many: the text must not run into itself.
            if (last - first < 8 || (i - first) % 2 === 0) {
                picture.append(svg("text", { class: "tick", x: `${left + width}%`, y: HEIGHT + 17,
                    "text-anchor": "middle" }, latency(bounds[i])));
            }
        }
    }
    picture.append(svg("line", { class: "axis", x1: "0", x2: "100%", y1: HEIGHT, y2: HEIGHT }));
    return picture;
}

export class RoundTrips {
    #picture;
    #summary;
    #table;
    #shown = "";

    constructor(picture, summary, table) {
        this.#picture = picture;
        this.#summary = summary;
        this.#table = table;
    }

    show({ rtt }) {
        const state = JSON.stringify(rtt.counts);
        if (state === this.#shown) return;
        this.#shown = state;
        const { bounds, counts } = rtt;
        const all = counts.reduce((total, each) => total + each, 0);
        const median = bucketOf(0.5, counts);
        if (median === null) {
            this.#summary.replaceChildren("No ping has been answered yet.");
            this.#picture.replaceChildren();
        } else {
            this.#describe(bounds, counts, median);
            this.#picture.replaceChildren(draw(rtt, median));
        }
        setText(this.#table.caption, `Round trips of ${counted(all, "ping")}`);
        this.#table.tBodies[0].replaceChildren(...counts.map((each, i) =>
            element("tr", {}, element("th", { scope: "row" }, rangeOf(bounds, i)),
                element("td", {}, count(each)), element("td", {}, share(each, all)))));
    }

    #describe(bounds, counts, median) {
        const high = bucketOf(0.99, counts);
        const all = counts.reduce((total, each) => total + each, 0);
        this.#summary.replaceChildren(
            element("span", { class: "quantile" }, element("span", { class: "muted" }, "Median "),
                element("b", {}, rangeOf(bounds, median))),
            element("span", { class: "quantile" },
                element("span", { class: "muted" }, "99th percentile "),
                element("b", {}, rangeOf(bounds, high))),
            element("span", { class: "quantile muted" }, `${counted(all, "answer")} since start`));
    }
}
