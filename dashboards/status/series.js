// The last hour: what /history said, continued with what each status says since. Pure: no clock.
//
// A gateway that was restarted begins to count at 0 and has no history of what was before. The page
// remembers that part, and notes the restart; no difference is taken across it.

const HOUR = 3600;
const REMEMBERED_STATUSES = 12;

const sum = (numbers) => Object.values(numbers).reduce((total, each) => total + each, 0);

/** What is counted, from a status. */
function countersOf(status) {
    const { refused, ...failed } = status.app_errors; // a refusal is the application's right
    return {
        time: status.time,
        opened: status.opened,
        closed: sum(status.closed),
        evictions: status.evictions,
        cuts: sum(status.suspected_cuts.map((each) => each.cuts)),
        appErrors: sum(failed),
    };
}

/** What happened between two counts; `time` and `connections` are those of the later moment. */
function pointBetween(earlier, later, connections) {
    const point = { time: later.time, connections };
    for (const name of ["opened", "closed", "evictions", "cuts", "appErrors"]) {
        point[name] = Math.max(0, later[name] - earlier[name]);
    }
    return point;
}

export class Series {
    /** Seconds from one point to the next. */
    interval = 5;
    /** When gateways began within this hour, in seconds since 1970. */
    starts = [];

    #points = []; // whole intervals, oldest first
    #open = null; // the interval that has not ended
    #base = null; // the counters at the end of the last whole interval
    #recent = []; // counters of the last statuses, oldest first
    #started = null;

    /** The answer of /history, which replaces what is known of its time. */
    onHistory(history) {
        this.interval = history.interval_seconds;
        const errors = this.#points.filter((each) => each.appErrors > 0); // /history has none
        const fresh = history.times.map((time, i) => ({
            time,
            connections: history.connections[i],
            opened: history.opened[i],
            closed: history.closed[i],
            evictions: history.evictions[i],
            cuts: history.cuts[i],
            appErrors: errors.find((each) => Math.abs(each.time - time) < 1)?.appErrors ?? 0,
        }));
        if (fresh.length === 0) return;
        const before = this.#points.filter((each) => each.time < fresh[0].time - 1);
        this.#points = [...before, ...fresh];
        // The status nearest to its last point says what the counters were at that time.
        const distance = (each) => Math.abs(each.time - fresh.at(-1).time);
        const nearest = [...this.#recent].sort((a, b) => distance(a) - distance(b))[0];
        this.#base = nearest && distance(nearest) <= 1 ? nearest : null;
        this.#open = null;
    }

    onStatus(status) {
        const now = countersOf(status);
        if (status.started !== this.#started) {
            this.starts.push(status.started);
            this.#base = null;
            this.#recent = [];
        }
        this.#started = status.started;
        this.#recent = [...this.#recent, now].slice(-REMEMBERED_STATUSES);
        this.#base ??= now;
        this.#open = pointBetween(this.#base, now, status.connections);
        if (now.time - this.#base.time >= this.interval) {
            this.#points.push(this.#open);
            this.#base = now;
            this.#open = null;
        }
        this.#points = this.#points.filter((each) => each.time > now.time - HOUR);
        this.starts = this.starts.filter((each) => each > now.time - HOUR);
    }

    /** All points, the unfinished interval included. */
    get points() {
        return this.#open ? [...this.#points, this.#open] : this.#points;
    }

    /** How many `evictions`, `cuts`, … the last `seconds` before `now` had. */
    total(name, now, seconds = HOUR) {
        return this.points
            .filter((each) => each.time > now - seconds)
            .reduce((total, each) => total + each[name], 0);
    }

    /** Minute by minute: {time (its beginning), connections (at its end), opened, closed, …}. */
    get minutes() {
        const minutes = new Map();
        for (const point of this.points) {
            const time = Math.floor(point.time / 60) * 60;
            const minute = minutes.get(time) ??
                { time, opened: 0, closed: 0, evictions: 0, cuts: 0, connections: 0 };
            for (const name of ["opened", "closed", "evictions", "cuts"]) {
                minute[name] += point[name];
            }
            minute.connections = point.connections;
            minutes.set(time, minute);
        }
        return [...minutes.values()];
    }
}
