"""A real Prometheus, which scrapes and evaluates as its configuration says."""

import urllib.parse

from support.ports import free_port
from support.web import get


class Prometheus:
    def __init__(self, port, process):
        self._api = f"http://127.0.0.1:{port}/api/v1"
        self.process = process

    @classmethod
    async def start(cls, test, config):
        """Starts one with a file that the test wrote, and waits until it is ready.

        Its rule files are found beside that file.
        """
        port = free_port()
        process = test.spawn(
            "prometheus",
            [
                "prometheus",
                f"--config.file={config}",
                f"--web.listen-address=127.0.0.1:{port}",
                f"--storage.tsdb.path={test.directory}/prometheus-{port}",
            ],
        )

        async def is_ready():
            return (await get(f"http://127.0.0.1:{port}/-/ready")).status == 200

        await process.until(is_ready, "Prometheus is ready", 30)
        return cls(port, process)

    async def query(self, expression, time=None):
        """The value of each series at a time, by default now: [(labels, value)]."""
        parameters = {"query": expression} | ({"time": time} if time else {})
        data = await self._get("query", parameters)
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    async def query_range(self, expression, start, end, step):
        """The values of each series from `start` to `end`: [(labels, [value, …])]."""
        parameters = {"query": expression, "start": start, "end": end, "step": step}
        data = await self._get("query_range", parameters)
        return [
            (each["metric"], [float(value) for _, value in each["values"]])
            for each in data["result"]
        ]

    async def alerts(self):
        """Those that are pending or firing now: [{labels, annotations, state, …}]."""
        return (await self._get("alerts", {}))["alerts"]

    async def _get(self, path, parameters):
        answer = await get(f"{self._api}/{path}?{urllib.parse.urlencode(parameters)}")
        assert answer.status == 200, f"{parameters}: {answer.text}"
        return answer.json()["data"]
