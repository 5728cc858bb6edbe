// A model behind the APIs of OpenAI and Anthropic that streams half of its prompt, thinks, and streams the
// other half. node model_server.mjs PORT

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { QUIET } from "./story.mjs";

const usage = { input_tokens: 1, output_tokens: 1 };

// https://platform.openai.com/docs/api-reference/chat-streaming
const openai = {
  begin: () => [],
  token: (content) => [[undefined, chunk({ content }, null)]],
  end: () => [[undefined, chunk({}, "stop")], [undefined, "[DONE]"]],
};
function chunk(delta, finish_reason) {
  const choices = [{ index: 0, delta, finish_reason }];
  return { id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices };
}

// https://docs.anthropic.com/en/docs/build-with-claude/streaming
const message = { id: "1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null, usage };
const anthropic = {
  begin: () => [
    ["message_start", { message }],
    ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
  ],
  token: (text) => [["content_block_delta", { index: 0, delta: { type: "text_delta", text } }]],
  end: () => [
    ["content_block_stop", { index: 0 }],
    ["message_delta", { delta: { stop_reason: "end_turn" }, usage }],
    ["message_stop", {}],
  ],
};

createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const text = JSON.parse(body).messages[0].content;
  const api = request.url === "/v1/messages" ? anthropic : openai;
  const send = (events) => {
    for (const [name, data] of events) {
      if (name) response.write(`event: ${name}\n`);
      response.write(`data: ${data === "[DONE]" ? data : JSON.stringify(name ? { type: name, ...data } : data)}\n\n`);
    }
  };
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  send(api.begin());
  send(api.token(text.slice(0, 2)));
  await sleep(QUIET);
  send(api.token(text.slice(2)));
  send(api.end());
  response.end();
}).listen(Number(process.argv[2]), "127.0.0.1");
