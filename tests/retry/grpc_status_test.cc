// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/grpc_status.h"

#include <google/protobuf/duration.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "s2/retry/error.h"
#include "s2/rpc/v1/error.pb.h"

namespace s2 {
namespace {

TEST(GrpcStatusTest, EveryKnownErrorSurvivesTheWayThereAndBack) {
  for (const ErrorRow& row : ErrorTable()) {
    const absl::Status error = MakeError(row.code, "what happened");
    const grpc::Status sent = ToGrpc(error);
    EXPECT_EQ(static_cast<int>(sent.error_code()), static_cast<int>(row.status)) << row.name;
    EXPECT_EQ(FromGrpc(sent), error) << row.name;
  }
}

TEST(GrpcStatusTest, EveryBareCodeSurvivesWithoutDetails) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status error(static_cast<absl::StatusCode>(code), "m");
    const grpc::Status sent = ToGrpc(error);
    EXPECT_EQ(sent.error_code(), code);
    EXPECT_EQ(sent.error_message(), "m");
    EXPECT_EQ(sent.error_details(), "");
    EXPECT_EQ(FromGrpc(sent), error);
  }
}

TEST(GrpcStatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(GrpcStatusTest, EveryFieldOfTheInfoSurvives) {
  rpc::v1::ErrorInfo info;
  info.set_code("seq_num_mismatch");
  info.set_http_status(412);
  info.set_message("expected 7");
  info.set_expected_seq_num(7);
  info.mutable_retry_after()->set_seconds(1);
  info.mutable_reconnect()->set_forwarded(3);
  info.set_not_sent(true);
  info.set_effect(rpc::v1::EFFECT_POSSIBLE);
  const absl::Status back = FromGrpc(ToGrpc(MakeError(info, "m")));
  EXPECT_EQ(GetErrorInfo(back).SerializeAsString(), info.SerializeAsString());
}

TEST(GrpcStatusTest, DetailsRepeatCodeAndMessage) {
  rpc::v1::RichStatus rich;
  const grpc::Status sent = ToGrpc(MakeError(ErrorCode::kAuthn, "who?"));
  ASSERT_TRUE(rich.ParseFromString(sent.error_details()));
  EXPECT_EQ(rich.code(), sent.error_code());
  EXPECT_EQ(rich.message(), "who?");
  EXPECT_EQ(rich.details_size(), 1);
}

TEST(GrpcStatusTest, DetailsThatCannotBeReadAreAsGoodAsNone) {
  const grpc::Status garbage(grpc::StatusCode::UNAVAILABLE, "m", "\xff\xff\xff");
  EXPECT_EQ(FromGrpc(garbage), absl::UnavailableError("m"));

  rpc::v1::RichStatus rich;
  google::protobuf::Any* detail = rich.add_details();
  ASSERT_TRUE(detail->PackFrom(rpc::v1::ErrorInfo()));
  detail->set_value("\xff");
  const grpc::Status broken(grpc::StatusCode::UNAVAILABLE, "m", rich.SerializeAsString());
  EXPECT_EQ(FromGrpc(broken), absl::UnavailableError("m"));
}

TEST(GrpcStatusTest, DetailsOfAnotherKindAreIgnored) {
  rpc::v1::RichStatus rich;
  ASSERT_TRUE(rich.add_details()->PackFrom(google::protobuf::Duration()));
  const grpc::Status foreign(grpc::StatusCode::ABORTED, "m", rich.SerializeAsString());
  EXPECT_EQ(FromGrpc(foreign), absl::AbortedError("m"));
}

TEST(GrpcStatusTest, TheInfoIsFoundAmongForeignDetails) {
  rpc::v1::ErrorInfo info;
  info.set_code("authn");
  info.set_http_status(401);
  rpc::v1::RichStatus rich;
  ASSERT_TRUE(rich.add_details()->PackFrom(google::protobuf::Duration()));
  ASSERT_TRUE(rich.add_details()->PackFrom(info));
  const grpc::Status sent(grpc::StatusCode::UNAUTHENTICATED, "m", rich.SerializeAsString());
  EXPECT_EQ(GetErrorCode(FromGrpc(sent)), ErrorCode::kAuthn);
}

}  // namespace
}  // namespace s2
