// An event stream that brings everybody what is posted. node eventsource_server.mjs PORT

import { createServer } from "node:http";

const listeners = new Set();
createServer(async (request, response) => {
  if (request.method === "POST") {
    let text = "";
    for await (const piece of request) text += piece;
    for (const each of listeners) each.write(`data: ${text}\n\n`);
    return response.end();
  }
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.flushHeaders();
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}).listen(Number(process.argv[2]), "127.0.0.1");
