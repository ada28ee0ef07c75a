// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_TESTING_AUDIT_LOG_H_
#define S2_EXAMPLES_TESTING_AUDIT_LOG_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "s2/client/client.h"
#include "s2/record/record.h"

namespace examples {

// The code under test: it knows a session, and not what is behind it.
class AuditLog {
 public:
  static absl::StatusOr<AuditLog> Open(const s2::Stream& stream,
                                       const s2::AppendSessionOptions& options = {}) {
    absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession(options);
    if (!session.ok()) return session.status();
    return AuditLog(*std::move(session));
  }
  explicit AuditLog(s2::AppendSession session) : session_(std::move(session)) {}

  // Where the entry stands, once it is durable.
  absl::StatusOr<uint64_t> Note(std::string entry) {
    s2::v1::AppendInput batch = s2::MakeInput({s2::MakeRecord(std::move(entry))});
    const absl::StatusOr<s2::AppendTicket> ticket = session_.Submit(std::move(batch));
    if (!ticket.ok()) return ticket.status();
    const absl::StatusOr<s2::v1::AppendAck>& ack = ticket->Wait();
    if (!ack.ok()) return ack.status();
    return ack->start().seq_num();
  }

 private:
  s2::AppendSession session_;
};

}  // namespace examples

#endif  // S2_EXAMPLES_TESTING_AUDIT_LOG_H_
