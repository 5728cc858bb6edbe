// Clients of models, which say nothing for long within an answer. node model_client.mjs URL openai|anthropic [once]
// once: asks once and says what became of it: `begins`, and then `whole`, `short`, or `failed` with an error.

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { QUIET, story } from "./story.mjs";

const [url, sdk, once] = process.argv.slice(2);
const request = (content) => ({ model: "m", max_tokens: 9, messages: [{ role: "user", content }] });

async function openai(text) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  let answer = "";
  for await (const { choices } of await client.chat.completions.create({ ...request(text), stream: true })) {
    if (!answer) console.log("begins");
    answer += choices[0].delta.content ?? "";
  }
  return answer;
}

async function anthropic(text) {
  const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const answer = client.messages.stream(request(text));
  answer.once("text", () => console.log("begins"));
  return (await answer.finalMessage()).content[0].text;
}

const ask = sdk === "openai" ? openai : anthropic;

async function exchange(text) {
  const answer = await ask(text);
  if (answer !== text) throw new Error(`answered ${answer}`);
}

if (once) {
  ask("hello").then(
    (answer) => console.log(answer === "hello" ? "whole" : "short"),
    (error) => console.log(`failed\n${error.message}`),
  );
} else {
  story(exchange, { quiet: 0, patience: 2 * QUIET });
}
