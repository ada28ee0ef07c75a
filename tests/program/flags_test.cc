// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace s2::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() {
    flags_.Add("--text", &text_);
    flags_.Add("--list", &list_);
    flags_.Add("--number", &number_);
    flags_.Add("--even", [](const std::string& value) {
      return value.size() % 2 == 0 ? absl::OkStatus() : absl::InvalidArgumentError("odd");
    });
  }
  absl::Status Parse(const std::vector<std::string>& arguments) {
    return flags_.Parse(arguments, &help_);
  }

  Flags flags_;
  bool help_ = false;
  std::string text_ = "unset";
  std::vector<std::string> list_;
  uint64_t number_ = 7;
};

TEST_F(FlagsTest, AValueFollowsOrIsBehindTheFirstEqualsSign) {
  EXPECT_EQ(
      Parse({"--text", "--a=b", "--list=1=2", "--list", "3", "--number=18446744073709551615"}),
      absl::OkStatus());
  EXPECT_EQ(text_, "--a=b");
  EXPECT_THAT(list_, ElementsAre("1=2", "3"));
  EXPECT_EQ(number_, 18446744073709551615u);
  EXPECT_FALSE(help_);
}

TEST_F(FlagsTest, AValueMayBeEmptyAndTheLastOneCounts) {
  EXPECT_EQ(Parse({"--text", "a", "--text="}), absl::OkStatus());
  EXPECT_EQ(text_, "");
}

TEST_F(FlagsTest, WhatIsNotGivenStays) {
  EXPECT_EQ(Parse({}), absl::OkStatus());
  EXPECT_EQ(text_, "unset");
  EXPECT_EQ(number_, 7u);
}

TEST_F(FlagsTest, BehindHelpNothingIsLookedAt) {
  EXPECT_EQ(Parse({"--number=1", "--help", "--nonsense"}), absl::OkStatus());
  EXPECT_TRUE(help_);
  EXPECT_EQ(number_, 1u);
}

TEST_F(FlagsTest, AnErrorNamesTheFlagAndWhatWasExpected) {
  const std::pair<std::vector<std::string>, std::string> kCases[] = {
      {{"--txet", "a"}, "unknown flag --txet; try --help"},
      {{"--txet=a"}, "unknown flag --txet; try --help"},
      {{"text"}, "unknown argument text; try --help"},
      {{"-t"}, "unknown argument -t; try --help"},
      {{""}, "unknown argument"},
      {{"--text"}, "--text needs a value; try --help"},
      {{"--number", "-1"}, "--number is \"-1\"; it must be a whole number"},
      {{"--number=18446744073709551616"}, "it must be a whole number"},
      {{"--number="}, "--number is \"\""},
      {{"--number=1s"}, "--number is \"1s\""},
      {{"--even=abc"}, "odd"},
  };
  for (const auto& [arguments, error] : kCases) {
    EXPECT_THAT(std::string(Parse(arguments).message()), HasSubstr(error));
  }
}

}  // namespace
}  // namespace s2::program
