// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CLIENT_COUNTED_TOKENS_H_
#define S2_TESTS_CLIENT_COUNTED_TOKENS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "s2/client/token_provider.h"

namespace s2::testing {

// Brings the tokens "1", "2" and so on, and notes how it is called: "get 1", "invalidate 1". It is
// called from one thread at a time; the test looks at the log when no call can be under way.
class CountedTokens : public TokenProvider {
 public:
  absl::StatusOr<std::string> Get() override {
    log.push_back(absl::StrCat("get ", ++gets));
    if (on_get) return on_get(gets);
    return absl::StrCat(gets);
  }
  void Invalidate(absl::string_view token) override {
    log.push_back(absl::StrCat("invalidate ", token));
  }

  std::vector<std::string> log;
  int gets = 0;
  // What Get answers instead.
  std::function<absl::StatusOr<std::string>(int)> on_get;
};

}  // namespace s2::testing

#endif  // S2_TESTS_CLIENT_COUNTED_TOKENS_H_
