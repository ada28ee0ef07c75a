// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/grpc_status.h"

#include <gtest/gtest.h>

#include "s2/retry/error.h"
#include "s2/rpc/v1/error.pb.h"

namespace s2 {
namespace {

TEST(GrpcStatus, OkIsOkBothWays) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(GrpcStatus, EveryRowOfTheErrorTableSurvivesTheWire) {
  for (const ErrorRow& row : ErrorTable()) {
    const absl::Status sent = MakeError(row.code, "why");
    const grpc::Status wire = ToGrpc(sent);
    EXPECT_EQ(static_cast<int>(wire.error_code()), static_cast<int>(row.status)) << row.name;
    const absl::Status received = FromGrpc(wire);
    EXPECT_EQ(received, sent) << row.name;
    EXPECT_EQ(GetErrorCode(received), row.code) << row.name;
  }
}

TEST(GrpcStatus, DetailsOfTheFailureSurviveTheWire) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kServerDraining, ""));
  info.mutable_reconnect()->set_forwarded(3);
  info.set_expected_seq_num(17);
  const absl::Status received = FromGrpc(ToGrpc(MakeError(info, "going")));
  EXPECT_EQ(ReconnectForwarded(received), 3u);
  EXPECT_EQ(GetErrorInfo(received).expected_seq_num(), 17u);
}

TEST(GrpcStatus, AnErrorWithoutErrorInfoHasNoDetails) {
  const grpc::Status wire = ToGrpc(absl::UnavailableError("gone"));
  EXPECT_EQ(wire.error_details(), "");
  EXPECT_EQ(FromGrpc(wire), absl::UnavailableError("gone"));
}

TEST(GrpcStatus, DetailsOfAnotherKindAreIgnored) {
  rpc::v1::RichStatus rich;
  rich.add_details()->PackFrom(rpc::v1::Reconnect());
  const grpc::Status foreign(grpc::StatusCode::ABORTED, "no", rich.SerializeAsString());
  EXPECT_EQ(FromGrpc(foreign), absl::AbortedError("no"));
}

TEST(GrpcStatus, BrokenDetailsAreIgnored) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "no", "\xff\xff")),
            absl::AbortedError("no"));
}

}  // namespace
}  // namespace s2
