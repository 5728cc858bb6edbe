// A hub of SignalR as its client knows it, with a method Echo. node signalr_server.mjs PORT [KEEP_ALIVE_MS]
// Written from the ASP.NET Core specs TransportProtocols.md and HubProtocol.md.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const [port, keepAlive = 15_000] = process.argv.slice(2).map(Number);
const END = "\x1e"; // of a message
const connections = new Map(); // token: the connection

class Connection {
  token = randomUUID();
  waiting = ""; // what no transport has taken yet
  deliver = undefined; // the transport: takes a text
  hasBegun = false; // pings may come

  send(message) {
    this.waiting += JSON.stringify(message) + END;
    this.flush();
  }

  flush() {
    if (!this.deliver || !this.waiting) return;
    const text = this.waiting;
    this.waiting = "";
    this.deliver(text);
  }

  begin() {
    this.send({}); // the answer to the handshake
    this.hasBegun = true;
  }

  take(text) {
    for (const each of text.split(END).filter(Boolean)) {
      const message = JSON.parse(each);
      if (message.protocol) this.begin();
      if (message.type === 1) this.send({ type: 3, invocationId: message.invocationId, result: message.arguments[0] });
    }
  }
}

setInterval(() => connections.forEach((each) => each.hasBegun && each.send({ type: 6 })), keepAlive);

function negotiate(response) {
  const connection = new Connection();
  connections.set(connection.token, connection);
  const availableTransports = ["WebSockets", "ServerSentEvents", "LongPolling"].map((transport) => ({
    transport,
    transferFormats: ["Text"],
  }));
  response.setHeader("Content-Type", "application/json");
  response.end(
    JSON.stringify({
      negotiateVersion: 1,
      connectionId: randomUUID(),
      connectionToken: connection.token,
      availableTransports,
    }),
  );
}

function streamTo(connection, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write(":\r\n\r\n");
  connection.deliver = (text) => response.write(`data: ${text}\r\n\r\n`);
  connection.flush();
  response.on("close", () => connections.delete(connection.token));
}

function answerPoll(connection, response) {
  if (!connection.isPolled) {
    connection.isPolled = true;
    return response.end(); // the first one only opens it
  }
  connection.deliver = (text) => {
    connection.deliver = undefined;
    response.end(text);
  };
  connection.flush();
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/hub/negotiate" && request.method === "POST") return negotiate(response);
  const connection = connections.get(searchParams.get("id"));
  if (!connection) return response.writeHead(404).end();
  if (request.method === "DELETE") {
    connections.delete(connection.token);
    return response.writeHead(202).end();
  }
  if (request.method === "POST") {
    let body = "";
    for await (const piece of request) body += piece;
    response.end();
    return connection.take(body);
  }
  if (request.headers.accept === "text/event-stream") return streamTo(connection, response);
  answerPoll(connection, response);
});

new WebSocketServer({ server, path: "/hub" }).on("connection", (socket, request) => {
  const connection = connections.get(new URL(request.url, "http://localhost").searchParams.get("id"));
  connection.deliver = (text) => socket.send(text);
  socket.on("message", (text) => connection.take(text.toString()));
  socket.on("close", () => connections.delete(connection.token));
});

server.listen(port, "127.0.0.1");
