// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONFORMANCE_KNOWN_DIFFERENCES_H_
#define S2_TESTS_CONFORMANCE_KNOWN_DIFFERENCES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace s2::conformance {

// What S2_CONFORMANCE_TARGET may be: the kind of server behind the endpoint.
inline constexpr absl::string_view kTargets[] = {"emulator", "lite"};

// A case that a kind of server does not pass.
struct KnownDifference {
  enum class Treatment {
    kFails,    // it runs, and passing is a failure: then it must leave the list
    kSkipped,  // it does not run
  };
  absl::string_view target;
  absl::string_view test;  // "Suite.Case"
  Treatment treatment;
  absl::string_view reason;  // and the server's actual answer
};

// The list of this target.
std::vector<KnownDifference> KnownDifferences(absl::string_view target);

// What is wrong with a list: a case that `exists` denies, or that is listed twice. Empty: nothing.
template <typename Exists>
std::string CheckList(const std::vector<KnownDifference>& list, Exists exists) {
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string name(list[i].test);
    if (!exists(name)) return "there is no case " + name;
    for (size_t j = 0; j < i; ++j) {
      if (list[j].test == name) return name + " is listed twice";
    }
  }
  return "";
}

}  // namespace s2::conformance

#endif  // S2_TESTS_CONFORMANCE_KNOWN_DIFFERENCES_H_
