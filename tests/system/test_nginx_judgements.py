"""What the check says of a configuration of Nginx, against what a real Nginx does with it.

Each row is an nginx.conf. A WebSocket is opened through it at each of its paths; where none can be
opened at all, the check must have an error, and where one can, none.
"""

import asyncio
import json
import subprocess

from support.case import BINARY, SystemTest, main
from support.gateway import Gateway
from support.nginx import PROGRAM, Nginx
from support.ports import free_port
from support.raw_client import RawClient, request
from support.waiting import side_by_side

MAIN = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr info;
{main}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
{http}
}}
"""
STREAM = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;"

# Written short in the rows: %G the gateway, %P the port of Nginx, %Q, %R two other free ports.
PASS = "proxy_pass http://%G; "
VERSION = "proxy_http_version 1.1; "
UPGRADE = "proxy_set_header Upgrade $http_upgrade; "
CONNECTION = 'proxy_set_header Connection "upgrade"; '
CLIENT = "proxy_set_header X-Forwarded-For $remote_addr; "
HEADERS = VERSION + UPGRADE + CONNECTION + CLIENT
GOOD = PASS + HEADERS
MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"


def server(text, listen="127.0.0.1:%P"):
    return f"server {{ listen {listen};\n{text}\n}}\n"


def location(text, path="/"):
    return f"location {path} {{ {text} }}\n"


class Row:
    """passes: whether a WebSocket can be opened; none: Nginx itself refuses the file."""

    def __init__(self, http, passes, path="/", main="", routes=("/",), codes=None):
        self.http, self.passes, self.path = http, passes, path
        self.main, self.routes, self.codes = main, routes, codes


def headers(upgrade="$http_upgrade", connection='"upgrade"', more=""):
    return location(
        PASS + VERSION + CLIENT + f"proxy_set_header Upgrade {upgrade}; "
        f"proxy_set_header Connection {connection}; {more}"
    )


ROWS = {
    # What is sent.
    "all that is needed": Row(server(location(GOOD)), True),
    "a map as Nginx documents it": Row(MAP + server(headers(connection="$connection_upgrade")), True),
    "a map the wrong way round": Row(
        "map $http_upgrade $c { default close; '' upgrade; }\n" + server(headers(connection="$c")),
        False,
    ),
    "a map by a regular expression": Row(
        "map $http_upgrade $c { default close; ~*^WEBSOCKET$ upgrade; }\n"
        + server(headers(connection="$c")),
        True,
    ),
    "a map by a regular expression that minds case": Row(
        "map $http_upgrade $c { default close; ~^WebSocket$ upgrade; }\n"
        + server(headers(connection="$c")),
        False,
    ),
    "a map by a word in another case": Row(
        "map $http_upgrade $c { default close; WebSocket upgrade; }\n"
        + server(headers(connection="$c")),
        True,
    ),
    "a map of a map": Row(
        "map $http_upgrade $a { default 1; '' 0; }\nmap $a $c { 1 upgrade; }\n"
        + server(headers(connection="$c")),
        True,
    ),
    "a map of a map that ends empty": Row(
        "map $http_upgrade $a { default 1; '' 0; }\nmap $a $c { 0 upgrade; }\n"
        + server(headers(connection="$c")),
        False,
    ),
    "a map with a capture": Row(
        "map $http_connection $c { ~*(?<word>upgrade) $word; }\n" + server(headers(connection="$c")),
        True,
    ),
    "Upgrade by the variable for Connection": Row(
        MAP + server(headers("$connection_upgrade", "$connection_upgrade")), False
    ),
    "Upgrade by a misspelt header": Row(server(headers("$http_upgrad")), False),
    "Upgrade literally": Row(server(headers("WebSocket")), True),
    "Upgrade to something else": Row(server(headers("h2c")), False),
    "Connection by the client's": Row(server(headers(connection="$http_connection")), True),
    "Connection by the wrong header": Row(server(headers(connection="$http_upgrade")), False),
    "Connection empty": Row(server(headers(connection='""')), False),
    "Connection with more options": Row(server(headers(connection='"keep-alive, Upgrade"')), True),
    "headers of requests are kept back": Row(
        server(headers(more="proxy_pass_request_headers off;")), False
    ),
    "headers of requests are kept back, by the server": Row(
        server("proxy_pass_request_headers off;\n" + headers()), False
    ),
    "the key is taken out": Row(
        server(headers(more='proxy_set_header Sec-WebSocket-Key "";')), False
    ),
    "the answer's Accept is taken out": Row(
        server(headers(more="proxy_hide_header Sec-WebSocket-Accept;")), False
    ),
    "another method": Row(server(headers(more="proxy_method POST;")), False),
    "no Host": Row(server(headers(more='proxy_set_header Host "";')), False),
    "set and used": Row(server("set $c upgrade;\n" + headers(connection="$c")), True),
    "set in an if that holds": Row(
        server(
            location(
                'set $c close; if ($http_upgrade = "websocket") { set $c upgrade; } '
                + GOOD.replace('"upgrade"', "$c")
            )
        ),
        True,
    ),
    "set in an if that does not": Row(
        server(
            location(
                'set $c close; if ($http_upgrade = "WebSocket") { set $c upgrade; } '
                + GOOD.replace('"upgrade"', "$c")
            )
        ),
        False,
    ),
    "HTTP/1.0 by default": Row(server(location(PASS + UPGRADE + CONNECTION + CLIENT)), False),
    "version of the server": Row(
        server(VERSION + location(PASS + UPGRADE + CONNECTION + CLIENT)), True
    ),
    "headers lost deeper down": Row(
        server(UPGRADE + CONNECTION + CLIENT + VERSION
               + location(PASS + "proxy_set_header Host $host;")),
        False,
    ),
    # Which location.
    "styles beside": Row(server(location(GOOD) + location(PASS, r"~ \.css$")), True),
    "a page beside": Row(
        server(location(PASS + CLIENT) + location(GOOD, "/ws")), True, "/ws", codes=set()
    ),
    "one without Connection beside": Row(
        server(location(PASS + VERSION + UPGRADE + CLIENT) + location(GOOD, "/ws")),
        True,
        "/ws",
        codes={"PG323"},
    ),
    "hidden by a regular expression": Row(
        server(location(GOOD, "/ws/") + location(PASS + CLIENT, "~ ^/ws/")), False, "/ws/x"
    ),
    "not hidden by it": Row(
        server(location(GOOD, "^~ /ws/") + location(PASS + CLIENT, "~ ^/ws/")), True, "/ws/x"
    ),
    "the first regular expression": Row(
        server(location(PASS + CLIENT, "~ /ws") + location(GOOD, "~ ^/ws")), False, "/ws"
    ),
    "a nested one": Row(
        server(location("return 404; location /a/ws { " + GOOD + "}", "/a")), True, "/a/ws"
    ),
    "a return before all": Row(server("return 404;\n" + location(GOOD)), False),
    "a return in front of one that is never reached": Row(
        server(location(GOOD)) + server("server_name other; return 301 https://x;\n"
                                        + location(PASS)),
        True,
    ),
    "certbot's redirection": Row(
        server(location(GOOD))
        + server("server_name a.example;\nif ($host = a.example) { return 301 https://$host; }\n"
                 "return 404;\n"),
        True,
    ),
    "denied to all": Row(server(location("deny all; " + GOOD)), False),
    "internal": Row(server(location("internal; " + GOOD)), False),
    "a limit on other methods": Row(
        server(location("limit_except GET { deny all; } " + GOOD)), True
    ),
    "a limit that leaves out GET": Row(
        server(location("limit_except POST { deny all; } " + GOOD)), False
    ),
    # Ways to it.
    "a named location by try_files": Row(
        server(location("try_files /none @ws;") + location(GOOD, "@ws")), True
    ),
    "a variable that outlives it": Row(
        server(
            "set $up 127.0.0.1:%Q;\n"
            + location("set $up %G; try_files /none @ws;")
            + location("proxy_pass http://$up; " + HEADERS, "@ws")
        ),
        True,
    ),
    "a variable that leads elsewhere": Row(
        server(
            "set $up %G;\n"
            + location("set $up 127.0.0.1:%Q; try_files /none @ws;")
            + location("proxy_pass http://$up; " + HEADERS, "@ws")
        ),
        False,
    ),
    "files or nothing": Row(
        server(location("try_files $uri =404;")), False
    ),
    "an error page": Row(
        server(
            "error_page 418 = @ws;\n"
            + location('if ($http_upgrade = "websocket") { return 418; } return 404;')
            + location(GOOD, "@ws")
        ),
        True,
    ),
    "an error page for another status": Row(
        server(
            "error_page 419 = @ws;\n"
            + location('if ($http_upgrade = "websocket") { return 418; } return 404;')
            + location(GOOD, "@ws")
        ),
        False,
    ),
    "what is missing": Row(
        server("error_page 404 = @ws;\nroot none;\n" + location(GOOD, "@ws")), True, "/chat"
    ),
    "a split by Upgrade": Row(
        "map $http_upgrade $to { default 127.0.0.1:%Q; ~*^websocket$ %G; }\n"
        + server(location("proxy_pass http://$to; " + HEADERS)),
        True,
    ),
    "a split the wrong way round": Row(
        "map $http_upgrade $to { default %G; ~*^websocket$ 127.0.0.1:%Q; }\n"
        + server(location("proxy_pass http://$to; " + HEADERS)),
        False,
    ),
    "a rewrite": Row(
        server("rewrite ^/old/(.*)$ /ws/$1;\n" + location("return 404;") + location(GOOD, "/ws/")),
        True,
        "/old/x",
    ),
    "a rewrite to elsewhere": Row(
        server(location("rewrite ^ /none last; " + GOOD) + location("return 404;", "/none")), False
    ),
    "a rewrite that stays": Row(server(location("rewrite ^/(.*)$ /x/$1 break; " + GOOD)), True),
    "a prefix taken off": Row(
        server(location("proxy_pass http://%G/; " + HEADERS, "/app/")),
        True,
        "/app/edit",
        routes=("/edit",),
    ),
    "a pass in an if": Row(
        server(location(
            'if ($http_upgrade = "websocket") { proxy_pass http://%G; } '
            + HEADERS + "return 404;", "/ws")),
        False,
        "/ws",
    ),
    "a pass in an if, alone": Row(
        server(location(
            HEADERS + 'if ($http_upgrade = "websocket") { proxy_pass http://%G; }', "/ws")),
        True,
        "/ws",
    ),
    "all by scripts' names in another case": Row(
        server(location(GOOD, "~* ^/WS")), True, "/ws"
    ),
    "a pass in an if beside one": Row(
        server(location(
            'if ($http_upgrade = "websocket") { proxy_pass http://%G; } '
            "proxy_pass http://127.0.0.1:%Q; " + HEADERS)),
        True,
    ),
    "an if for the others": Row(
        server(location(
            'if ($http_upgrade != "websocket") { return 404; } ' + GOOD)),
        True,
    ),
    "an if with a regular expression": Row(
        server(location('if ($http_upgrade !~* "^websocket$") { return 404; } ' + GOOD)), True
    ),
    "an if of the method": Row(
        server(location("if ($request_method = GET) { return 405; } " + GOOD)), False
    ),
    "a slash that is missing": Row(server(location(GOOD, "/ws/")), True, "/ws/"),
    "an exact location without headers": Row(
        server(location(PASS + CLIENT, "= /") + location(GOOD)), True, "/x"
    ),
    "an index": Row(server(location("index x.html;") + location(GOOD, "/ws")), True, "/ws"),
    "only for what is internal": Row(
        server(location("rewrite ^ /ws$uri;") + location("internal; " + GOOD, "/ws/")), True
    ),
    "a loop": Row(server(location("rewrite ^ / last; " + GOOD)), False),
    "an alias of the path": Row(
        server(location("proxy_pass http://%G/edit/; " + HEADERS, "/app/")),
        True,
        "/app/x",
        routes=("/edit",),
    ),
    "a regular expression with a group": Row(
        server(location("proxy_pass http://%G/edit/$1; " + HEADERS, "~ ^/v[0-9]+/(.*)$")),
        True,
        "/v2/x",
        routes=("/edit",),
    ),
    "a named group": Row(
        server(location("proxy_pass http://%G/edit/$rest; " + HEADERS, "~ ^/v(?<rest>[0-9]+)$")),
        True,
        "/v2",
        routes=("/edit",),
    ),
    "only a regular expression, without headers": Row(
        server(location(PASS + CLIENT, "~ ^/api/v[0-9]+/(ws|socket)$")), False, "/api/v1/ws"
    ),
    "a server name that is taken": Row(
        server("server_name a;\n" + location(GOOD)) + server("server_name a;\nreturn 404;\n"), True
    ),
    # Groups.
    "a group": Row("upstream g { server %G; }\n" + server(location(GOOD.replace("%G", "g"))), True),
    "a group that is down": Row(
        "upstream g { server %G down; server 127.0.0.1:%Q; }\n"
        + server(location(GOOD.replace("%G", "g"))),
        False,
    ),
    # Other servers of the same Nginx.
    "a server behind a server": Row(
        server(location("proxy_pass http://127.0.0.1:%Q; " + HEADERS))
        + server(location(GOOD), "127.0.0.1:%Q"),
        True,
    ),
    "a server behind one that sends no upgrade": Row(
        server(location("proxy_pass http://127.0.0.1:%Q; " + CLIENT))
        + server(location(GOOD), "127.0.0.1:%Q"),
        False,
    ),
    "a server without headers behind one with them": Row(
        server(location("proxy_pass http://127.0.0.1:%Q; " + HEADERS))
        + server(location(PASS + CLIENT), "127.0.0.1:%Q"),
        False,
    ),
    "a stream before a server": Row(
        server(location(GOOD), "127.0.0.1:%Q")
        + "}\nstream { server { listen 127.0.0.1:%P; proxy_pass 127.0.0.1:%Q; }\n",
        True,
        main=STREAM,
    ),
    "HTTP/2 without TLS": Row(server(location(GOOD), "127.0.0.1:%P http2"), False),
    # What Nginx refuses.
    "the same location twice": Row(server(location(GOOD) + location(GOOD)), None),
    "a path in a named location": Row(
        server(location(GOOD) + location("proxy_pass http://%G/x;", "@a")), None
    ),
    "a path in a location by a regular expression": Row(
        server(location(GOOD) + location("proxy_pass http://%G/;", "~ ^/a")), None
    ),
    "a variable that nobody makes": Row(server(headers(connection="$connection_upgrade")), None),
    "a directive where it may not be": Row(
        server("proxy_pass http://%G;\n" + location(GOOD)), None
    ),
    "a missing semicolon": Row(
        server(location("proxy_pass http://%G\n" + HEADERS)), None
    ),
    "a variable without its dollar": Row(server("set c x;\n" + location(GOOD)), None),
}


class NginxJudgements(SystemTest):
    async def asyncSetUp(self):
        self.gateway = await Gateway.start(
            self, heartbeat="{ interval: 1h, timeout: 2h }", routes={"/": "echo", "/edit": "echo"}
        )

    def written(self, row):
        port, other, third = free_port(), free_port(), free_port()
        text = row.http
        for short, long in {
            "%G": f"127.0.0.1:{self.gateway.port}",
            "%g": str(self.gateway.port),
            "%P": str(port),
            "%Q": str(other),
            "%R": str(third),
        }.items():
            text = text.replace(short, long)
        return port, Nginx.write(self, port, MAIN.format(main=row.main, http=text))

    def found(self, row, file):
        """The codes of errors and those of warnings."""
        gateway = file.parent / "gateway.yaml"
        routes = "\n".join(f"  - {{ path: {path}, upstream: echo }}" for path in row.routes)
        gateway.write_text(
            f"listeners:\n  - {{ address: 127.0.0.1:{self.gateway.port} }}\n"
            f"heartbeat: {{ interval: 25s, timeout: 45s }}\nroutes:\n{routes}\n"
            f"proxies:\n  - nginx: {{ config: {file} }}\n"
        )
        result = subprocess.run(
            [BINARY, "check", "--config", gateway, "--format", "json"],
            capture_output=True, text=True, timeout=60,
        )
        found = json.loads(result.stdout)["diagnostics"]
        return {
            level: {each["code"] for each in found if each["severity"] == level}
            for level in ("error", "warning")
        }, result.stdout

    async def is_opened(self, port, path):
        client = await RawClient.connect(port)
        client.send(request(path))
        try:
            status, names = (await client.answer())[:2]
        except asyncio.IncompleteReadError:  # it speaks another protocol
            return False
        finally:
            client.abort()
        return status == 101 and {"sec-websocket-accept", "upgrade"} <= names.keys()

    async def judged(self, row):
        port, file = self.written(row)
        found, report = self.found(row, file)
        if row.passes is None:
            tested = subprocess.run(
                [PROGRAM, "-e", "stderr", "-t", "-q", "-p", file.parent, "-c", file],
                capture_output=True, text=True, timeout=30,
            )
            self.assertNotEqual(tested.returncode, 0, tested.stderr)
            self.assertNotEqual(found["error"], set(), report)
            return
        await Nginx.run(self, port, file)
        self.assertEqual(await self.is_opened(port, row.path), row.passes)
        self.assertEqual(found["error"] == set(), row.passes, report)
        if row.codes is not None:
            self.assertEqual(found["warning"], row.codes, report)

    async def test_the_check_has_an_error_exactly_where_no_websocket_passes(self):
        await side_by_side({name: self.judged(row) for name, row in ROWS.items()})


if __name__ == "__main__":
    main()
