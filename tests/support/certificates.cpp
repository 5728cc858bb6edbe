#include "support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace pulsegate::test {
namespace {

void require(bool is_true, const char* what) {
    if (!is_true)
        throw std::runtime_error(std::string("OpenSSL does not ") + what);
}

void add_extension(X509* to, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(made != nullptr, "make an extension");
    X509_add_ext(to, made, -1);
    X509_EXTENSION_free(made);
}

template <class Write>
void write_file(const std::string& path, Write write) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr || ::chmod(path.c_str(), 0600) != 0)
        throw std::runtime_error("cannot write " + path);
    write(file);
    std::fclose(file);
}

} // namespace

struct authority::certified {
    X509* certificate = X509_new();
    EVP_PKEY* key = EVP_EC_gen("P-256");

    certified() = default;
    certified(const certified&) = delete;
    certified& operator=(const certified&) = delete;
    ~certified() {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }

    void fill(const std::string& name, int number, int days) const {
        constexpr long day = 86'400;
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), number + 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -100 * day);
        X509_gmtime_adj(X509_getm_notAfter(certificate), days * day);
        X509_set_pubkey(certificate, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    }

    void sign(const certified& by) const {
        X509_set_issuer_name(certificate, X509_get_subject_name(by.certificate));
        require(X509_sign(certificate, by.key, EVP_sha256()) > 0, "sign");
    }
};

authority::authority() : own_(std::make_unique<certified>()) {
    directory_ = std::filesystem::temp_directory_path() / "pulsegate-certificates-XXXXXX";
    if (::mkdtemp(directory_.data()) == nullptr)
        throw std::runtime_error("cannot make " + directory_);
    static std::atomic<int> made = 0; // OpenSSL finds authorities by their names
    own_->fill("Test Authority " + std::to_string(++made), 0, 3650);
    add_extension(own_->certificate, own_->certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own_->certificate, own_->certificate, NID_subject_key_identifier, "hash");
    own_->sign(*own_);
    write_file(file(), [&](std::FILE* to) {
        require(PEM_write_X509(to, own_->certificate) == 1, "write");
    });
}

authority::~authority() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::string authority::file() const {
    return directory_ + "/authority.pem";
}

certificate_files authority::issue(const std::string& names, int days) {
    const std::string base = directory_ + '/' + std::to_string(++issued_);
    const certified made;
    made.fill(names, issued_, days);
    add_extension(made.certificate, own_->certificate, NID_subject_alt_name, names);
    made.sign(*own_);
    write_file(base + ".pem",
               [&](std::FILE* to) { require(PEM_write_X509(to, made.certificate) == 1, "write"); });
    write_file(base + ".key", [&](std::FILE* to) {
        require(PEM_write_PrivateKey(to, made.key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
                "write");
    });
    return {base + ".pem", base + ".key"};
}

std::string tls_yaml(const certificate_files& files, const std::string& more) {
    return "listeners: [{ address: 127.0.0.1:0, tls: { certificate: " + files.certificate +
           ", private_key: " + files.private_key + (more.empty() ? "" : ", ") + more + " } }]\n";
}

} // namespace pulsegate::test
