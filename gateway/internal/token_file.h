// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_TOKEN_FILE_H_
#define S2_GATEWAY_INTERNAL_TOKEN_FILE_H_

#include <sys/stat.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace s2::gateway {

// An access token in a file, which is read again when it has changed. For the program s2-gateway.
// Thread safe.
class TokenFile {
 public:
  // Errors, of code kInvalid: the file cannot be read, or does not hold one token.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(std::string path);

  // The token that the file holds; the last that it held, while it is missing or holds none.
  std::string Get() ABSL_LOCKS_EXCLUDED(mu_);

  // The token was refused: the next Get reads the file, even if nothing shows that it has changed.
  // A file system may not tell two changes apart that come in one tick of its clock.
  void ReadAgain() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  TokenFile(std::string path, std::string token, const struct stat& stamp)
      : path_(std::move(path)), token_(std::move(token)), stamp_(stamp) {}

  const std::string path_;
  absl::Mutex mu_;
  std::string token_ ABSL_GUARDED_BY(mu_);
  struct stat stamp_ ABSL_GUARDED_BY(mu_);  // what the file was when it was read last, or nothing
};

// Whoever reaches a gateway that has a token of its own acts with that token. OK if that is only
// this machine, or clients that show a certificate; else an error that names the address.
absl::Status ValidateExposure(const std::vector<std::string>& addresses, bool mutual_tls);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_TOKEN_FILE_H_
