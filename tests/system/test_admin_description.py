"""dashboards/openapi.yaml describes the admin listener: all of it, and truly."""

import re

import jsonschema
import websockets
import yaml

from support.admin import Events, start_with_token
from support.case import SOURCE, SystemTest, main
from support.waiting import eventually

DESCRIPTION = yaml.safe_load((SOURCE / "dashboards/openapi.yaml").read_text())
METHODS = {"get", "post", "delete"}
PAGE_FILES = {f"/{file.name}" for file in (SOURCE / "dashboards/status").iterdir()}


def resolved(part):
    """A part of the description that may be a reference."""
    while "$ref" in part:
        target = DESCRIPTION
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = target
    return part


def operations():
    for path, item in DESCRIPTION["paths"].items():
        for method in METHODS & item.keys():
            yield method.upper(), path, item[method]


class AdminDescription(SystemTest):
    def validate(self, schema, value):
        """Raises where the value is not as the schema says."""
        whole = {"components": DESCRIPTION["components"], **schema}
        jsonschema.Draft202012Validator.check_schema(whole)
        jsonschema.Draft202012Validator(whole).validate(value)

    def check_answer(self, operation, answer):
        """An answer is one of those that are described for the operation."""
        described = resolved(operation["responses"][str(answer.status)])
        kind = answer.headers["Content-Type"].partition(";")[0]
        self.assertIn(kind, described["content"])
        schema = described["content"][kind]["schema"]
        self.validate(schema, answer.json() if kind == "application/json" else answer.text)
        for name, header in described.get("headers", {}).items():
            self.validate(header["schema"], answer.headers[name])

    async def start(self):
        hop = "proxies: [{ preset: cloudflare }, { name: own, idle: 90s, lifetime: 4h }]\n"
        self.gateway, self.admin = await start_with_token(
            self,
            heartbeat="{ interval: 1s, timeout: 60s }",
            limits="{ session_age: 2h }",
            drain="{ window: 1s }",
            routes={"/": "echo", "/chat": "echo"},
            more=hop,
        )
        self.client = await websockets.connect(self.gateway.url + "/chat?x=1", ping_interval=None)

    async def test_every_operation_answers_as_described(self):
        await self.start()

        async def has_round_trip():
            rows = await self.admin.connections()
            return rows[0]["id"] if rows and rows[0]["rtt_seconds"] else None

        identity = await eventually(has_round_trip, "a round trip of the connection")
        queries = {"listConnections": "?state=open", "closeConnections": "?client=203.0.113.7"}
        last = {"drain": 2, "closeConnection": 1}  # what ends something comes at the end
        asked = set()
        for method, path, operation in sorted(
            operations(), key=lambda each: last.get(each[2]["operationId"], 0)
        ):
            name = operation["operationId"]
            with self.subTest(name):
                asked.add(name)
                if name == "watch":
                    continue  # has no end; below
                target = path.replace("{id}", identity) + queries.get(name, "")
                answer = await self.admin.ask(method, target)
                self.assertIn(answer.status, (200, 202), answer.text)
                self.check_answer(operation, answer)
        self.assertEqual(len(asked), len(list(operations())))
        self.assertEqual(await self.gateway.process.ended(), 0)

    async def test_events_carry_what_history_and_status_are_described_as(self):
        await self.start()
        events = await Events.open(self.admin)
        for _ in range(3):
            name, data = await events.next()
            schema = {"history": "History", "status": "Status"}[name]
            self.validate({"$ref": f"#/components/schemas/{schema}"}, data)
        events.close()
        await self.client.close()

    async def test_every_refusal_is_described(self):
        await self.start()
        for method, path, operation in operations():
            target = path.replace("{id}", "0123456789abcdef")
            query = "?route=/chat" if operation["operationId"] == "closeConnections" else ""
            takes_token = operation.get("security", DESCRIPTION["security"]) == [{"token": []}]
            is_open = path in ("/metrics", "/healthz", "/readyz")
            is_page = operation["tags"] == ["page"]
            with self.subTest(method=method, path=path):
                no_token = {"Authorization": "Bearer wrong"}
                if takes_token:
                    answer = await self.admin.ask(method, target + query, no_token)
                    self.assertEqual(answer.status, 401)
                    self.check_answer(operation, answer)
                if not is_open:
                    answer = await self.admin.ask(method, target, {"Host": "evil.example"})
                    self.assertEqual(answer.status, 403)
                    self.check_answer(operation, answer)
                if not is_open and not is_page:
                    answer = await self.admin.ask(method, target + "?nonsense=1")
                    self.assertEqual(answer.status, 400)
                    self.check_answer(operation, answer)
                if "{id}" in path:
                    answer = await self.admin.ask(method, target)
                    self.assertEqual(answer.status, 404)
                    self.check_answer(operation, answer)
        await self.client.close()

    async def test_what_the_gateway_knows_is_described_and_nothing_else(self):
        await self.start()
        answer = await self.admin.ask("GET", "/there/is/no/such/path")
        known = set(answer.json()["help"].removeprefix("there are ").split())
        described = set(DESCRIPTION["paths"])
        files = PAGE_FILES - {"/index.html"}
        self.assertEqual(known - files, described)
        self.assertEqual(known & files, files)
        for path, item in DESCRIPTION["paths"].items():
            with self.subTest(path):
                answer = await self.admin.ask("PUT", path.replace("{id}", "0123456789abcdef"))
                self.assertEqual(answer.status, 405)
                allowed = {each.lower() for each in answer.headers["Allow"].split(", ")}
                self.assertEqual(allowed - {"head"}, METHODS & item.keys())
        await self.client.close()

    async def test_parameters_are_those_that_are_described(self):
        await self.start()
        for method, path, operation in operations():
            if operation["tags"] in (["health"], ["page"]):
                continue
            target = path.replace("{id}", "0123456789abcdef")
            answer = await self.admin.ask(method, target + "?nonsense=1")
            named = set(re.findall("`([a-z]+)`", answer.json()["help"]))
            described = {resolved(each)["name"] for each in operation.get("parameters", [])}
            self.assertEqual(named, described, path)
        await self.client.close()

    async def test_the_gateway_serves_this_description(self):
        await self.start()
        answer = await self.admin.ask("GET", "/openapi.yaml")
        self.assertEqual(yaml.safe_load(answer.text), DESCRIPTION)
        self.assertEqual(DESCRIPTION["openapi"], "3.1.0")
        status = await self.admin.json("/status")
        self.assertEqual(DESCRIPTION["info"]["version"], status["version"])
        await self.client.close()


if __name__ == "__main__":
    main()
