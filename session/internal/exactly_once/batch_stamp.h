// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_EXACTLY_ONCE_BATCH_STAMP_H_
#define S2_SESSION_INTERNAL_EXACTLY_ONCE_BATCH_STAMP_H_

#include <string>

#include "absl/status/status.h"
#include "s2/retry/backoff.h"
#include "s2/session/append_session.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// What a kExactlyOnce session adds to each batch, as its options say: the identity header and the
// fencing token. Immutable.
class BatchStamp {
 public:
  BatchStamp(const ExactlyOnceOptions& options, const Random& random);

  // The session's fencing token; empty: it does not fence.
  const std::string& token() const { return token_; }

  // Adds both; to a batch that brings its match_seq_num, and so may have been sent before, only the
  // token, lest it differ from its other copies. Error: kInvalid, the batch and the session's fence
  // exclude each other; the batch is untouched.
  absl::Status Add(v1::AppendInput& input) const;

  // Takes both away again.
  void Remove(v1::AppendInput& input) const;

  // Takes the token away, which dies with the session.
  void RemoveToken(v1::AppendInput& input) const;

 private:
  absl::Status Check(const v1::AppendInput& input) const;

  const std::string token_;
  const std::string header_;  // the identity header's name; empty: none
  const std::string identity_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_EXACTLY_ONCE_BATCH_STAMP_H_
