// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/exposure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

TEST(ExposureTest, ThisMachineMayUseTheToken) {
  for (const std::string address : {"127.0.0.1:50051", "127.0.0.1:0", "127.1.2.3:1", "[::1]:0",
                                    "localhost:50051", "unix:/run/s2.sock"}) {
    EXPECT_EQ(ValidateExposure({address}, false), absl::OkStatus()) << address;
  }
}

TEST(ExposureTest, OthersMayNotUnlessTheyShowACertificate) {
  for (const std::string address :
       {"0.0.0.0:50051", "[::]:0", "10.0.0.1:1", "example.com:1", "127.0.0.1.example.com:1", "",
        "127.0.0.1", "dns:///10.0.0.1:1", "[::1", "unix", "localhost@10.0.0.1:1"}) {
    const absl::Status status = ValidateExposure({"127.0.0.1:1", address}, false);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--listen " + address + " would lend"));
    EXPECT_EQ(ValidateExposure({address}, true), absl::OkStatus());
  }
}

}  // namespace
}  // namespace s2::gateway
