// text/event-stream, in pieces that end anywhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStreamReader } from "../../dashboards/status/event_stream.js";

const STREAM = ': hello\n\nevent: history\ndata: {"a":\ndata: 1}\n\r\n' +
    "event:status\r\ndata:2\r\n\r\ndata: last\rid: 7\r\rretry: 5\n\n";
const EVENTS = [
    { event: "history", data: '{"a":\n1}' },
    { event: "status", data: "2" },
    { event: "message", data: "last" },
];

function read(pieces) {
    const reader = new EventStreamReader();
    return pieces.flatMap((piece) => reader.push(piece));
}

test("events come out of a stream with every kind of line end", () => {
    assert.deepEqual(read([STREAM]), EVENTS);
});

test("a stream that is cut anywhere gives the same events", () => {
    for (let cut = 0; cut <= STREAM.length; ++cut) {
        assert.deepEqual(read([STREAM.slice(0, cut), STREAM.slice(cut)]), EVENTS, `at ${cut}`);
    }
    assert.deepEqual(read([...STREAM]), EVENTS);
});

test("an event that has not ended is not given", () => {
    assert.deepEqual(read(["event: status\ndata: 1\n"]), []);
});

test("a byte order mark before the stream is dropped, and no later one", () => {
    assert.deepEqual(read(["\ufeffdata: \ufeff\n\n"]), [{ event: "message", data: "\ufeff" }]);
});

test("only one space after the colon belongs to the syntax", () => {
    assert.deepEqual(read(["data:  x\n\n"]), [{ event: "message", data: " x" }]);
});

test("an event without data is none, and its name does not stick", () => {
    assert.deepEqual(read(["event: status\n\ndata: 1\n\n"]), [{ event: "message", data: "1" }]);
});
