// `woken_client.cjs URL`: says `open`, reads on, then says with which code it was `closed`.
const WebSocket = require("/usr/share/nodejs/ws");

const client = new WebSocket(process.argv[2]);
client.on("open", () => console.log("open"));
client.on("error", () => {}); // `close` comes, too
client.on("close", (code) => console.log("closed", code));
