// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_CREATE_IF_MISSING_H_
#define S2_EXAMPLES_CREATE_IF_MISSING_H_

#include <string>

#include "absl/status/statusor.h"
#include "s2/client/client.h"

namespace examples {

// Creates the stream, and its basin, unless they exist; one that exists keeps its configuration.
// Returns the stream's tail.
absl::StatusOr<s2::v1::StreamPosition> CreateIfMissing(const s2::Client& client,
                                                       const std::string& basin,
                                                       const std::string& stream);

}  // namespace examples

#endif  // S2_EXAMPLES_CREATE_IF_MISSING_H_
