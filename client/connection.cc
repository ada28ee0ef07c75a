// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/connection.h"

#include "absl/strings/str_cat.h"

namespace s2 {

absl::StatusOr<AppendSession> Connection::OpenAppendSession(const AppendSessionParams&) {
  return absl::UnimplementedError("this connection opens no append sessions");
}

absl::StatusOr<ReadSession> Connection::OpenReadSession(const ReadSessionParams&) {
  return absl::UnimplementedError("this connection opens no read sessions");
}

absl::Status Connection::CallUnary(const UnaryCall& call, google::protobuf::Message&) {
  return absl::UnimplementedError(
      absl::StrCat("this connection has no operation for ", call.request.GetTypeName()));
}

}  // namespace s2
