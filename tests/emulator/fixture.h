// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_EMULATOR_FIXTURE_H_
#define S2_TESTS_EMULATOR_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/basin.grpc.pb.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/tests/server/client_calls.h"
#include "s2/tests/testing/watched_clock.h"

namespace s2 {

// A unary read under way.
class UnaryReadCall {
 public:
  UnaryReadCall(rpc::v1::StreamService::Stub& stub, const rpc::v1::ReadRequest& request)
      : request_(request) {
    stub.async()->Read(&context_, &request_, &batch_, [this](const grpc::Status& status) {
      absl::MutexLock lock(&mu_);
      status_ = FromGrpc(status);
    });
  }
  ~UnaryReadCall() {
    context_.TryCancel();
    (void)Wait();
  }
  // The answer.
  absl::StatusOr<v1::ReadBatch> Wait() {
    const auto done = [this] { return status_.has_value(); };
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done));
    if (!status_->ok()) return *status_;
    return batch_;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  CallContext context_;
  const rpc::v1::ReadRequest request_;
  v1::ReadBatch batch_;
  absl::Mutex mu_;
  std::optional<absl::Status> status_;
};

// An emulator on a manual clock, with one basin and one stream.
class EmulatorTest : public ::testing::Test {
 protected:
  explicit EmulatorTest(size_t max_memory_bytes = 0)
      : clock_(std::make_shared<testing::WatchedClock>()) {
    EmulatorOptions options;
    options.clock = clock_;
    options.random = [] { return 0.5; };
    options.max_memory_bytes = max_memory_bytes;
    emulator_ = std::make_unique<Emulator>(std::move(options));
    const auto channel = emulator_->InProcessChannel();
    account_ = rpc::v1::AccountService::NewStub(channel);
    basins_ = rpc::v1::BasinService::NewStub(channel);
    streams_ = rpc::v1::StreamService::NewStub(channel);
    EXPECT_EQ(CreateBasin(kBasin, {}), absl::OkStatus());
    EXPECT_EQ(CreateStream(kStream, {}), absl::OkStatus());
  }

  absl::Status CreateBasin(const std::string& name, const rpc::v1::BasinConfig& config) {
    rpc::v1::CreateBasinRequest request;
    request.set_basin(name);
    *request.mutable_config() = config;
    rpc::v1::CreateBasinResponse response;
    CallContext context("", "");
    return FromGrpc(account_->CreateBasin(&context, request, &response));
  }
  absl::Status CreateStream(const std::string& name, const rpc::v1::StreamConfig& config) {
    rpc::v1::CreateStreamRequest request;
    request.set_stream(name);
    *request.mutable_config() = config;
    rpc::v1::CreateStreamResponse response;
    CallContext context;
    return FromGrpc(basins_->CreateStream(&context, request, &response));
  }
  absl::Status DeleteStream(const std::string& name = kStream) {
    rpc::v1::DeleteStreamRequest request;
    request.set_stream(name);
    rpc::v1::DeleteStreamResponse response;
    CallContext context;
    return FromGrpc(basins_->DeleteStream(&context, request, &response));
  }
  absl::StatusOr<v1::AppendAck> Append(const v1::AppendInput& input,
                                       const std::string& stream = kEncodedStream,
                                       const std::string& basin = kBasin) {
    v1::AppendAck ack;
    CallContext context(basin, stream);
    const absl::Status status = FromGrpc(streams_->Append(&context, input, &ack));
    if (!status.ok()) return status;
    return ack;
  }
  // Appends one record a body, in one batch.
  absl::StatusOr<v1::AppendAck> Append(const std::vector<std::string>& bodies) {
    return Append(Input(bodies));
  }
  static v1::AppendInput Input(const std::vector<std::string>& bodies) {
    v1::AppendInput input;
    for (const std::string& body : bodies) input.add_records()->set_body(body);
    return input;
  }
  static v1::AppendInput Input(v1::AppendRecord record) {
    v1::AppendInput input;
    *input.add_records() = std::move(record);
    return input;
  }
  static v1::AppendInput Matched(uint64_t match, const std::string& body) {
    v1::AppendInput input = Input({body});
    input.set_match_seq_num(match);
    return input;
  }
  // A batch of one record with this timestamp.
  static v1::AppendInput At(uint64_t timestamp) {
    v1::AppendInput input = Input({"x"});
    input.mutable_records(0)->set_timestamp(timestamp);
    return input;
  }
  absl::StatusOr<v1::ReadBatch> Read(const rpc::v1::ReadRequest& request) {
    v1::ReadBatch batch;
    CallContext context;
    const absl::Status status = FromGrpc(streams_->Read(&context, request, &batch));
    if (!status.ok()) return status;
    return batch;
  }
  static rpc::v1::ReadRequest From(uint64_t seq_num) {
    rpc::v1::ReadRequest request;
    request.set_seq_num(seq_num);
    return request;
  }
  absl::StatusOr<uint64_t> Tail(const std::string& stream = kEncodedStream,
                                const std::string& basin = kBasin) {
    rpc::v1::CheckTailResponse response;
    CallContext context(basin, stream);
    const absl::Status status = FromGrpc(streams_->CheckTail(&context, {}, &response));
    if (!status.ok()) return status;
    return response.tail().seq_num();
  }
  uint64_t NowMillis() const { return absl::ToUnixMillis(clock_->Now()); }

  const std::shared_ptr<testing::WatchedClock> clock_;
  std::unique_ptr<Emulator> emulator_;
  std::unique_ptr<rpc::v1::AccountService::Stub> account_;
  std::unique_ptr<rpc::v1::BasinService::Stub> basins_;
  std::unique_ptr<rpc::v1::StreamService::Stub> streams_;
};

// The bodies of a batch.
inline std::vector<std::string> Bodies(const v1::ReadBatch& batch) {
  std::vector<std::string> bodies;
  for (const auto& record : batch.records()) bodies.push_back(record.body());
  return bodies;
}

}  // namespace s2

#endif  // S2_TESTS_EMULATOR_FIXTURE_H_
