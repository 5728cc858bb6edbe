// Certificates for tests, made on the spot: an authority that issues them, as PEM files in a
// temporary directory that goes with the authority.
#pragma once

#include "config/configuration.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>

namespace pulsegate::test {

class authority {
public:
    authority();
    authority(const authority&) = delete;
    authority& operator=(const authority&) = delete;
    ~authority();

    /// Its own certificate.
    [[nodiscard]] std::string file() const;

    /// A new certificate with its key.
    /// \param names  as OpenSSL writes them: `DNS:app.example,IP:127.0.0.1`.
    /// \param days   its time from now on; may be negative: expired. It began a hundred days ago.
    [[nodiscard]] certificate_files issue(const std::string& names, int days = 30);

private:
    struct certified;

    std::string directory_;
    std::unique_ptr<certified> own_;
    int issued_ = 0;
};

/// `tls` of a listener in gateway.yaml, as one line.
[[nodiscard]] std::string tls_yaml(const certificate_files& files, const std::string& more = "");

} // namespace pulsegate::test
