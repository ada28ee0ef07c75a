// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/run_example.h"

#include <iostream>

#include "s2/examples/create_if_missing.h"

namespace examples {
namespace {

absl::Status Run(const char* endpoint, const s2::ConnectOptions& options,
                 const std::function<absl::Status(const s2::Stream&)>& story) {
  const absl::StatusOr<s2::Client> client = s2::Connect(endpoint, options);
  if (!client.ok()) return client.status();
  const s2::Stream stream = client->Basin("my-basin").Stream("my-stream");
  const auto tail = CreateIfMissing(*client, stream.basin(), stream.name());
  return tail.ok() ? story(stream) : tail.status();
}

}  // namespace

int RunExample(int argc, char** argv, const std::function<absl::Status(const s2::Stream&)>& story,
               const s2::ConnectOptions& options) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "emulator:", options, story);
  if (status.ok()) return 0;
  std::cerr << argv[0] << ": " << status.message() << std::endl;
  return 1;
}

}  // namespace examples
