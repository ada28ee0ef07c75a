// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_RUN_EXAMPLE_H_
#define S2_EXAMPLES_RUN_EXAMPLE_H_

#include <functional>

#include "absl/status/status.h"
#include "s2/client/client.h"
#include "s2/connect/connect.h"

namespace examples {

// Runs a story on s2://my-basin/my-stream, created if missing, at the endpoint argv[1] (default:
// "emulator:"). Returns what main shall, and says what went wrong.
int RunExample(int argc, char** argv, const std::function<absl::Status(const s2::Stream&)>& story,
               const s2::ConnectOptions& options = {});

}  // namespace examples

#endif  // S2_EXAMPLES_RUN_EXAMPLE_H_
