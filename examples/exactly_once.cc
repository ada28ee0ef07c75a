// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Appends each event exactly once, though connections break and acks are lost. The session settles
// by reading back what a broken stream leaves open; what it leaves unacked, when it has to give up,
// goes unchanged to the next, which settles it first.

#include <iostream>
#include <vector>

#include "s2/examples/run_example.h"
#include "s2/record/record.h"

namespace {

using Batches = std::vector<s2::v1::AppendInput>;

// Appends `batches`, in order, and leaves in it what has no ack.
absl::Status AppendOnce(const s2::Stream& stream, Batches& batches) {
  s2::AppendSessionOptions options;
  options.policy = s2::AppendRetryPolicy::kExactlyOnce;
  options.retry.budget = s2::RetryBudget::Attempts(3);  // by default it goes on for a minute
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession(options);
  if (!session.ok()) return session.status();
  size_t submitted = 0;
  for (s2::v1::AppendInput& batch : batches) {
    if (!session->Submit(std::move(batch)).ok()) break;  // Close will say why
    ++submitted;
  }
  absl::Status status = session->Close();
  Batches left;
  for (s2::UnackedBatch& batch : session->TakeUnacked()) left.push_back(std::move(batch.input));
  for (size_t i = submitted; i < batches.size(); ++i) left.push_back(std::move(batches[i]));
  batches = std::move(left);
  return status;
}

absl::Status AppendEvents(const s2::Stream& stream) {
  Batches batches;
  for (const char* event : {"created", "paid", "shipped"}) {
    batches.push_back(s2::MakeInput({s2::MakeRecord(event)}));
  }
  absl::Status status;
  for (int sessions = 0; sessions < 3; ++sessions) {
    status = AppendOnce(stream, batches);
    if (status.ok()) return status;
    std::cout << batches.size() << " left: " << status.message() << "\n";
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, AppendEvents); }
