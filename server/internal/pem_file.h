// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_PEM_FILE_H_
#define S2_SERVER_INTERNAL_PEM_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace s2::server {

// What is in this file; an empty text if `file` is empty. Errors, of code kInvalid: it cannot be
// read, or holds no PEM. They name the file and the option that asked for it.
absl::StatusOr<std::string> ReadPem(absl::string_view option, const std::string& file);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_PEM_FILE_H_
