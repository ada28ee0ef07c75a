// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/held_bytes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "s2/retry/error.h"

namespace s2::server {
namespace {

TEST(HeldBytesTest, CountsWhatAllHold) {
  const auto all = std::make_shared<HeldBytes>(0);
  Holding one(all);
  one.Add(5);
  one.Drop(2);
  {
    Holding other(all);
    other.Add(10);
    EXPECT_EQ(one.bytes(), 3u);
    EXPECT_EQ(all->bytes(), 13u);
  }
  EXPECT_EQ(all->bytes(), 3u);
  one.Clear();
  EXPECT_EQ(all->bytes(), 0u);
}

TEST(HeldBytesTest, TheErrorNamesTheLimitAndMayBeRetried) {
  const auto all = std::make_shared<HeldBytes>(10);
  Holding one(all);
  one.Add(9);
  EXPECT_EQ(all->Check(), absl::OkStatus());
  one.Add(1);
  const absl::Status status = all->Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(std::string(status.message()), "max_held_bytes is 10, and calls hold 10");
  EXPECT_TRUE(IsRetryable(status));
  one.Drop(1);
  EXPECT_EQ(all->Check(), absl::OkStatus());
}

TEST(HeldBytesTest, WithoutALimitThereIsAlwaysRoom) {
  const auto all = std::make_shared<HeldBytes>(0);
  Holding one(all);
  one.Add(size_t{1} << 40);
  EXPECT_EQ(all->Check(), absl::OkStatus());
}

}  // namespace
}  // namespace s2::server
