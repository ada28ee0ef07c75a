// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// journal [ENDPOINT]: writes one line.

#include <iostream>

#include "journal.h"
#include "s2/connect/connect.h"

namespace {

absl::Status Run(const char* endpoint) {
  const absl::StatusOr<s2::Client> client = s2::Connect(endpoint);
  if (!client.ok()) return client.status();
  const s2::Basin basin = client->Basin("my-basin");
  if (const auto made = client->EnsureBasin(basin.name()); !made.ok()) return made.status();
  if (const auto made = basin.EnsureStream("my-stream"); !made.ok()) return made.status();
  absl::StatusOr<s2::AppendSession> session = basin.Stream("my-stream").OpenAppendSession();
  if (!session.ok()) return session.status();
  Journal journal(*std::move(session));
  const absl::StatusOr<uint64_t> seq_num = journal.Write("hello");
  if (!seq_num.ok()) return seq_num.status();
  std::cout << "durable: seq_num " << *seq_num << "\n";
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "emulator:");
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
