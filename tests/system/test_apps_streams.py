"""EventSource, MCP and GraphQL through Nginx and the gateway."""

from support.app_chain import AppTest
from support.case import main


class Streams(AppTest):
    async def test_an_eventsource_lives_quietly_and_comes_back(self):
        await self.serve("eventsource_server.mjs")
        await self.live_and_come_back(["eventsource_client.mjs"])

    async def test_mcp_lives_quietly_and_comes_back(self):
        await self.serve("mcp_server.mjs")
        await self.live_and_come_back(*(["mcp_client.mjs", way] for way in ("notified", "thinking")))

    async def test_a_graphql_subscription_lives_quietly_and_comes_back(self):
        await self.serve("graphql_server.mjs")
        await self.live_and_come_back(["graphql_client.mjs"])


if __name__ == "__main__":
    main()
