// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_STREAM_STUB_H_
#define S2_TESTING_INTERNAL_STREAM_STUB_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/rpc/v1/stream_mock.grpc.pb.h"
#include "s2/session/internal/background_executor.h"
#include "s2/session/internal/stub_context.h"
#include "s2/testing/internal/stub_call.h"

namespace s2::testing {

// A unary call on a stub, to be answered by the test.
template <typename Request, typename Response>
struct UnaryStubCall {
  Request request;
  std::multimap<std::string, std::string> metadata;
  Response* response;
  std::function<void(grpc::Status)> done;
};

// A stub of the StreamService in place of a server. It collects its calls, for a test to answer by
// hand, unless it is told what else becomes of them.
class StreamStub : public rpc::v1::MockStreamServiceStub {
 public:
  class Async : public rpc::v1::StreamService::StubInterface::async_interface {
   public:
    template <typename Request, typename Response>
    using UnaryCalls = std::vector<UnaryStubCall<Request, Response>>;
    using Done = std::function<void(grpc::Status)>;

    ~Async() override {
      for (const auto& call : append_sessions) ExpectOver(*call);
      for (const auto& call : read_sessions) ExpectOver(*call);
    }

    void AppendSession(grpc::ClientContext* context, AppendStubCall::Reactor* reactor) override {
      on_append_session(std::make_shared<AppendStubCall>(context, reactor));
    }
    void ReadSession(grpc::ClientContext* context, const rpc::v1::ReadRequest* request,
                     ReadStubCall::Reactor* reactor) override {
      on_read_session(std::make_shared<ReadStubCall>(context, *request, reactor));
    }
    void CheckTail(grpc::ClientContext* context, const rpc::v1::CheckTailRequest* request,
                   rpc::v1::CheckTailResponse* response, Done done) override {
      Take(&check_tails, context, *request, response, std::move(done));
    }
    void Append(grpc::ClientContext* context, const v1::AppendInput* input, v1::AppendAck* ack,
                Done done) override {
      Take(&appends, context, *input, ack, std::move(done));
    }
    void Read(grpc::ClientContext* context, const rpc::v1::ReadRequest* request,
              v1::ReadBatch* batch, Done done) override {
      Take(&reads, context, *request, batch, std::move(done));
    }
    // The library makes no unary calls with reactors.
    void CheckTail(grpc::ClientContext*, const rpc::v1::CheckTailRequest*,
                   rpc::v1::CheckTailResponse*, grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }
    void Append(grpc::ClientContext*, const v1::AppendInput*, v1::AppendAck*,
                grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }
    void Read(grpc::ClientContext*, const rpc::v1::ReadRequest*, v1::ReadBatch*,
              grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }

    // What was collected.
    std::vector<std::shared_ptr<AppendStubCall>> append_sessions;
    std::vector<std::shared_ptr<ReadStubCall>> read_sessions;
    UnaryCalls<rpc::v1::CheckTailRequest, rpc::v1::CheckTailResponse> check_tails;
    UnaryCalls<v1::AppendInput, v1::AppendAck> appends;
    UnaryCalls<rpc::v1::ReadRequest, v1::ReadBatch> reads;
    // Drops the unary calls: each may hold the stub that holds it.
    void Forget() {
      check_tails.clear();
      appends.clear();
      reads.clear();
    }

    // What becomes of a session's call, inside the stub's verb.
    std::function<void(std::shared_ptr<AppendStubCall>)> on_append_session = [this](auto call) {
      append_sessions.push_back(std::move(call));
    };
    std::function<void(std::shared_ptr<ReadStubCall>)> on_read_session = [this](auto call) {
      read_sessions.push_back(std::move(call));
    };
    // Unary calls are not collected, but UNIMPLEMENTED.
    bool refuse_unary = false;

   private:
    template <typename Call>
    static void ExpectOver(const Call& call) {
      EXPECT_EQ(call.outstanding(), 0) << "the test left a call without its end";
    }
    template <typename Request, typename Response>
    void Take(UnaryCalls<Request, Response>* calls, grpc::ClientContext* context,
              const Request& request, Response* response, Done done) {
      if (refuse_unary) return Refuse(std::move(done));
      calls->push_back({request, static_cast<internal::StubContext*>(context)->metadata(), response,
                        std::move(done)});
    }
    static void Refuse(Done done) {
      internal::BackgroundExecutor()->Run([done = std::move(done)] {
        done({grpc::StatusCode::UNIMPLEMENTED, "a script has no unary calls"});
      });
    }
    static void Refuse(grpc::internal::ClientReactor* reactor) {
      Refuse([reactor](const grpc::Status& status) { reactor->OnDone(status); });
    }
  };

  Async* async() override { return &async_; }

 private:
  Async async_;
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_STREAM_STUB_H_
