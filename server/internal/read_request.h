// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_READ_REQUEST_H_
#define S2_SERVER_INTERNAL_READ_REQUEST_H_

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/statusor.h"
#include "s2/rpc/v1/stream.pb.h"

namespace s2::server {

// The valid ReadRequest that is serialised in `bytes`. Errors: kBadProto, if there is none;
// kInvalid, if it is not valid.
absl::StatusOr<rpc::v1::ReadRequest> ParseReadRequest(const grpc::ByteBuffer& bytes);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_READ_REQUEST_H_
