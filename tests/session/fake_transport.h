// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_FAKE_TRANSPORT_H_
#define S2_TESTS_SESSION_FAKE_TRANSPORT_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "s2/session/internal/transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// An AppendCall that a test plays the server of, by hand and in one thread. Nothing happens until
// it is told. It fails the test when the session breaks the rules of AppendCall, and when a write
// was never looked at.
class FakeAppendCall : public AppendCall {
 public:
  explicit FakeAppendCall(std::shared_ptr<CallEvents> events) : events_(std::move(events)) {}
  ~FakeAppendCall() override;

  // The session's side.
  void Read(v1::AppendAck* ack) override;
  void Write(const v1::AppendInput& input, bool more_follows) override;
  void WritesDone() override;
  void Cancel() override { cancelled_ = true; }
  void Abandon() override { abandoned_ = cancelled_ = true; }

  // The server's side.

  // Accepts the session.
  void Accept();

  // Takes the write under way, without completing it.
  v1::AppendInput TakeWrite();
  // Completes the write under way, which was taken.
  void CompleteWrite(bool ok = true);
  // Takes and completes the write under way; it must be there.
  v1::AppendInput Receive(bool ok = true);
  // Takes and completes writes until there is none; how many there were.
  size_t ReceiveAll();

  // Delivers this ack.
  void Ack(const v1::AppendAck& ack);
  // Delivers the ack of a batch that takes [start, end).
  void Ack(uint64_t start, uint64_t end);

  // Ends the call: what is under way fails, then comes OnDone.
  void Finish(const absl::Status& status);

  // The message of the last Write, as long as it lives.
  const v1::AppendInput* last_write() const { return last_write_; }
  bool reading() const { return ack_ != nullptr; }
  bool writing() const { return write_ != nullptr; }
  bool write_taken() const { return taken_; }
  // Of the last Write.
  bool more_follows() const { return more_follows_; }
  bool half_closed() const { return half_closed_; }
  bool cancelled() const { return cancelled_; }
  // Cancelled for its silence.
  bool abandoned() const { return abandoned_; }
  bool finished() const { return events_ == nullptr; }

 private:
  // After the end, or the session's own cancellation, verbs do nothing.
  bool over() const { return finished() || cancelled_; }

  std::shared_ptr<CallEvents> events_;  // null: OnDone was delivered
  v1::AppendAck* ack_ = nullptr;
  const v1::AppendInput* write_ = nullptr;
  const v1::AppendInput* last_write_ = nullptr;
  bool taken_ = false;  // the write under way was looked at
  bool more_follows_ = false;
  bool accepted_ = false;
  bool half_closed_ = false;
  bool cancelled_ = false;
  bool abandoned_ = false;
};

// Hands out fake calls, and keeps them.
class FakeTransport : public Transport {
 public:
  using Reader = std::function<std::shared_ptr<ReadCall>(const rpc::v1::ReadRequest& request,
                                                         std::shared_ptr<CallEvents> events)>;

  // What opens ReadSession calls, for tests of them.
  void set_reader(Reader reader) { reader_ = std::move(reader); }

  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents> events) override;
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override;

  // AppendSession calls, in order of opening.
  size_t appends() const { return appends_.size(); }
  FakeAppendCall& append(size_t index) { return *appends_.at(index); }
  FakeAppendCall& last_append() { return *appends_.back(); }

 private:
  Reader reader_;
  std::vector<std::shared_ptr<FakeAppendCall>> appends_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_FAKE_TRANSPORT_H_
