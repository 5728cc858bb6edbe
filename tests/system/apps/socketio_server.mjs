// Socket.IO's server. node socketio_server.mjs PORT [PING_INTERVAL_MS]

import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, pingInterval = 25_000] = process.argv.slice(2).map(Number);
const server = createServer();
const io = new Server(server, { pingInterval });
io.on("connection", (socket) => socket.on("echo", (text, answer) => answer(text)));
server.listen(port, "127.0.0.1");
