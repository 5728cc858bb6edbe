// An MCP server over streamable HTTP, with sessions. node mcp_server.mjs PORT
// Its tool `tell` sends a text as a notification on the session's stream, `think` answers after `ms`.

import { randomUUID, webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import * as z from "zod";

globalThis.crypto ??= webcrypto; // which the SDK expects, and Debian's Node 18 does not have

const sessions = new Map();

async function open() {
  const server = new McpServer({ name: "test", version: "1.0.0" }, { capabilities: { logging: {} } });
  server.registerTool("tell", { inputSchema: { text: z.string() } }, async ({ text }) => {
    await server.sendLoggingMessage({ level: "info", data: text });
    return { content: [] };
  });
  server.registerTool("think", { inputSchema: { text: z.string(), ms: z.number() } }, async ({ text, ms }) => {
    await sleep(ms);
    return { content: [{ type: "text", text }] };
  });
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await server.connect(transport);
  return transport;
}

createServer(async (request, response) => {
  const transport = sessions.get(request.headers["mcp-session-id"]) ?? (await open());
  await transport.handleRequest(request, response);
}).listen(Number(process.argv[2]), "127.0.0.1");
