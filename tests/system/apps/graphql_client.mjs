// graphql-sse's client. node graphql_client.mjs URL

import { createClient } from "graphql-sse";
import { echoes, ended, story } from "./story.mjs";

const client = createClient({ url: process.argv[2], retry: async () => ended("retried") });
const { expected, arrived } = echoes();
client.subscribe(
  { query: "subscription { said }" },
  { next: ({ data }) => arrived(data.said), error: ended, complete: () => ended("complete") },
);
story(async (text) => {
  const back = expected(text);
  const query = "mutation ($text: String) { say(text: $text) }";
  for await (const { errors } of client.iterate({ query, variables: { text } })) {
    if (errors) throw new Error(errors[0].message);
  }
  await back;
});
