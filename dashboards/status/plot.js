// A plot over the last hour, as SVG in the size that it has on the page, with a readout for the
// pointer and for the keyboard: the plot is a slider over its points.

import { countTicks, position, timeTicks } from "./axis.js";
import { clock, count } from "./format.js";
import { element, setAttribute, setText, svg } from "./dom.js";

const LONGEST = 3600; // seconds
const SHORTEST = 600;
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

/** Where a plot begins: with its points, but at least ten minutes and at most an hour ago. Pure. */
export function beginning(points, now) {
    const age = now - (points[0]?.time ?? now);
    return now - Math.min(LONGEST, Math.max(SHORTEST, age));
}

/** Where times and values lie in a plot of this width, from a time to `now`. Pure. */
function geometryOf(width, greatest, from, now) {
    const ticks = countTicks(greatest);
    const [left, right] = [MARGIN.left, width - MARGIN.right];
    const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
    return {
        left, right, top, bottom, ticks, from, now,
        x: (time) => left + (right - left) * position(time, from, now),
        y: (value) => bottom - (bottom - top) * position(value, 0, ticks.at(-1)),
    };
}

function valueAxis({ left, right, ticks, y }) {
    return ticks.flatMap((tick) => [
        svg("line", { class: tick === 0 ? "axis" : "grid", x1: left, x2: right, y1: y(tick),
            y2: y(tick) }),
        svg("text", { class: "tick", x: left - 8, y: y(tick) + 4, "text-anchor": "end" },
            count(tick)),
    ]);
}

function timeAxis({ left, right, bottom, from, now, x }) {
    const most = Math.max(1, Math.floor((right - left) / LEAST_TICK_WIDTH));
    const offset = -60 * new Date(now * 1000).getTimezoneOffset();
    return timeTicks(from, now, most, offset).flatMap((tick) => [
        svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 }),
        svg("text", { class: "tick", x: x(tick), y: bottom + 18,
            "text-anchor": x(tick) > right - 16 ? "end" : "middle" }, clock(tick)),
    ]);
}

/** Where a gateway began. */
function startLine({ left, top, bottom, x }, time) {
    const isNearEdge = x(time) < left + 40;
    return [
        svg("line", { class: "start", x1: x(time), x2: x(time), y1: top, y2: bottom }),
        svg("text", { class: "tick", x: x(time) + (isNearEdge ? 4 : -4), y: top + 8,
            "text-anchor": isNearEdge ? "start" : "end" }, "start"),
    ];
}

export class Plot {
    #place; // the element that holds the picture
    #readout;
    #kind; // how to draw and describe points: plot_kinds.js
    #data = null; // what show() was given
    #chosen = null; // the time of the point that is read out; null: none
    #marker = svg("g", { class: "marker" });
    #geometry = null; // of the drawing
    #width = 0; // for which it is drawn

    /** place: an element with role slider; readout: where a point is described. */
    constructor(place, readout, kind) {
        this.#place = place;
        this.#readout = readout;
        this.#kind = kind;
        new ResizeObserver(() => {
            if (this.#data && place.clientWidth !== this.#width) this.#draw();
        }).observe(place);
        place.addEventListener("pointermove", (event) => this.#point(event));
        place.addEventListener("pointerleave", () => this.#choose(null));
        place.addEventListener("blur", () => this.#choose(null));
        place.addEventListener("focus", () => this.#choose(this.#index));
        place.addEventListener("keydown", (event) => this.#key(event));
    }

    /** points: [{time, …}], oldest first; interval: seconds between two; starts: times; now. */
    show(points, interval, starts, now) {
        this.#data = { points, interval, starts, now };
        this.#draw();
    }

    /** Of the chosen point, or else of the last; -1 without points. */
    get #index() {
        const points = this.#data?.points ?? [];
        const index = points.findIndex((point) => point.time >= this.#chosen);
        return this.#chosen === null || index === -1 ? points.length - 1 : index;
    }

    #draw() {
        const { points, interval, starts, now } = this.#data;
        const width = (this.#width = this.#place.clientWidth);
        if (width === 0) return;
        const greatest = Math.max(0, ...points.map(this.#kind.greatest));
        const geometry = (this.#geometry = geometryOf(width, greatest, beginning(points, now), now));
        this.#place.replaceChildren(
            svg("svg", { class: "plot", width, height: HEIGHT, "aria-hidden": "true" },
                ...valueAxis(geometry), ...timeAxis(geometry),
                ...this.#kind.draw(geometry, points, interval),
                ...starts.filter((time) => time >= geometry.from)
                    .flatMap((time) => startLine(geometry, time)),
                this.#marker));
        this.#read();
    }

    /** The horizontal place of a point's middle. */
    #x(point) {
        return this.#geometry.x(point.time + this.#kind.width / 2);
    }

    #point(event) {
        const points = this.#data?.points ?? [];
        const x = event.clientX - this.#place.getBoundingClientRect().left;
        const distance = (point) => Math.abs(this.#x(point) - x);
        let nearest = 0;
        points.forEach((point, i) => {
            if (distance(point) < distance(points[nearest])) nearest = i;
        });
        this.#choose(nearest);
    }

    #key(event) {
        const at = this.#index;
        const last = (this.#data?.points.length ?? 0) - 1;
        const steps = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
            PageDown: at - 10, PageUp: at + 10, Home: 0, End: last };
        if (!(event.key in steps)) return;
        event.preventDefault();
        this.#choose(Math.min(last, Math.max(0, steps[event.key])));
    }

    #choose(index) {
        this.#chosen = this.#data?.points[index]?.time ?? null;
        if (this.#geometry) this.#read();
    }

    /**
     * Describes the chosen point, and marks it; sums up all of them where none is chosen, and the
     * slider's value is then the last.
     */
    #read() {
        const { points } = this.#data;
        const index = this.#index;
        const point = points[index];
        const text = point ? this.#kind.describe(point) : "no data";
        setAttribute(this.#place, "aria-valuemax", String(Math.max(0, points.length - 1)));
        setAttribute(this.#place, "aria-valuenow", String(Math.max(0, index)));
        setAttribute(this.#place, "aria-valuetext", text);
        const isChosen = this.#chosen !== null && point !== undefined;
        setText(this.#readout, isChosen ? text : this.#kind.summarize(points));
        this.#readout.classList.toggle("is-chosen", isChosen);
        this.#marker.replaceChildren(...(isChosen ? this.#mark(point) : []));
    }

    #mark(point) {
        const { top, bottom, y } = this.#geometry;
        const x = this.#x(point);
        return [
            svg("line", { x1: x, x2: x, y1: top, y2: bottom }),
            svg("circle", { cx: x, cy: y(this.#kind.greatest(point)), r: "3.5" }),
        ];
    }
}

/** The rows of a table that says the same as the plots, newest first. */
export function minuteRows(minutes) {
    return [...minutes].reverse().map((minute) => element("tr", {},
        element("th", { scope: "row" }, clock(minute.time)),
        ...["connections", "opened", "closed", "evictions", "cuts"].map((name) =>
            element("td", {}, count(minute[name])))));
}
