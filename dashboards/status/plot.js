// A plot over the last hour, as SVG in the size that it has on the page, with a readout for the
// pointer and for the keyboard: the plot is a slider over its points.

import { countTicks, position, timeTicks } from "./axis.js";
import { clock, count } from "./format.js";
import { element, setAttribute, setText, svg } from "./dom.js";

const HOUR = 3600;
const HEIGHT = 190;
const MARGIN = { top: 12, right: 8, bottom: 24, left: 44 };
const LEAST_TICK_WIDTH = 64; // pixels for a time of day

/** Pieces of a line: where points are missing, it is interrupted. `gap` in seconds. Pure. */
export function pieces(points, gap) {
    const all = [];
    for (const point of points) {
        const last = all.at(-1);
        if (last && point.time - last.at(-1).time <= gap) last.push(point);
        else all.push([point]);
    }
    return all;
}

export class Plot {
    #place; // the element that holds the picture
    #readout;
    #kind; // how to draw and describe points: below
    #data = null;
    #index = null; // of the point that is read out; null: none
    #marker = svg("g", { class: "marker" });
    #width = 0;

    /**
     * place: an element with role slider; readout: where a point is described.
     * kind: how to draw and describe a point; those of plot_kinds.js.
     */
    constructor(place, readout, kind) {
        this.#place = place;
        this.#readout = readout;
        this.#kind = kind;
        new ResizeObserver(() => {
            if (this.#data && place.clientWidth !== this.#width) this.#draw();
        }).observe(place);
        place.addEventListener("pointermove", (event) => this.#point(event));
        place.addEventListener("pointerleave", () => this.#read(null));
        place.addEventListener("blur", () => this.#read(null));
        place.addEventListener("focus", () => this.#read(this.#index ?? this.#last));
        place.addEventListener("keydown", (event) => this.#key(event));
    }

    /** points: [{time, …}], oldest first; interval: seconds between two; restarts: times; now. */
    show(points, interval, restarts, now) {
        this.#data = { points, interval, restarts, now };
        if (this.#index !== null) this.#index = Math.min(this.#index, this.#last);
        this.#draw();
    }

    get #last() {
        return this.#data.points.length - 1;
    }

    #draw() {
        const { points, interval, restarts, now } = this.#data;
        const width = (this.#width = this.#place.clientWidth);
        if (width === 0) return;
        const ticks = countTicks(Math.max(0, ...points.map(this.#kind.greatest)));
        const right = width - MARGIN.right;
        const bottom = HEIGHT - MARGIN.bottom;
        const from = now - HOUR;
        const geometry = {
            x: (time) => MARGIN.left + (right - MARGIN.left) * position(time, from, now),
            y: (value) => bottom - (bottom - MARGIN.top) * position(value, 0, ticks.at(-1)),
            left: MARGIN.left, right, top: MARGIN.top, bottom,
        };
        const picture = svg("svg", { class: "plot", width, height: HEIGHT, "aria-hidden": "true" });
        for (const tick of ticks) {
            const y = geometry.y(tick);
            picture.append(
                svg("line", { class: tick === 0 ? "axis" : "grid", x1: MARGIN.left, x2: right,
                    y1: y, y2: y }),
                svg("text", { class: "tick", x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" },
                    count(tick)));
        }
        const most = Math.max(1, Math.floor((right - MARGIN.left) / LEAST_TICK_WIDTH));
        const offset = -60 * new Date(now * 1000).getTimezoneOffset();
        for (const tick of timeTicks(from, now, most, offset)) {
            const x = geometry.x(tick);
            picture.append(
                svg("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 4 }));
            const anchor = x > right - 16 ? "end" : "middle"; // else the last would be cut off
            picture.append(svg("text", { class: "tick", x, y: bottom + 18, "text-anchor": anchor },
                clock(tick)));
        }
        picture.append(...this.#kind.draw(geometry, points, interval));
        for (const restart of restarts) {
            const x = geometry.x(restart);
            picture.append(
                svg("line", { class: "restart", x1: x, x2: x, y1: MARGIN.top, y2: bottom }),
                svg("text", { class: "tick", x: x - 4, y: MARGIN.top + 8, "text-anchor": "end" },
                    "restart"));
        }
        picture.append(this.#marker);
        this.#geometry = geometry;
        this.#place.replaceChildren(picture);
        this.#read(this.#index);
    }
    #geometry = null;

    #point(event) {
        const { points, interval } = this.#data ?? { points: [] };
        if (points.length === 0) return;
        const x = event.clientX - this.#place.getBoundingClientRect().left;
        const middle = (point) => this.#geometry.x(point.time + this.#kind.width(interval) / 2);
        let best = 0;
        points.forEach((point, i) => {
            if (Math.abs(middle(point) - x) < Math.abs(middle(points[best]) - x)) best = i;
        });
        this.#read(best);
    }

    #key(event) {
        if (!this.#data || this.#last < 0) return;
        const at = this.#index ?? this.#last;
        const steps = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
            PageDown: at - 10, PageUp: at + 10, Home: 0, End: this.#last };
        if (!(event.key in steps)) return;
        event.preventDefault();
        this.#read(Math.min(this.#last, Math.max(0, steps[event.key])));
    }

    /** Marks a point and describes it; null: none. */
    #read(index) {
        this.#index = index;
        if (!this.#data) return;
        const { points, interval } = this.#data;
        const point = points[index ?? this.#last];
        setAttribute(this.#place, "aria-valuemax", String(Math.max(0, this.#last)));
        setAttribute(this.#place, "aria-valuenow", String(Math.max(0, index ?? this.#last)));
        setAttribute(this.#place, "aria-valuetext", point ? this.#kind.describe(point) : "no data");
        if (index === null || !point || !this.#geometry) {
            this.#marker.replaceChildren();
            setText(this.#readout, "");
            return;
        }
        const x = this.#geometry.x(point.time + this.#kind.width(interval) / 2);
        this.#marker.replaceChildren(
            svg("line", { x1: x, x2: x, y1: this.#geometry.top, y2: this.#geometry.bottom }),
            svg("circle", { cx: x, cy: this.#geometry.y(this.#kind.greatest(point)), r: "3.5" }));
        setText(this.#readout, this.#kind.describe(point));
    }
}

/** The rows of a table that says the same as the plots, newest first. */
export function minuteRows(minutes) {
    return [...minutes].reverse().map((minute) => element("tr", {},
        element("th", { scope: "row" }, clock(minute.time)),
        ...["connections", "opened", "closed", "evictions", "cuts"].map((name) =>
            element("td", {}, count(minute[name])))));
}
