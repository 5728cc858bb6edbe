"""deploy/kubernetes/, without a cluster: the manifests agree with each other and with the gateway."""

import json
import pathlib
import re
import subprocess

import yaml

from support.case import BINARY, SOURCE, SystemTest, main
from support.gateway import Gateway

FOLDER = SOURCE / "deploy/kubernetes"


def documents(*names):
    for name in names:
        yield from yaml.safe_load_all((FOLDER / name).read_text())


def the(name):
    (document,) = documents(name)
    return document


def seconds(text):
    """Of durations as the files write them: `90`, `90s`, `2m`, `1h`."""
    number, unit = re.fullmatch(r"(\d+)([smh]?)", str(text)).groups()
    return int(number) * {"": 1, "s": 1, "m": 60, "h": 3600}[unit]


class Manifests(SystemTest):
    def setUp(self):
        self.pod = the("deployment.yaml")["spec"]["template"]
        (self.container,) = self.pod["spec"]["containers"]
        self.ports = {p["name"]: p["containerPort"] for p in self.container["ports"]}
        self.configuration = yaml.safe_load(the("configmap.yaml")["data"]["gateway.yaml"])

    def check(self, configuration, *arguments):
        file = self.write("gateway.yaml", yaml.safe_dump(configuration))
        result = subprocess.run(
            [BINARY, "check", "--format", "json", "--config", file, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=30,
        )
        report = json.loads(result.stdout)
        return {each["code"] for each in report["diagnostics"]}, report

    def without_admin(self):
        return {key: value for key, value in self.configuration.items() if key != "admin"}


class Kubernetes(Manifests):
    async def test_every_file_is_an_object_of_kubernetes_and_the_kustomization_names_all(self):
        for file in FOLDER.rglob("*.yaml"):
            if file.name in ("prometheus_adapter.yaml", "kustomization.yaml"):
                continue
            for document in yaml.safe_load_all(file.read_text()):
                with self.subTest(file=file.name):
                    self.assertTrue(document["apiVersion"] and document["kind"])
                    self.assertEqual(document["metadata"]["name"], "pulsegate")
        names = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
        self.assertEqual(set(the("kustomization.yaml")["resources"]), names)
        (image,) = the("kustomization.yaml")["images"]
        self.assertEqual(image["name"], self.container["image"])

    async def test_the_configuration_is_one_that_the_gateway_takes(self):
        token = self.write("token", "secret-secret-secret-secret-secret\n")
        token.chmod(0o600)
        configuration = {**self.configuration}
        configuration["admin"] = {**configuration["admin"], "token_file": str(token)}
        codes, _ = self.check(configuration)
        if "PG104" in codes:
            self.skipTest("this gateway does not know admin.token_file yet")
        self.assertEqual(codes, set())

    async def test_the_grace_holds_pre_stop_window_and_goodbyes_and_little_more(self):
        codes, report = self.check(self.without_admin(), "--kubernetes", FOLDER / "deployment.yaml")
        self.assertEqual(codes, set())
        (plan,) = report["stops"]
        self.assertEqual(plan["name"], "Deployment/pulsegate")
        self.assertEqual(plan["before_signal_milliseconds"], 5000)
        needed = plan["before_signal_milliseconds"] + plan["drain_milliseconds"]
        self.assertLess(plan["kill_after_milliseconds"] - needed, 15_000)

        longer = {**self.without_admin(), "drain": {"window": "40s"}}
        codes, _ = self.check(longer, "--kubernetes", FOLDER / "deployment.yaml")
        self.assertEqual(codes, {"PG405"})

    async def test_ports_of_configuration_pod_probes_and_service_are_the_same(self):
        (listener,) = self.configuration["listeners"]
        self.assertEqual(listener["address"], f"0.0.0.0:{self.ports['websocket']}")
        self.assertEqual(self.configuration["admin"]["address"], f"0.0.0.0:{self.ports['admin']}")
        for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
            asked = self.container[probe]["httpGet"]
            self.assertEqual((asked["path"], asked["port"]), (path, "admin"))
        (port,) = the("service.yaml")["spec"]["ports"]
        self.assertEqual(port["targetPort"], "websocket")
        self.assertEqual(port["port"], self.ports["websocket"])
        (endpoint,) = the("optional/podmonitor.yaml")["spec"]["podMetricsEndpoints"]
        self.assertEqual((endpoint["port"], endpoint["path"]), ("admin", "/metrics"))

    async def test_selectors_choose_the_pods(self):
        labels = self.pod["metadata"]["labels"].items()
        spread = self.pod["spec"]["topologySpreadConstraints"][0]["labelSelector"]
        for selector in (
            the("deployment.yaml")["spec"]["selector"]["matchLabels"],
            the("service.yaml")["spec"]["selector"],
            the("poddisruptionbudget.yaml")["spec"]["selector"]["matchLabels"],
            the("optional/podmonitor.yaml")["spec"]["selector"]["matchLabels"],
            spread["matchLabels"],
        ):
            self.assertTrue(selector and selector.items() <= labels, selector)
        target = the("horizontalpodautoscaler.yaml")["spec"]["scaleTargetRef"]
        self.assertEqual((target["kind"], target["name"]), ("Deployment", "pulsegate"))
        self.assertNotIn("replicas", the("deployment.yaml")["spec"])

    async def test_the_pod_is_as_restricted_as_the_strictest_standard_asks(self):
        context = {**self.pod["spec"]["securityContext"], **self.container["securityContext"]}
        self.assertTrue(context["runAsNonRoot"] and context["runAsUser"] > 0)
        self.assertEqual(context["seccompProfile"]["type"], "RuntimeDefault")
        self.assertFalse(context["allowPrivilegeEscalation"])
        self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
        self.assertTrue(context["readOnlyRootFilesystem"])
        image_user = re.search(r"^USER (\d+)", (SOURCE / "deploy/Dockerfile").read_text(), re.M)
        self.assertEqual(context["runAsUser"], int(image_user.group(1)))

    async def test_what_is_mounted_is_what_the_gateway_reads(self):
        mounts = {m["name"]: m for m in self.container["volumeMounts"]}
        volumes = {v["name"]: v for v in self.pod["spec"]["volumes"]}
        self.assertEqual(set(mounts), set(volumes))
        command = (SOURCE / "deploy/Dockerfile").read_text()
        self.assertIn(f'"{mounts["configuration"]["mountPath"]}"', command)
        self.assertEqual(
            volumes["configuration"]["configMap"]["name"],
            the("configmap.yaml")["metadata"]["name"],
        )
        token = pathlib.PurePath(self.configuration["admin"]["token_file"])
        self.assertEqual(str(token.parent), mounts["admin-token"]["mountPath"])
        name = volumes["admin-token"]["secret"]["secretName"]
        create = f"kubectl create secret generic {name} --from-literal={token.name}="
        self.assertIn(create, (FOLDER / "README.md").read_text())

    async def test_it_scales_by_a_metric_that_the_gateway_has_and_below_its_limit(self):
        (metric,) = the("horizontalpodautoscaler.yaml")["spec"]["metrics"]
        name = metric["pods"]["metric"]["name"]
        target = metric["pods"]["target"]["averageValue"]
        most = self.configuration["limits"]["connections"]
        self.assertLessEqual(int(target.replace("k", "000")) * 2, most)
        (rule,) = the("optional/prometheus_adapter.yaml")["rules"]["custom"]
        self.assertEqual(rule["name"]["as"], name)
        self.assertTrue(rule["seriesQuery"].startswith(name + "{"))
        gateway = await Gateway.start(self)
        self.assertIn(f"\n{name}{{", (await gateway.metrics()).text)

    async def test_the_operator_gives_the_job_the_name_that_the_alerts_know(self):
        # It takes the value of this label of the pod; without `jobLabel`, `NAMESPACE/NAME`.
        label = the("optional/podmonitor.yaml")["spec"]["jobLabel"]
        pod = the("deployment.yaml")["spec"]["template"]["metadata"]
        alerts = (SOURCE / "deploy/prometheus/pulsegate.alerts.yml").read_text()
        self.assertEqual(set(re.findall(r'up\{job="([^"]+)"', alerts)), {pod["labels"][label]})

    async def test_the_readme_makes_a_resource_of_the_operator_out_of_the_rules(self):
        script = re.search(
            r"^    (\{ printf .+?) \| kubectl", (FOLDER / "README.md").read_text(), re.M | re.S
        ).group(1)
        made = subprocess.run(
            ["bash", "-c", script], cwd=FOLDER, capture_output=True, text=True, check=True
        ).stdout
        groups = yaml.safe_load(made)["spec"]["groups"]
        self.assertIn("pulsegate-figures", [group["name"] for group in groups])
        self.assertIn("pulsegate-process", [group["name"] for group in groups])


class Ingresses(Manifests):
    def proxies_entry(self, file):
        """What the comment at the head of an example says for gateway.yaml."""
        comment = re.match(r"(?:#.*\n)+", file.read_text()).group(0)
        lines = [line[1:].removeprefix(" ") for line in comment.splitlines()]
        start = lines.index("proxies:")
        end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
        return yaml.safe_load("\n".join(lines[start:end]))

    def files(self):
        found = sorted((FOLDER / "ingress").glob("*.yaml"))
        self.assertGreaterEqual(len(found), 7)
        return found

    async def test_the_entry_of_each_example_is_aligned(self):
        for file in self.files():
            with self.subTest(file=file.name):
                entry = self.proxies_entry(file)
                limits = {**self.configuration["limits"], **entry.pop("limits", {})}
                codes, report = self.check({**self.without_admin(), **entry, "limits": limits})
                self.assertEqual(codes, set(), report["diagnostics"])
                self.assertEqual(len(report["hops"]), 1)

    async def test_the_limits_that_an_example_sets_are_those_of_its_entry(self):
        for name, pattern, key in (
            ("nginx.yaml", r'proxy-read-timeout: "(\d+)"', "idle"),
            ("aws_alb.yaml", r"idle_timeout\.timeout_seconds=(\d+)", "idle"),
            ("contour.yaml", r"idle: (\d+m)$", "idle"),
            ("gke.yaml", r"timeoutSec: (\d+)", "lifetime"),
        ):
            with self.subTest(name=name):
                file = FOLDER / "ingress" / name
                body = re.sub(r"^#.*\n", "", file.read_text(), flags=re.M)
                (value,) = re.findall(pattern, body, re.M)
                (entry,) = self.proxies_entry(file)["proxies"]
                self.assertEqual(seconds(value), seconds(entry[key]))

    async def test_each_example_leads_to_the_service(self):
        service = the("service.yaml")
        (port,) = service["spec"]["ports"]
        for file in self.files():
            found = 0
            for document in yaml.safe_load_all(file.read_text()):
                found += self.backends(document, service["metadata"]["name"], port)
            self.assertGreater(found, 0, file.name)

    def backends(self, document, service, port):
        """Checks all of a document; how many there are."""
        if document["kind"] == "Ingress":
            ends = [p["backend"]["service"] for p in document["spec"]["rules"][0]["http"]["paths"]]
            for end in ends:
                self.assertEqual(end, {"name": service, "port": {"name": port["name"]}})
        elif document["kind"] == "HTTPProxy":
            ends = [s for route in document["spec"]["routes"] for s in route["services"]]
            for end in ends:
                self.assertEqual(end, {"name": service, "port": port["port"]})
        elif document["kind"] == "HTTPRoute":
            ends = [b for rule in document["spec"]["rules"] for b in rule["backendRefs"]]
            for end in ends:
                self.assertEqual(end, {"name": service, "port": port["port"]})
        else:
            return 0
        return len(ends)


if __name__ == "__main__":
    main()
