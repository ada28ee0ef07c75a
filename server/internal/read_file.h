// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_READ_FILE_H_
#define S2_SERVER_INTERNAL_READ_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace s2::server {

// All that is in a file. The message of an error is what the system says: "Is a directory".
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_READ_FILE_H_
