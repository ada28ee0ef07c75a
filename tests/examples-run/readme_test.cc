// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What README.md and docs/ say, checked: their code is compiled, their links and the list of
// headers are true.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

// The text without its code.
std::string Prose(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, "```");
  std::string prose;
  for (size_t i = 0; i < parts.size(); i += 2) prose += parts[i];
  return prose;
}

// README.md and the pages in docs/.
std::vector<path> Pages() {
  std::vector<path> pages = {Source() / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(Source() / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  return pages;
}

TEST(Readme, ItsCodeIsThatOfTheExamples) {
  std::string examples;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Source() / "examples")) {
    const path extension = entry.path().extension();
    if (extension == ".cc" || extension == ".h") examples += Contents(entry.path());
  }
  size_t blocks = 0;
  for (const path& page : Pages()) {
    for (const std::string& block : Between(Contents(page), "```cpp", "```")) {
      EXPECT_TRUE(absl::StrContains(examples, block))
          << "in " << page << " and not in an example:" << block;
      ++blocks;
    }
  }
  EXPECT_GE(blocks, 10);
}

TEST(Readme, ItsLinksLeadSomewhere) {
  size_t links = 0;
  for (const path& page : Pages()) {
    for (const std::string& link : Between(Prose(Contents(page)), "](", ")")) {
      if (absl::StartsWith(link, "https://")) continue;
      EXPECT_TRUE(std::filesystem::exists(page.parent_path() / link)) << link << " in " << page;
      ++links;
    }
  }
  EXPECT_GE(links, 40);
}

TEST(Readme, ItListsThePublicHeaders) {
  const std::string readme = Contents(Source() / "README.md");
  for (const char* room :
       {"client", "connect", "emulator", "record", "retry", "session", "testing", "wire"}) {
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
