// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Appends many batches, without waiting for one before the next.

#include <iostream>
#include <vector>

#include "s2/examples/run_example.h"
#include "s2/record/record.h"

namespace {

absl::Status Append(const s2::Stream& stream) {
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession();
  if (!session.ok()) return session.status();
  std::vector<s2::AppendTicket> tickets;
  for (const char* body : {"hello", "brave", "world"}) {
    s2::v1::AppendInput batch = s2::MakeInput({s2::MakeRecord(body)});
    // Blocks only while too much is unacked: that is the backpressure.
    const absl::StatusOr<s2::AppendTicket> ticket = session->Submit(std::move(batch));
    if (!ticket.ok()) return ticket.status();
    tickets.push_back(*ticket);
  }
  for (const s2::AppendTicket& ticket : tickets) {
    const absl::StatusOr<s2::v1::AppendAck>& ack = ticket.Wait();
    if (!ack.ok()) return ack.status();
    std::cout << "durable: seq_num " << ack->start().seq_num() << "\n";
  }
  return session->Close();
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, Append); }
