// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Follows a stream, as `tail -f` does a file: the last three records, then each as it comes.

#include <iostream>

#include "s2/examples/run_example.h"

namespace {

absl::Status Follow(const s2::Stream& stream) {
  s2::rpc::v1::ReadRequest request;
  request.set_tail_offset(3);
  absl::StatusOr<s2::ReadSession> session = stream.OpenReadSession(request);
  if (!session.ok()) return session.status();
  session->CaughtUpAsync([](const absl::StatusOr<s2::v1::StreamPosition>& tail) {
    if (tail.ok()) std::cout << "caught up at seq_num " << tail->seq_num() << std::endl;
  });
  // Broken connections are opened again behind the last record; only what cannot pass ends this.
  for (const s2::v1::SequencedRecord& record : session->Records()) {
    std::cout << record.seq_num() << ": " << record.body() << std::endl;
  }
  return session->status();
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, Follow); }
