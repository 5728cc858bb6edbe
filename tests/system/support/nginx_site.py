"""Texts of nginx.conf for tests that need more than nginx/pulsegate.conf with other figures."""

RELAYED = """\
proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection upgrade;
"""

_HTTP = """\
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr info;
{main}
events {{
    worker_connections {worker_connections};
}}

http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;

    server {{
        listen 127.0.0.1:{port};
        {server}
        location / {{
            proxy_pass http://127.0.0.1:{gateway_port};
            {location}
        }}
    }}
}}
"""

_STREAM = """\
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr info;

events {{
    worker_connections 256;
}}

stream {{
    server {{
        listen 127.0.0.1:{port};
        proxy_pass 127.0.0.1:{gateway_port};
        {server}
    }}
}}
"""


def http_site(port, gateway_port, location=RELAYED, server="", main="", worker_connections=256):
    """A server that passes all to a gateway; each other text goes into the block of its name."""
    return _HTTP.format(
        port=port,
        gateway_port=gateway_port,
        location=location,
        server=server,
        main=main,
        worker_connections=worker_connections,
    )


def stream_site(port, gateway_port, server=""):
    """A server that passes bytes to a gateway and knows nothing of HTTP."""
    return _STREAM.format(port=port, gateway_port=gateway_port, server=server)
