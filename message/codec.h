// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_MESSAGE_CODEC_H_
#define S2_MESSAGE_CODEC_H_

#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "s2/retry/error.h"

namespace s2 {

// How a T becomes bytes and is made of bytes again. There is one for Protobuf's messages and one
// for std::string, which is its own bytes. For a type of your own, specialise it, or give
// MessageWriter and MessageReader any type with these two functions:
//
//   template <>
//   struct s2::Codec<Order> {
//     static absl::StatusOr<std::string> Encode(const Order& order);
//     static absl::StatusOr<Order> Decode(std::string bytes);
//   };
//
// Both must be thread safe. What they return as an error, Write and Next return.
template <typename T, typename Enable = void>
struct Codec;

template <>
struct Codec<std::string> {
  static absl::StatusOr<std::string> Encode(const std::string& bytes) { return bytes; }
  static absl::StatusOr<std::string> Decode(std::string bytes) { return bytes; }
};

template <typename T>
struct Codec<T, std::enable_if_t<std::is_base_of_v<google::protobuf::MessageLite, T>>> {
  static absl::StatusOr<std::string> Encode(const T& message) {
    std::string bytes;
    if (!message.SerializeToString(&bytes)) {
      return MakeError(ErrorCode::kInvalid, message.GetTypeName() + " cannot be serialised");
    }
    return bytes;
  }
  static absl::StatusOr<T> Decode(const std::string& bytes) {
    T message;
    if (!message.ParseFromString(bytes)) {
      return MakeError(ErrorCode::kInvalid, "it is no " + message.GetTypeName());
    }
    return message;
  }
};

}  // namespace s2

#endif  // S2_MESSAGE_CODEC_H_
