// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Reads what was appended within the last minute.

#include <iostream>

#include "absl/time/clock.h"
#include "s2/examples/run_example.h"

namespace {

absl::Status ReadLastMinute(const s2::Stream& stream) {
  s2::rpc::v1::ReadRequest request;
  // The server's own timestamps are in milliseconds since the Unix epoch.
  request.set_timestamp(static_cast<uint64_t>(absl::ToUnixMillis(absl::Now() - absl::Minutes(1))));
  request.set_clamp(true);  // begin at the tail if all is older
  request.set_wait(0);      // and end there
  absl::StatusOr<s2::ReadSession> session = stream.OpenReadSession(request);
  if (!session.ok()) return session.status();
  for (const s2::v1::SequencedRecord& record : session->Records()) {
    const absl::Time time = absl::FromUnixMillis(static_cast<int64_t>(record.timestamp()));
    std::cout << absl::FormatTime(time) << ": " << record.body() << "\n";
  }
  return session->status();
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, ReadLastMinute); }
