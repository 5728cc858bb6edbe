// The one translation unit that holds the code of Asio, Beast, Boost.JSON and Boost.URL (separate
// compilation).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
#include <boost/json/src.hpp>
#include <boost/url/src.hpp>
