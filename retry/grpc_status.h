// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_RETRY_GRPC_STATUS_H_
#define S2_RETRY_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

// An error crosses gRPC as a status whose details (the trailer `grpc-status-details-bin`) are a
// RichStatus that holds its ErrorInfo. These two are inverse to each other, but for payloads other
// than the ErrorInfo, which stay behind.
namespace s2 {

// Code, message and ErrorInfo, if there is one.
grpc::Status ToGrpc(const absl::Status& status);

// Code, message and ErrorInfo, if there is one; details that cannot be parsed are left out.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace s2

#endif  // S2_RETRY_GRPC_STATUS_H_
