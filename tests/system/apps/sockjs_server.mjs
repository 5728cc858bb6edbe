// SockJS' server; returns every message. node sockjs_server.mjs PORT [HEARTBEAT_MS]

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sockjs from "sockjs";

const [port, heartbeat_delay = 25_000] = process.argv.slice(2).map(Number);
const script = readFileSync(fileURLToPath(import.meta.resolve("sockjs-client/dist/sockjs.min.js")));
const echo = sockjs.createServer({ heartbeat_delay, sockjs_url: "/sockjs.js", log: () => {} });
echo.on("connection", (session) => session.on("data", (text) => session.write(text)));
const server = createServer((request, response) => {
  if (request.url === "/sockjs.js") {
    response.setHeader("Content-Type", "text/javascript");
    response.end(script);
  } else if (request.url === "/") {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><link rel=icon href=data:,><title>SockJS</title><script src=/sockjs.js></script>");
  }
});
echo.installHandlers(server, { prefix: "/echo" });
server.listen(port, "127.0.0.1");
