// An echo for clients with a session cookie.
//
//     npm install ws && node node_app.mjs 8000
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const server = createServer((request, response) => response.writeHead(426).end());
const websockets = new WebSocketServer({ noServer: true, path: "/chat" });

server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const cookies = (request.headers.cookie ?? "").split("; ");
    if (!cookies.includes("session=open-sesame")) { // ask your session store here
        socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    websockets.handleUpgrade(request, socket, head, (websocket) => {
        websockets.emit("connection", websocket, request);
    });
});

websockets.on("connection", (websocket, request) => {
    const client = request.headers["x-real-ip"];
    console.log(`open client=${client}`);
    websocket.on("message", (data, isBinary) => websocket.send(data, { binary: isBinary }));
    websocket.on("error", (error) => console.log(`error client=${client} ${error.message}`));
    websocket.on("close", (code) => console.log(`closed client=${client} code=${code}`));
});

server.listen(Number(process.argv[2] ?? 8000), "127.0.0.1");

process.on("SIGTERM", () => {
    server.close(() => process.exit(0));
    for (const websocket of websockets.clients)
        websocket.close(1012, "service restart");
});
