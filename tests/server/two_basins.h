// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SERVER_TWO_BASINS_H_
#define S2_TESTS_SERVER_TWO_BASINS_H_

#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <memory>

#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/basin.grpc.pb.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/tests/server/client_calls.h"
#include "s2/wire/metadata.h"

namespace s2 {

// A context whose metadata name two basins.
class TwoBasins : public CallContext {
 public:
  TwoBasins() { AddMetadata(wire::kBasinKey, "basin-two"); }
};

inline void ExpectRefusedForTwoBasins(const grpc::Status& status) {
  const absl::Status error = FromGrpc(status);
  EXPECT_THAT(error, HasCode(ErrorCode::kBadHeader));
  EXPECT_EQ(error.message(),
            "the metadata have 2 values of s2-basin; there must not be more than one");
  EXPECT_TRUE(HasNoSideEffects(error));
}

// Makes a call of each kind whose metadata name two basins, and expects that it is refused.
inline void ExpectAllCallsRefusedForTwoBasins(const std::shared_ptr<grpc::Channel>& channel) {
  const auto account = rpc::v1::AccountService::NewStub(channel);
  const auto basins = rpc::v1::BasinService::NewStub(channel);
  const auto streams = rpc::v1::StreamService::NewStub(channel);
  v1::AppendInput input;
  input.add_records()->set_body("a");
  {
    TwoBasins context;
    rpc::v1::ListBasinsResponse response;
    ExpectRefusedForTwoBasins(account->ListBasins(&context, {}, &response));
  }
  {
    TwoBasins context;
    rpc::v1::ListStreamsResponse response;
    ExpectRefusedForTwoBasins(basins->ListStreams(&context, {}, &response));
  }
  {
    TwoBasins context;
    rpc::v1::CheckTailResponse response;
    ExpectRefusedForTwoBasins(streams->CheckTail(&context, {}, &response));
  }
  {
    TwoBasins context;
    v1::AppendAck ack;
    ExpectRefusedForTwoBasins(streams->Append(&context, input, &ack));
  }
  {
    TwoBasins context;
    v1::ReadBatch batch;
    ExpectRefusedForTwoBasins(streams->Read(&context, {}, &batch));
  }
  {
    TwoBasins context;
    ExpectRefusedForTwoBasins(streams->AppendSession(&context)->Finish());
  }
  {
    TwoBasins context;
    ExpectRefusedForTwoBasins(streams->ReadSession(&context, {})->Finish());
  }
}

}  // namespace s2

#endif  // S2_TESTS_SERVER_TWO_BASINS_H_
