// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/line_digest.h"

#include "absl/strings/escaping.h"

namespace quickstart {

LineDigest::LineDigest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void LineDigest::Add(absl::string_view line) {
  EVP_DigestUpdate(context_.get(), line.data(), line.size());
  EVP_DigestUpdate(context_.get(), "\n", 1);
  ++lines_;
  bytes_ += line.size() + 1;
}

std::string LineDigest::Hex() const {
  const Context copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_MD_CTX_copy_ex(copy.get(), context_.get());
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(copy.get(), hash, &size);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash), size));
}

}  // namespace quickstart
