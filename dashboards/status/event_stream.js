// A reader of text/event-stream, as the HTML standard defines it (§9.2.6). The browser's own
// EventSource cannot send `Authorization`, so the page reads the stream itself. Pure.

/** Takes the stream in pieces that may end anywhere, and gives whole events. */
export class EventStreamReader {
    #rest = ""; // of a line that has not ended
    #event = "";
    #data = [];
    #isFirst = true;

    /** The events that this piece completes: [{event, data}]; `event` is `message` unless named. */
    push(text) {
        if (this.#isFirst && text !== "") {
            this.#isFirst = false;
            text = text.replace(/^\ufeff/, "");
        }
        this.#rest += text;
        const events = [];
        for (let line = this.#nextLine(); line !== null; line = this.#nextLine()) {
            if (line === "") this.#dispatch(events);
            else this.#field(line);
        }
        return events;
    }

    /** A line without its end: LF, CR or CRLF. A CR that ends a piece may be half of a CRLF. */
    #nextLine() {
        const end = this.#rest.search(/[\r\n]/);
        const isCarriageReturn = this.#rest[end] === "\r";
        if (end === -1 || (isCarriageReturn && end === this.#rest.length - 1)) return null;
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(
            isCarriageReturn && this.#rest[end + 1] === "\n" ? end + 2 : end + 1,
        );
        return line;
    }

    #field(line) {
        const colon = line.indexOf(":");
        if (colon === 0) return; // a comment
        const name = colon === -1 ? line : line.slice(0, colon);
        const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event") this.#event = value;
        if (name === "data") this.#data.push(value);
        // `id` and `retry` are of no use here: the page asks for all of it, and waits as it likes.
    }

    #dispatch(events) {
        if (this.#data.length > 0) {
            events.push({ event: this.#event || "message", data: this.#data.join("\n") });
        }
        this.#event = "";
        this.#data = [];
    }
}
