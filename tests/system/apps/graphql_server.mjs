// graphql-sse's handler for a schema whose subscription brings what a mutation says. node graphql_server.mjs PORT

import { createServer } from "node:http";
import { EventEmitter, on } from "node:events";
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { createHandler } from "graphql-sse/lib/use/http";

const heard = new EventEmitter();
const say = {
  type: GraphQLString,
  args: { text: { type: GraphQLString } },
  resolve: (_, { text }) => heard.emit("text", text) && text,
};
const said = {
  type: GraphQLString,
  resolve: ([text]) => text,
  subscribe: () => on(heard, "text"),
};
const type = (name, fields) => new GraphQLObjectType({ name, fields });
const schema = new GraphQLSchema({
  query: type("Query", { none: { type: GraphQLString } }),
  mutation: type("Mutation", { say }),
  subscription: type("Subscription", { said }),
});
createServer(createHandler({ schema })).listen(Number(process.argv[2]), "127.0.0.1");
