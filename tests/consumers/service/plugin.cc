// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The service as a plug-in: a shared library that a program loads at run time.

#include <iostream>

#include "journal.h"
#include "s2/connect/connect.h"

namespace {

absl::Status Run() {
  const absl::StatusOr<s2::Client> client = s2::Connect("emulator:");
  if (!client.ok()) return client.status();
  const s2::Basin basin = client->Basin("my-basin");
  if (const auto made = client->EnsureBasin(basin.name()); !made.ok()) return made.status();
  if (const auto made = basin.EnsureStream("my-stream"); !made.ok()) return made.status();
  absl::StatusOr<s2::AppendSession> session = basin.Stream("my-stream").OpenAppendSession();
  if (!session.ok()) return session.status();
  return Journal(*std::move(session)).Write("hello").status();
}

}  // namespace

extern "C" bool WriteLine() {
  const absl::Status status = Run();
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok();
}
