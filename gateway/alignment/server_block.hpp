// An Nginx configuration that is aligned with a gateway.yaml. Pure.
#pragma once

#include "base/result.hpp"
#include "config/configuration.hpp"

#include <string>

namespace pulsegate {

enum class server_block_form {
    fragment, // belongs inside http{}, such as a file of /etc/nginx/conf.d
    complete, // a whole nginx.conf, with room for `limits.connections`
};

/// Text in Nginx's syntax that proxies all requests to the gateway's first listener, with limits
/// that leave every route's heartbeats and evictions their time. Where all routes refuse plain
/// requests, and one application by `ws://` is behind them, those go to it directly.
///
/// Errors: a listener that Nginx cannot be told about, because the kernel chooses its port.
[[nodiscard]] parsed<std::string> nginx_server_block(const configuration& values,
                                                     server_block_form form);

} // namespace pulsegate
