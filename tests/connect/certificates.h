// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONNECT_CERTIFICATES_H_
#define S2_TESTS_CONNECT_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace s2::testing {

// A certificate and its key, made on the spot, good for an hour.
class Certificate {
 public:
  // Signed by `authority`; by itself if that is null. `name` is its host name.
  Certificate(const std::string& name, const Certificate* authority);

  // In PEM.
  std::string certificate() const;
  std::string key() const;

 private:
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  const std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_CONNECT_CERTIFICATES_H_
