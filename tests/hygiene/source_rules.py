"""The rules about where a source file may include what from, as functions over a source tree.

Each rule takes the directory `gateway/` (or one that is laid out like it) and yields one line of
text for each offence, `path: what is wrong`.
"""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

# What a layer may include from; itself is understood. Includes go downward only.
MAY_INCLUDE = {
    "base": set(),
    "websocket": {"base"},
    "client": {"base"},
    "session": {"base", "websocket"},
    "config": {"base", "websocket", "client", "session"},
    "alignment": {"base", "websocket", "client", "session", "config"},
    "http": {"base", "websocket", "client", "session", "config"},
    "metrics": {"base", "http", "session"},
}
MAY_INCLUDE["net"] = set(MAY_INCLUDE)
MAY_INCLUDE["admin"] = MAY_INCLUDE["net"] | {"net"}
MAY_INCLUDE["server"] = MAY_INCLUDE["admin"] | {"admin"}
MAY_INCLUDE["command"] = MAY_INCLUDE["server"] | {"server"}
MAY_INCLUDE["main.cpp"] = MAY_INCLUDE["command"] | {"command"}

KNOWS_SOCKETS = {"net", "admin", "server"}
SOCKET_HEADER = re.compile(r"<(boost/asio\b|sys/(socket|epoll|un)\.h|netinet/)")
# Messages of Beast's are values; its streams are sockets.
KNOWS_HTTP = KNOWS_SOCKETS | {"http"}
HTTP_HEADER = re.compile(r"<boost/beast\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<][^">]+[">])', re.MULTILINE)


def sources(gateway):
    return sorted(p for p in gateway.rglob("*") if p.suffix in {".cpp", ".hpp"})


def layer_of(gateway, path):
    return path.relative_to(gateway).parts[0]


def includes(path):
    return INCLUDE.findall(path.read_text())


def includes_going_up(gateway):
    for path in sources(gateway):
        layer = layer_of(gateway, path)
        if layer not in MAY_INCLUDE:
            yield f"{path}: `{layer}` is no layer"
            continue
        for include in includes(path):
            if not include.startswith('"'):
                continue
            target = include.strip('"')
            if not (gateway / target).is_file():
                yield f"{path}: {include} is no file below {gateway.name}/"
            elif target.split("/")[0] not in MAY_INCLUDE[layer] | {layer}:
                yield f"{path}: `{layer}` may not include {include}"


def include_cycles(gateway):
    """Files of one layer may include one another, but not in a circle."""
    graph = {
        str(path.relative_to(gateway)): [i.strip('"') for i in includes(path) if i[0] == '"']
        for path in sources(gateway)
    }
    done, open_ = set(), []

    def visit(name):
        if name in open_:
            yield f"{gateway / name}: includes itself through {' -> '.join(open_)}"
        elif name not in done:
            open_.append(name)
            for target in graph.get(name, []):
                yield from visit(target)
            open_.pop()
            done.add(name)

    for name in graph:
        yield from visit(name)


def network_elsewhere(gateway):
    rules = [(SOCKET_HEADER, KNOWS_SOCKETS), (HTTP_HEADER, KNOWS_HTTP)]
    for path in sources(gateway):
        for include in includes(path):
            for header, layers in rules:
                if header.match(include) and layer_of(gateway, path) not in layers:
                    yield f"{path}: {include} belongs into {' or '.join(sorted(layers))}"


def headers_without_introduction(gateway):
    for path in sources(gateway):
        if path.suffix != ".hpp":
            continue
        lines = path.read_text().splitlines()
        if not lines or not re.match(r"// \S", lines[0]):
            yield f"{path}: does not begin with a comment that says what it is"
        if "#pragma once" not in lines:
            yield f"{path}: has no `#pragma once`"


def long_files(gateway, most_lines=400):
    for path in sources(gateway):
        lines = len(path.read_text().splitlines())
        if lines > most_lines:
            yield f"{path}: has {lines} lines, more than {most_lines}: find its second concept"


def headers_not_standing_alone(gateway, compiler):
    """The build itself shows that a header compiles alone if the source of the same name includes
    it first. The other headers are compiled here."""
    to_compile = []
    for path in sources(gateway):
        if path.suffix != ".hpp":
            continue
        source = path.with_suffix(".cpp")
        name = f'"{path.relative_to(gateway)}"'
        if not source.is_file():
            to_compile.append(path)
        elif includes(source)[:1] != [name]:
            yield f"{source}: does not include {name} first"

    def compile_alone(path):
        command = [compiler, "-std=c++20", "-fsyntax-only", "-w", "-I", str(gateway)]
        # The same choice as the build's: without it every header compiles all of Asio.
        command += ["-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_BEAST_SEPARATE_COMPILATION"]
        text = f'#include "{path.relative_to(gateway)}"\n'
        result = subprocess.run(
            [*command, "-x", "c++", "-"], input=text, capture_output=True, text=True, timeout=120
        )
        if result.returncode != 0:
            return f"{path}: does not compile alone:\n{result.stderr[:2000]}"
        return None

    with ThreadPoolExecutor(2) as pool:
        yield from filter(None, pool.map(compile_alone, to_compile))
