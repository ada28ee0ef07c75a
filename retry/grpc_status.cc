// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/grpc_status.h"

#include <string>

#include "s2/retry/error.h"
#include "s2/retry/internal/one_line.h"
#include "s2/rpc/v1/error.pb.h"

namespace s2 {

grpc::Status ToGrpc(const absl::Status& status) {
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  const rpc::v1::ErrorInfo info = GetErrorInfo(status);
  if (status.ok() || info.ByteSizeLong() == 0) return grpc::Status(code, message);
  rpc::v1::RichStatus rich;
  rich.set_code(code);
  rich.set_message(message);
  // Without it, it would be a status that says less.
  if (!rich.add_details()->PackFrom(info)) rich.clear_details();
  return grpc::Status(code, message, rich.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  const absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                            internal::OneLine(status.error_message()));
  rpc::v1::RichStatus rich;
  if (result.ok() || !rich.ParseFromString(status.error_details())) return result;
  for (const google::protobuf::Any& detail : rich.details()) {
    rpc::v1::ErrorInfo info;
    if (detail.UnpackTo(&info)) return WithErrorInfo(result, info);
  }
  return result;
}

}  // namespace s2
