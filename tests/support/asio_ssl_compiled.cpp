// Asio's TLS, which the tests' own peers speak, compiled once; the gateway does not use it.
#include <boost/asio/ssl/impl/src.hpp>
