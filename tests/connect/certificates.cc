// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/connect/certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace s2::testing {
namespace {

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string Content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string content(data, static_cast<size_t>(size));
  BIO_free(bio);
  return content;
}

}  // namespace

Certificate::Certificate(const std::string& name, const Certificate* authority)
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  static std::atomic<long> serial = 0;
  X509* const certificate = certificate_.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key_.get());
  X509_NAME* const subject = X509_NAME_new();
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_subject_name(certificate, subject);
  X509_NAME_free(subject);
  const Certificate& signer = authority == nullptr ? *this : *authority;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate_.get()));
  AddExtension(certificate, NID_basic_constraints, authority == nullptr ? "CA:TRUE" : "CA:FALSE");
  AddExtension(certificate, NID_subject_alt_name, "DNS:" + name);
  X509_sign(certificate, signer.key_.get(), EVP_sha256());
}

std::string Certificate::certificate() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate_.get());
  return Content(bio);
}

std::string Certificate::key() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return Content(bio);
}

}  // namespace s2::testing
