// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "journal.h"

#include "s2/record/record.h"

absl::StatusOr<uint64_t> Journal::Write(std::string line) {
  const absl::StatusOr<s2::AppendTicket> ticket =
      session_.Submit(s2::MakeInput({s2::MakeRecord(std::move(line))}));
  if (!ticket.ok()) return ticket.status();
  const absl::StatusOr<s2::v1::AppendAck>& ack = ticket->Wait();
  if (!ack.ok()) return ack.status();
  return ack->start().seq_num();
}
