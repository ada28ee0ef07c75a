// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What README.md says, checked: its code is compiled, its links and its list of headers are true.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace s2::testing {
namespace {

using std::filesystem::path;

const path& Source() {
  static const path* const source = new path(S2_SOURCE);
  return *source;
}

std::string Contents(const path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands between each `begin` and the next `end`.
std::vector<std::string> Between(const std::string& text, absl::string_view begin,
                                 absl::string_view end) {
  std::vector<std::string> found;
  size_t at = 0;
  while ((at = text.find(begin.data(), at)) != std::string::npos) {
    at += begin.size();
    const size_t stop = text.find(end.data(), at);
    found.push_back(text.substr(at, stop - at));
    at = stop;
  }
  return found;
}

TEST(Readme, ItsCodeIsThatOfTheExamples) {
  std::string examples;
  for (const auto& entry : std::filesystem::directory_iterator(Source() / "examples")) {
    if (entry.path().extension() == ".cc") examples += Contents(entry.path());
  }
  const std::vector<std::string> blocks =
      Between(Contents(Source() / "README.md"), "```cpp", "```");
  EXPECT_GE(blocks.size(), 3);
  for (const std::string& block : blocks) {
    EXPECT_TRUE(absl::StrContains(examples, block)) << "not in an example:" << block;
  }
}

TEST(Readme, ItsLinksLeadSomewhere) {
  const std::vector<std::string> links = Between(Contents(Source() / "README.md"), "](", ")");
  EXPECT_GE(links.size(), 20);
  for (const std::string& link : links) {
    if (absl::StartsWith(link, "https://")) continue;
    EXPECT_TRUE(std::filesystem::exists(Source() / link)) << link;
  }
}

TEST(Readme, ItListsThePublicHeaders) {
  const std::string readme = Contents(Source() / "README.md");
  for (const char* room :
       {"client", "connect", "emulator", "record", "retry", "session", "testing"}) {
    for (const auto& entry : std::filesystem::directory_iterator(Source() / room)) {
      if (entry.path().extension() != ".h") continue;
      const std::string header = absl::StrCat(room, "/", entry.path().filename().string());
      EXPECT_TRUE(absl::StrContains(readme, absl::StrCat("| [", header, "](", header, ") | ")))
          << header << " is not listed";
    }
  }
}

}  // namespace
}  // namespace s2::testing
