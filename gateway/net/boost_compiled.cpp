// The one translation unit that holds the code of Asio, Beast and Boost.JSON (separate
// compilation).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
