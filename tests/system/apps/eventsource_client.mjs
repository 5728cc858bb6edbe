// EventSource outside of browsers. node eventsource_client.mjs URL

import { EventSource } from "eventsource";
import { echoes, ended, story } from "./story.mjs";

const url = process.argv[2];
const { expected, arrived } = echoes();
const events = new EventSource(url);
events.onmessage = ({ data }) => arrived(data);
events.onerror = ended;
await new Promise((resolve) => (events.onopen = resolve));
story(async (text) => {
  const back = expected(text);
  await fetch(url, { method: "POST", body: text });
  await back;
});
