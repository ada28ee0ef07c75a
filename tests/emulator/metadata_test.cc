// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/wire/metadata.h"

#include <gtest/gtest.h>

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

// A context whose metadata name two basins.
class TwoBasins : public CallContext {
 public:
  TwoBasins() { AddMetadata(wire::kBasinKey, "basin-two"); }
};

using MetadataTest = EmulatorTest;

TEST_F(MetadataTest, AUnaryCallOfTwoBasinsIsRefused) {
  const auto expect_refused = [](const grpc::Status& status) {
    const absl::Status error = FromGrpc(status);
    EXPECT_THAT(error, HasCode(ErrorCode::kBadHeader));
    EXPECT_EQ(error.message(),
              "the metadata have 2 values of s2-basin; there must not be more than one");
  };
  {
    TwoBasins context;
    rpc::v1::ListBasinsResponse response;
    expect_refused(account_->ListBasins(&context, {}, &response));
  }
  {
    TwoBasins context;
    rpc::v1::ListStreamsResponse response;
    expect_refused(basins_->ListStreams(&context, {}, &response));
  }
  {
    TwoBasins context;
    rpc::v1::CheckTailResponse response;
    expect_refused(streams_->CheckTail(&context, {}, &response));
  }
  {
    TwoBasins context;
    v1::AppendAck ack;
    expect_refused(streams_->Append(&context, Input({"a"}), &ack));
  }
  {
    TwoBasins context;
    v1::ReadBatch batch;
    expect_refused(streams_->Read(&context, From(0), &batch));
  }
  EXPECT_EQ(*Tail(), 0u);
}

TEST_F(MetadataTest, ASessionOfTwoBasinsIsRefused) {
  {
    TwoBasins context;
    const auto call = streams_->AppendSession(&context);
    EXPECT_THAT(FromGrpc(call->Finish()), HasCode(ErrorCode::kBadHeader));
  }
  {
    TwoBasins context;
    const auto call = streams_->ReadSession(&context, From(0));
    EXPECT_THAT(FromGrpc(call->Finish()), HasCode(ErrorCode::kBadHeader));
  }
}

}  // namespace
}  // namespace s2
