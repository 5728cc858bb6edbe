// Socket.IO's client. node socketio_client.mjs URL [TRANSPORT]; without one it polls first and upgrades then.

import { io } from "socket.io-client";
import { ended, story } from "./story.mjs";

const [url, transport] = process.argv.slice(2);
const socket = io(url, transport ? { transports: [transport] } : {});
socket.on("disconnect", ended);
const connected = new Promise((resolve) => socket.on("connect", resolve));
if (!transport) {
  await new Promise((resolve) => socket.io.once("open", () => socket.io.engine.once("upgrade", resolve)));
}
await connected;
story((text) => socket.timeout(3_000).emitWithAck("echo", text));
