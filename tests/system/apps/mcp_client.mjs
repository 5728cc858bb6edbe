// MCP's client over streamable HTTP. node mcp_client.mjs URL notified|thinking
// notified: by the stream that it keeps open. thinking: by answers, event streams too, that take long.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { QUIET, echoes, ended, story } from "./story.mjs";

const [url, way] = process.argv.slice(2);
const { expected, arrived } = echoes();
const client = new Client({ name: "test", version: "1.0.0" });
client.onerror = ended;
client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => arrived(params.data));
await client.connect(new StreamableHTTPClientTransport(new URL(url)));

async function notified(text) {
  const back = expected(text);
  await client.callTool({ name: "tell", arguments: { text } });
  await back;
}

async function thinking(text) {
  const { content } = await client.callTool({ name: "think", arguments: { text, ms: QUIET } });
  if (content[0].text !== text) throw new Error("another text");
}

if (way === "notified") story(notified);
else story(thinking, { quiet: 0, patience: 2 * QUIET });
