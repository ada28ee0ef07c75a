// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef AUDIT_LOG_H_
#define AUDIT_LOG_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/session/append_session.h"

// What was done and by whom, in a stream.
class AuditLog {
 public:
  explicit AuditLog(s2::AppendSession session) : session_(std::move(session)) {}

  // Returns once the entry is durable: its sequence number.
  absl::StatusOr<uint64_t> Write(absl::string_view who, absl::string_view what);

 private:
  s2::AppendSession session_;
};

#endif  // AUDIT_LOG_H_
