// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The calls of docs/from-rust.md, in one program.

#include <iostream>

#include "s2/examples/run_example.h"
#include "s2/record/record.h"

namespace {

absl::Status AppendAndRead(const s2::Stream& stream) {
  s2::v1::AppendInput two = s2::MakeInput({s2::MakeRecord("first"), s2::MakeRecord("second")});
  const absl::StatusOr<s2::v1::AppendAck> ack = stream.Append(std::move(two));
  if (!ack.ok()) return ack.status();

  s2::rpc::v1::ReadRequest request;
  request.set_seq_num(ack->start().seq_num());
  request.set_count(100);
  const absl::StatusOr<s2::v1::ReadBatch> batch = stream.Read(request);
  if (!batch.ok()) return batch.status();
  std::cout << batch->records_size() << " records read\n";
  return absl::OkStatus();
}

absl::Status AppendInASession(const s2::Stream& stream) {
  s2::AppendSessionOptions options;
  options.policy = s2::AppendRetryPolicy::kAtMostOnce;
  options.retry.budget = s2::RetryBudget::Attempts(5);
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession(options);
  if (!session.ok()) return session.status();
  s2::v1::AppendInput batch = s2::MakeInput({s2::MakeRecord({{"kind", "event"}}, "third")});
  const absl::StatusOr<s2::AppendTicket> ticket = session->Submit(std::move(batch));
  if (!ticket.ok()) return ticket.status();
  const absl::StatusOr<s2::v1::AppendAck>& ack = ticket->Wait();
  if (!ack.ok()) return ack.status();
  std::cout << "durable at " << ack->start().seq_num() << "\n";
  return session->Close();
}

absl::Status Tour(const s2::Stream& stream) {
  if (absl::Status s = AppendAndRead(stream); !s.ok()) return s;
  return AppendInASession(stream);
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, Tour); }
