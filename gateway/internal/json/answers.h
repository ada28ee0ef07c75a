// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_
#define S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace s2::gateway {

// Reads an answer of S2's in JSON. answers.cc lists the messages that `Answer` may be. Errors, of
// code kInvalidAnswer, name the field that is missing or wrong, and what it is.
template <typename Answer>
absl::Status ReadAnswer(absl::string_view text, Answer& answer);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_
