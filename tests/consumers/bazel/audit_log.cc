// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "audit_log.h"

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"

absl::StatusOr<uint64_t> AuditLog::Write(absl::string_view who, absl::string_view what) {
  const absl::StatusOr<s2::AppendTicket> ticket =
      session_.Submit(s2::MakeInput({s2::MakeRecord(absl::StrCat(who, " ", what))}));
  if (!ticket.ok()) return ticket.status();
  const absl::StatusOr<s2::v1::AppendAck>& ack = ticket->Wait();
  if (!ack.ok()) return ack.status();
  return ack->start().seq_num();
}
