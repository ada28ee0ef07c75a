// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_FAKE_TRANSPORT_H_
#define S2_TESTS_SESSION_FAKE_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/transport.h"
#include "s2/testing/answers.h"
#include "s2/tests/session/fake_call.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// An AppendSession call, in one thread. It fails the test when a write was never looked at.
class FakeAppendCall : public FakeCall<AppendCall, v1::AppendAck> {
 public:
  using FakeCall::FakeCall;
  ~FakeAppendCall() override {
    ExpectTaken();
    EndAtLast(cancelled() || half_closed());
  }

  void Write(const v1::AppendInput& input, bool more_follows) override;
  void WritesDone() override;

  void Accept();
  // Takes the write under way, without completing it.
  v1::AppendInput TakeWrite();
  // Completes the write under way, which was taken.
  void CompleteWrite(bool ok = true);
  // Takes and completes the write under way; it must be there.
  v1::AppendInput Receive(bool ok = true);
  // Takes and completes writes until there is none; how many there were.
  size_t ReceiveAll();
  // Delivers an ack; that of a batch that takes [start, end).
  void Ack(const v1::AppendAck& ack) { Deliver(ack); }
  void Ack(uint64_t start, uint64_t end) { Ack(testing::MakeAck(start, end)); }
  // Ends the call: what is under way fails, then comes OnDone.
  void Finish(const absl::Status& status);

  // The message of the last Write, as long as it lives.
  const v1::AppendInput* last_write() const { return last_write_; }
  bool writing() const { return write_ != nullptr; }
  // Of the last Write.
  bool more_follows() const { return more_follows_; }
  bool half_closed() const { return half_closed_; }

 private:
  bool over() const { return finished() || cancelled(); }
  void ExpectTaken() const;

  const v1::AppendInput* write_ = nullptr;  // under way
  const v1::AppendInput* last_write_ = nullptr;
  bool taken_ = false;  // the write under way was looked at
  bool more_follows_ = false;
  bool accepted_ = false;
  bool half_closed_ = false;
};

// A ReadSession call.
class FakeReadCall : public FakeCall<ReadCall, v1::ReadBatch> {
 public:
  FakeReadCall(const rpc::v1::ReadRequest& request, std::shared_ptr<CallEvents> events)
      : FakeCall(std::move(events)), request_(request) {}
  ~FakeReadCall() override { EndAtLast(cancelled()); }

  const rpc::v1::ReadRequest& request() const { return request_; }

 private:
  const rpc::v1::ReadRequest request_;
};

// Hands out fake calls, and keeps them. The session's side is thread safe.
class FakeTransport : public Transport {
 public:
  using Reader = std::function<std::shared_ptr<ReadCall>(const rpc::v1::ReadRequest& request,
                                                         std::shared_ptr<CallEvents> events)>;

  // What opens ReadSession calls, instead.
  void set_reader(Reader reader) { reader_ = std::move(reader); }

  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents> events) override;
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override;

  // AppendSession calls, in order of opening.
  size_t appends() const ABSL_LOCKS_EXCLUDED(mu_);
  FakeAppendCall& append(size_t index) const ABSL_LOCKS_EXCLUDED(mu_);
  FakeAppendCall& last_append() const { return append(appends() - 1); }
  // ReadSession calls, the same.
  size_t reads() const ABSL_LOCKS_EXCLUDED(mu_);
  FakeReadCall& read(size_t index) const ABSL_LOCKS_EXCLUDED(mu_);
  FakeReadCall& last_read() const { return read(reads() - 1); }

 private:
  Reader reader_;

  mutable absl::Mutex mu_;
  std::vector<std::shared_ptr<FakeAppendCall>> appends_ ABSL_GUARDED_BY(mu_);
  std::vector<std::shared_ptr<FakeReadCall>> reads_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_FAKE_TRANSPORT_H_
