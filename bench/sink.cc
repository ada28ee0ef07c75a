// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/sink.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "s2/bench/check.h"
#include "s2/client/make_client.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/wire/metadata.h"

namespace s2::bench {
namespace {

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

v1::ReadBatch MakeBatch(const Shape& shape, uint64_t seq_num) {
  v1::ReadBatch batch;
  for (size_t i = 0; i < shape.records; ++i) {
    v1::SequencedRecord& record = *batch.add_records();
    record.set_seq_num(seq_num + i);
    record.set_timestamp(1'700'000'000'000);
    record.set_body(std::string(shape.body_bytes, 'x'));
  }
  return batch;
}

// What the claim of a kExactlyOnce session is answered. It is smaller than any batch.
constexpr size_t kMostClaimBytes = 16;
grpc::Status RefusedClaim() {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kSeqNumMismatch, ""));
  info.set_expected_seq_num(0);
  return ToGrpc(MakeError(info, ""));
}

// Acks each batch; deletes itself.
class AppendSink : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  AppendSink(grpc::CallbackServerContext* context, size_t records) : records_(records) {
    context->AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
    StartSendInitialMetadata();
    StartRead(&input_);
  }

  void OnReadDone(bool ok) override {
    if (ok && input_.Length() <= kMostClaimBytes) return Finish(RefusedClaim());
    {
      absl::MutexLock lock(&mu_);
      if (ok) {
        ++owed_;
      } else {
        ended_ = true;
      }
    }
    if (ok) StartRead(&input_);
    Pump();
  }

  void OnWriteDone(bool ok) override {
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      if (!ok) {
        ended_ = true;
        owed_ = 0;
      }
    }
    Pump();
  }

  void OnDone() override { delete this; }

 private:
  void Pump() ABSL_LOCKS_EXCLUDED(mu_) {
    bool finish;
    grpc::WriteOptions options;
    {
      absl::MutexLock lock(&mu_);
      if (writing_ || finished_ || (owed_ == 0 && !ended_)) return;
      finished_ = finish = owed_ == 0;
      writing_ = !finish;
      if (!finish && --owed_ > 0) options.set_buffer_hint();
    }
    if (finish) return Finish(grpc::Status::OK);
    ack_.mutable_start()->set_seq_num(tail_);
    tail_ += records_;
    ack_.mutable_end()->set_seq_num(tail_);
    ack_.mutable_tail()->set_seq_num(tail_);
    output_ = Serialize(ack_);
    StartWrite(&output_, options);
  }

  const size_t records_;
  grpc::ByteBuffer input_;
  // Of the write under way, if there is one.
  v1::AppendAck ack_;
  grpc::ByteBuffer output_;
  uint64_t tail_ = 0;

  absl::Mutex mu_;
  size_t owed_ ABSL_GUARDED_BY(mu_) = 0;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

// Sends frames, and then ends or waits to be cancelled; deletes itself.
class ReadSink : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  ReadSink(grpc::CallbackServerContext* context, const std::vector<grpc::ByteBuffer>& frames,
           bool ends)
      : frames_(frames), ends_(ends) {
    context->AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
    StartSendInitialMetadata();
    Write();
  }

  void OnWriteDone(bool ok) override {
    if (ok && ++next_ < frames_.size()) return Write();
    if (ends_) Finish(ok ? grpc::Status::OK : grpc::Status::CANCELLED);
  }

  void OnCancel() override {
    if (!ends_) Finish(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  void Write() {
    grpc::WriteOptions options;
    if (next_ + 1 < frames_.size()) options.set_buffer_hint();
    StartWrite(&frames_[next_], options);
  }

  const std::vector<grpc::ByteBuffer>& frames_;
  const bool ends_;
  size_t next_ = 0;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Sink::Service::AppendSession(
    grpc::CallbackServerContext* context) {
  return new AppendSink(context, shape_.records);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* Sink::Service::ReadSession(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer*) {
  return new ReadSink(context, frames, ends);
}

Sink::Sink(const Shape& shape, size_t batches) : service_(shape) {
  service_.ends = batches > 0;
  for (size_t i = 0; i < batches; ++i) {
    service_.frames.push_back(Serialize(MakeBatch(shape, i * shape.records)));
  }
  if (batches == 0) {
    v1::ReadBatch heartbeat;
    heartbeat.mutable_tail();
    service_.frames.push_back(Serialize(heartbeat));
  }
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) Die("the server did not start");
  address_ = absl::StrCat("127.0.0.1:", port);
}

Sink::~Sink() { server_->Shutdown(std::chrono::system_clock::now()); }

std::shared_ptr<grpc::Channel> Sink::Channel(Wire wire) const {
  if (wire == Wire::kInProcess) return server_->InProcessChannel({});
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

Stream BenchStream(const std::shared_ptr<grpc::Channel>& channel) {
  return Check(MakeClient(channel)).Basin("bench-basin").Stream("bench");
}

}  // namespace s2::bench
