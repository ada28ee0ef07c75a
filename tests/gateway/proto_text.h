// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_PROTO_TEXT_H_
#define S2_TESTS_GATEWAY_PROTO_TEXT_H_

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "s2/testing/internal/short_text.h"

namespace s2::gateway {

// A message from protobuf's text format.
template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

using s2::testing::ShortText;

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_PROTO_TEXT_H_
