// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SESSION_FIXTURE_H_
#define S2_TESTS_GATEWAY_SESSION_FIXTURE_H_

#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "s2/gateway/internal/calls/append_session.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/calls/read_session.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/server/internal/servers.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/gateway/fake_http.h"
#include "s2/tests/gateway/frames.h"
#include "s2/tests/server/client_calls.h"

namespace s2::gateway {

// The sessions alone, whatever the metadata say.
class SessionService : public rpc::v1::StreamService::WithRawCallbackMethod_AppendSession<
                           rpc::v1::StreamService::WithRawCallbackMethod_ReadSession<
                               rpc::v1::StreamService::Service>> {
 public:
  explicit SessionService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendSession(
      grpc::CallbackServerContext* context) override {
    return AppendSession::Start(core_, context, http2::Request());
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer*) override {
    return ReadSession::Start(core_, context, http2::Request());
  }

 private:
  const std::shared_ptr<Core> core_;
};

// Sessions between a client in this process and a server that the test plays.
class SessionTest : public ::testing::Test {
 protected:
  explicit SessionTest(GatewayOptions options = {}) {
    auto http = std::make_unique<FakeHttp>();
    http_ = http.get();
    auto held = std::make_shared<server::HeldBytes>(options.max_held_bytes);
    core_ = std::make_shared<Core>(std::move(options), std::move(http), clock_, std::move(held));
    servers_ = std::make_unique<server::Servers>([core = core_] {
      server::Services services;
      services.push_back(std::make_unique<SessionService>(core));
      return services;
    });
    stub_ =
        rpc::v1::StreamService::NewStub(servers_->InProcessChannel(grpc::ChannelArguments(), {}));
  }
  ~SessionTest() override { core_->Stop(); }

  static v1::AppendInput Input(const std::string& body) {
    v1::AppendInput input;
    input.add_records()->set_body(body);
    return input;
  }
  // The frame that carries an input.
  static std::string InputFrame(const std::string& body) {
    return MakeFrameBytes(Input(body).SerializeAsString());
  }
  // The frame of an ack of one record.
  static std::string AckFrame(uint64_t seq_num, uint8_t flags = 0) {
    v1::AppendAck ack;
    ack.mutable_start()->set_seq_num(seq_num);
    ack.mutable_end()->set_seq_num(seq_num + 1);
    return MakeFrameBytes(ack.SerializeAsString(), flags);
  }
  static std::string BatchFrame(uint64_t seq_num, const std::string& body, uint8_t flags = 0) {
    v1::ReadBatch batch;
    batch.add_records()->set_seq_num(seq_num);
    batch.mutable_records(0)->set_body(body);
    return MakeFrameBytes(batch.SerializeAsString(), flags);
  }

  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  FakeHttp* http_;
  std::shared_ptr<Core> core_;
  std::unique_ptr<server::Servers> servers_;
  std::unique_ptr<rpc::v1::StreamService::Stub> stub_;
};

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_SESSION_FIXTURE_H_
