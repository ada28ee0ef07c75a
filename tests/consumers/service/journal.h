// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef CONSUMER_JOURNAL_H_
#define CONSUMER_JOURNAL_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/session/append_session.h"

// Writes lines to a stream: what a user's service might be.
class Journal {
 public:
  explicit Journal(s2::AppendSession session) : session_(std::move(session)) {}

  // Returns the line's position once it is durable.
  absl::StatusOr<uint64_t> Write(std::string line);

 private:
  s2::AppendSession session_;
};

#endif  // CONSUMER_JOURNAL_H_
