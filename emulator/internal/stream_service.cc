// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <utility>

#include "s2/emulator/internal/append_session.h"
#include "s2/emulator/internal/read_session.h"
#include "s2/emulator/internal/services.h"
#include "s2/emulator/internal/unary_call.h"
#include "s2/emulator/internal/unary_read.h"
#include "s2/record/validate.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/server/internal/call_metadata.h"

namespace s2::emulator {
namespace {

// Reads are raw: their answers are bytes that the log keeps.
using RawReadStreamService = rpc::v1::StreamService::WithCallbackMethod_CheckTail<
    rpc::v1::StreamService::WithCallbackMethod_Append<
        rpc::v1::StreamService::WithRawCallbackMethod_Read<
            rpc::v1::StreamService::WithCallbackMethod_AppendSession<
                rpc::v1::StreamService::WithRawCallbackMethod_ReadSession<
                    rpc::v1::StreamService::Service>>>>>;

class StreamService final : public RawReadStreamService {
 public:
  explicit StreamService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerUnaryReactor* CheckTail(grpc::CallbackServerContext* context,
                                      const rpc::v1::CheckTailRequest*,
                                      rpc::v1::CheckTailResponse* response) override {
    const absl::StatusOr<std::string> basin = server::GetBasin(*context);
    const absl::StatusOr<std::string> name = server::GetStream(*context);
    const auto run = [&]() -> absl::Status {
      if (!basin.ok()) return basin.status();
      if (!name.ok()) return name.status();
      const auto stream = core_->account().OpenStream(*basin, *name, Access::kRead, {}, true);
      if (!stream.ok()) return stream.status();
      const absl::StatusOr<v1::StreamPosition> tail = (*stream)->CheckTail();
      if (tail.ok()) *response->mutable_tail() = *tail;
      return tail.status();
    };
    return AnswerUnary(core_, context,
                       {"CheckTail", basin.value_or(""), name.value_or(""), std::nullopt, nullptr},
                       {run, nullptr, nullptr});
  }

  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const v1::AppendInput* request,
                                   v1::AppendAck* response) override {
    const absl::StatusOr<std::string> basin = server::GetBasin(*context);
    const absl::StatusOr<std::string> name = server::GetStream(*context);
    const uint64_t id = core_->calls().NextId();
    const auto open = [&]() -> absl::StatusOr<std::shared_ptr<Stream>> {
      if (!basin.ok()) return basin.status();
      if (!name.ok()) return name.status();
      if (absl::Status s = Validate(*request); !s.ok()) return s;
      const absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(*context);
      if (!config.ok()) return config.status();
      return core_->account().OpenStream(*basin, *name, Access::kAppend, *config,
                                         server::GetEncryptionKey(*context).has_value());
    };
    const auto run = [&]() -> absl::Status {
      const auto stream = open();
      if (!stream.ok()) return stream.status();
      absl::StatusOr<v1::AppendAck> ack = (*stream)->Append(*request, id);
      if (ack.ok()) *response = *std::move(ack);
      return ack.status();
    };
    const auto run_late = [&](bool after) {
      const auto stream = open();
      if (!stream.ok()) return;
      (*stream)->AppendLate(*request, id, after ? Stream::Late::kAfter : Stream::Late::kBefore);
    };
    const auto mutate = [&](const FaultAction& fault) {
      if (fault.mutate_ack) fault.mutate_ack(*response);
    };
    return AnswerUnary(core_, context,
                       {"Append", basin.value_or(""), name.value_or(""), std::nullopt, request},
                       {run, run_late, mutate});
  }

  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return UnaryRead::Start(core_, context, *request, response);
  }

  grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>* AppendSession(
      grpc::CallbackServerContext* context) override {
    return emulator::AppendSession::Start(core_, context);
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    return emulator::ReadSession::Start(core_, context, *request);
  }

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeStreamService(std::shared_ptr<Core> core) {
  return std::make_unique<StreamService>(std::move(core));
}

}  // namespace s2::emulator
