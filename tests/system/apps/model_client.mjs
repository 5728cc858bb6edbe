// Clients of models, which say nothing for long within an answer. node model_client.mjs URL openai|anthropic

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { QUIET, story } from "./story.mjs";

const [url, sdk] = process.argv.slice(2);
const request = (content) => ({ model: "m", max_tokens: 9, messages: [{ role: "user", content }] });

async function openai(text) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  let answer = "";
  for await (const { choices } of await client.chat.completions.create({ ...request(text), stream: true })) {
    answer += choices[0].delta.content ?? "";
  }
  if (answer !== text) throw new Error(`answered ${answer}`);
}

async function anthropic(text) {
  const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const { content } = await client.messages.stream(request(text)).finalMessage();
  if (content[0].text !== text) throw new Error(`answered ${content[0].text}`);
}

story(sdk === "openai" ? openai : anthropic, { quiet: 0, patience: 2 * QUIET });
