// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Appends the token of a cell of S2 Geometry to a stream of S2.

#include <iostream>

#include "s2/connect/connect.h"
#include "s2/record/record.h"
#include "s2/s2cell_id.h"

namespace {

absl::Status Run() {
  const absl::StatusOr<s2::Client> client = s2::Connect("emulator:");
  if (!client.ok()) return client.status();
  const s2::Basin basin = client->Basin("my-basin");
  if (const auto made = client->EnsureBasin(basin.name()); !made.ok()) return made.status();
  if (const auto made = basin.EnsureStream("places"); !made.ok()) return made.status();
  const auto ack =
      basin.Stream("places").Append(s2::MakeInput({s2::MakeRecord(S2CellId().ToToken())}));
  return ack.status();
}

}  // namespace

int main() {
  const absl::Status status = Run();
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
