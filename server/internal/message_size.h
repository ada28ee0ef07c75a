// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_MESSAGE_SIZE_H_
#define S2_SERVER_INTERNAL_MESSAGE_SIZE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>

namespace s2::server {

// What a message takes on the wire, without gRPC's own bytes.
inline size_t MessageSize(const grpc::ByteBuffer& message) { return message.Length(); }
inline size_t MessageSize(const google::protobuf::MessageLite& message) {
  return message.ByteSizeLong();
}

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_MESSAGE_SIZE_H_
