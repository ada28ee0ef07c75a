// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Writes one entry to the audit log in a stream of the emulator.

#include <iostream>
#include <utility>

#include "audit_log.h"
#include "s2/connect/connect.h"

namespace {

absl::StatusOr<uint64_t> Run() {
  const absl::StatusOr<s2::Client> client = s2::Connect("emulator:");
  if (!client.ok()) return client.status();
  const auto basin = client->CreateBasin("my-basin");
  if (!basin.ok()) return basin.status();
  const auto stream = client->Basin("my-basin").CreateStream("audit");
  if (!stream.ok()) return stream.status();
  absl::StatusOr<s2::AppendSession> session =
      client->Basin("my-basin").Stream("audit").OpenAppendSession();
  if (!session.ok()) return session.status();
  return AuditLog(*std::move(session)).Write("ann", "opened the door");
}

}  // namespace

int main() {
  const absl::StatusOr<uint64_t> seq_num = Run();
  if (!seq_num.ok()) {
    std::cerr << seq_num.status() << "\n";
    return 1;
  }
  std::cout << "durable: seq_num " << *seq_num << "\n";
}
