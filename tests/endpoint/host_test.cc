// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/endpoint/host.h"

#include <gtest/gtest.h>

namespace s2::endpoint {
namespace {

TEST(IsLoopbackTest, OnlyWhatIsCertainlyThisMachine) {
  for (const char* host :
       {"localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"", "localhost.example", "128.0.0.1", "::2", "0.0.0.0",
                           "::", "127.example", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace s2::endpoint
