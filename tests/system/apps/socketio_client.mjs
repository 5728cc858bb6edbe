// Socket.IO's client. node socketio_client.mjs URL [TRANSPORT]; without one it polls first and upgrades then.

import { io } from "socket.io-client";
import { ended, story } from "./story.mjs";

const [url, transport] = process.argv.slice(2);
const socket = io(url, transport ? { transports: [transport] } : {});
socket.on("disconnect", ended);
if (!transport) {
  await new Promise((resolve) => socket.on("connect", () => socket.io.engine.on("upgrade", resolve)));
}
story((text) => socket.timeout(3_000).emitWithAck("echo", text));
