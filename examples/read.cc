// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Reads a stream from its first record up to its tail.

#include <iostream>

#include "s2/examples/run_example.h"

namespace {

absl::Status Read(const s2::Stream& stream) {
  s2::rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_wait(0);  // end at the tail; without this, follow it for ever
  absl::StatusOr<s2::ReadSession> session = stream.OpenReadSession(request);
  if (!session.ok()) return session.status();
  for (const s2::v1::SequencedRecord& record : session->Records()) {
    std::cout << record.seq_num() << ": " << record.body() << "\n";
  }
  return session->status();  // OK: all that was not trimmed, up to the tail
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, Read); }
