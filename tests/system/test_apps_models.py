"""OpenAI's and Anthropic's clients through Nginx and the gateway, with a model that thinks for long."""

from support.app_chain import AppTest
from support.case import main


class Models(AppTest):
    async def test_a_model_may_think_in_the_middle_of_its_answer(self):
        await self.serve("model_server.mjs")
        await self.live_and_come_back(*(["model_client.mjs", sdk] for sdk in ("openai", "anthropic")))

    async def test_a_drain_lets_a_model_finish_its_answer(self):
        await self.serve("model_server.mjs")
        clients = self.start_clients(*(["model_client.mjs", sdk, "once"] for sdk in ("openai", "anthropic")))
        await self.all_say(clients, "begins")
        await self.replace_gateway()
        await self.all_say(clients, "whole")


if __name__ == "__main__":
    main()
