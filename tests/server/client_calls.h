// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SERVER_CLIENT_CALLS_H_
#define S2_TESTS_SERVER_CLIENT_CALLS_H_

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

// Calls of our services on their generated stubs, for the tests of servers.
namespace s2 {

inline constexpr char kBasin[] = "basin-one";
inline constexpr char kStream[] = "a stream/with %";
inline constexpr char kEncodedStream[] = "a%20stream%2Fwith%20%25";

// A call's context: names in the metadata, and a deadline, so that a hang is a failure.
class CallContext : public grpc::ClientContext {
 public:
  explicit CallContext(const std::string& basin = kBasin,
                       const std::string& encoded_stream = kEncodedStream) {
    set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    if (!basin.empty()) AddMetadata("s2-basin", basin);
    if (!encoded_stream.empty()) AddMetadata("s2-stream", encoded_stream);
  }
};

// An append session over the generated stub.
class AppendCall {
 public:
  explicit AppendCall(rpc::v1::StreamService::Stub& stub,
                      const std::string& encoded_stream = kEncodedStream)
      : context_(kBasin, encoded_stream), call_(stub.AppendSession(&context_)) {}
  ~AppendCall() {
    context_.TryCancel();
    if (!finished_) call_->Finish();
  }

  // Waits for the answer to the opening: was it accepted?
  bool Accepted() {
    call_->WaitForInitialMetadata();
    return context_.GetServerInitialMetadata().count("s2-session") > 0;
  }
  bool Write(const v1::AppendInput& input) { return call_->Write(input); }
  bool HalfClose() { return call_->WritesDone(); }
  // The next ack's positions, or {-1, -1} when there is none.
  std::pair<int64_t, int64_t> Ack() {
    v1::AppendAck ack;
    if (!call_->Read(&ack)) return {-1, -1};
    return {ack.start().seq_num(), ack.end().seq_num()};
  }
  // The session's status; acks that were not read are skipped.
  absl::Status Finish() {
    v1::AppendAck ack;
    while (call_->Read(&ack)) {
    }
    finished_ = true;
    return FromGrpc(call_->Finish());
  }
  void Cancel() { context_.TryCancel(); }

 private:
  CallContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::AppendInput, v1::AppendAck>> call_;
  bool finished_ = false;
};

// A read session over the generated stub.
class ReadCall {
 public:
  ReadCall(rpc::v1::StreamService::Stub& stub, const rpc::v1::ReadRequest& request)
      : call_(stub.ReadSession(&context_, request)) {}
  ~ReadCall() {
    context_.TryCancel();
    if (!finished_) call_->Finish();
  }

  bool Accepted() {
    call_->WaitForInitialMetadata();
    return context_.GetServerInitialMetadata().count("s2-session") > 0;
  }
  // The next frame; nothing at the end.
  std::optional<v1::ReadBatch> Next() {
    v1::ReadBatch batch;
    if (!call_->Read(&batch)) return std::nullopt;
    return batch;
  }
  // The bodies of the next frame.
  std::vector<std::string> Bodies() {
    std::vector<std::string> bodies;
    if (const auto batch = Next()) {
      for (const auto& record : batch->records()) bodies.push_back(record.body());
    }
    return bodies;
  }
  absl::Status Finish() {
    v1::ReadBatch batch;
    while (call_->Read(&batch)) {
    }
    finished_ = true;
    return FromGrpc(call_->Finish());
  }

 private:
  CallContext context_;
  std::unique_ptr<grpc::ClientReader<v1::ReadBatch>> call_;
  bool finished_ = false;
};

MATCHER_P(HasCode, code, "") { return GetErrorCode(arg) == code; }

}  // namespace s2

#endif  // S2_TESTS_SERVER_CLIENT_CALLS_H_
