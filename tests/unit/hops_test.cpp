#include "command/commands.hpp"

#include "alignment/presets.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace pulsegate;

namespace {

std::string output(hops_format format) {
    std::ostringstream out;
    hops(format, out);
    return out.str();
}

} // namespace

TEST_CASE("hops lists every preset as a table") {
    std::ifstream file(PULSEGATE_SOURCE_DIR "/tests/cases/hops/expected.txt");
    std::ostringstream expected;
    expected << file.rdbuf();
    CHECK(output(hops_format::text) == expected.str());
}

TEST_CASE("hops says so where nobody knows a limit") {
    CHECK(output(hops_format::text).find("\nfly: Fly.io\n  idle                 not known ") !=
          std::string::npos);
}

TEST_CASE("hops writes the same as JSON") {
    const boost::json::value document = boost::json::parse(output(hops_format::json));
    const boost::json::array& all = document.at("presets").as_array();
    REQUIRE(all.size() == preset_table().size());
    CHECK(all.front() == boost::json::parse(R"({
              "name": "nginx",
              "title": "Nginx, proxying HTTP",
              "in_front": true,
              "idle_known": true,
              "limits": [
                  {"limit": "idle", "milliseconds": 60000, "reset_by": "any",
                   "option": "proxy_read_timeout", "setting": "proxy_read_timeout {}s;",
                   "confidence": "source code",
                   "source": "ngx_http_upstream.c, ngx_http_upstream_process_upgraded"},
                  {"limit": "life after a reload", "milliseconds": null, "reset_by": null,
                   "option": "worker_shutdown_timeout", "setting": "worker_shutdown_timeout {}s;",
                   "confidence": "documented", "source": "ngx_core_module"},
                  {"limit": "HTTP silence", "milliseconds": 60000, "reset_by": null,
                   "option": "proxy_read_timeout", "setting": "proxy_read_timeout {}s;",
                   "confidence": "documented", "source": "ngx_http_proxy_module"},
                  {"limit": "HTTP keep-alive", "milliseconds": 60000, "reset_by": null,
                   "option": "keepalive_timeout of the upstream",
                   "setting": "keepalive_timeout {}s;",
                   "confidence": "documented", "source": "ngx_http_upstream_module"}
              ],
              "streams": "if_told",
              "remark": "`proxy_send_timeout` and `send_timeout` end only a write that does not proceed; Nginx counts the gateway's pings too, so it never cuts a dead client that is still pinged."
          })"));
}
