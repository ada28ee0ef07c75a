// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_CLIENT_INTERNAL_OPERATION_TABLE_H_
#define S2_CLIENT_INTERNAL_OPERATION_TABLE_H_

#include <functional>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "s2/client/connection.h"
#include "s2/client/internal/unary_call.h"

namespace s2::internal {

// A unary operation of our services, as the client makes it.
struct OperationRow {
  // The type of its requests, which no other operation has.
  const google::protobuf::Descriptor* request;
  // Validates the call, makes it, with retries, and fills in `response`, which is of the type of
  // its answers. Blocks.
  std::function<absl::Status(const UnaryEnvironment& environment, const UnaryCall& call,
                             google::protobuf::Message& response)>
      call;
};

// The row of the operation that has requests of this type; null: there is none.
const OperationRow* FindOperationRow(const google::protobuf::Descriptor* request);

}  // namespace s2::internal

#endif  // S2_CLIENT_INTERNAL_OPERATION_TABLE_H_
