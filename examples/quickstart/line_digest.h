// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_QUICKSTART_LINE_DIGEST_H_
#define S2_EXAMPLES_QUICKSTART_LINE_DIGEST_H_

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace quickstart {

// Counts lines, and takes the SHA-256 of them, each with a newline. Not thread safe.
class LineDigest {
 public:
  LineDigest();

  void Add(absl::string_view line);

  uint64_t lines() const { return lines_; }
  // Newlines included.
  uint64_t bytes() const { return bytes_; }

  // The SHA-256 of all so far, in hexadecimal.
  std::string Hex() const;

 private:
  using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

  const Context context_;
  uint64_t lines_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace quickstart

#endif  // S2_EXAMPLES_QUICKSTART_LINE_DIGEST_H_
