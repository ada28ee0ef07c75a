// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Makes a basin in the emulator of this process.

#include <iostream>

#include "s2/connect/connect.h"

int main() {
  const absl::StatusOr<s2::Client> client = s2::Connect("emulator:");
  if (!client.ok()) {
    std::cerr << client.status() << "\n";
    return 1;
  }
  const auto basin = client->CreateBasin("my-basin");
  if (!basin.ok()) {
    std::cerr << basin.status() << "\n";
    return 1;
  }
  std::cout << "ok\n";
}
