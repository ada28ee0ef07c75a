// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/read_request.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include "s2/record/validate.h"
#include "s2/retry/error.h"

namespace s2::server {

absl::StatusOr<rpc::v1::ReadRequest> ParseReadRequest(const grpc::ByteBuffer& bytes) {
  rpc::v1::ReadRequest request;
  grpc::ByteBuffer copy = bytes;
  if (!grpc::SerializationTraits<rpc::v1::ReadRequest>::Deserialize(&copy, &request).ok()) {
    return MakeError(ErrorCode::kBadProto, "the request is not a ReadRequest");
  }
  if (absl::Status s = Validate(request); !s.ok()) return s;
  return request;
}

}  // namespace s2::server
