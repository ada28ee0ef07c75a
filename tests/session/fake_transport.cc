// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/fake_transport.h"

#include <gtest/gtest.h>

namespace s2::internal {

FakeAppendCall::~FakeAppendCall() {
  if (write_ != nullptr && !taken_) ADD_FAILURE() << "a write was never looked at";
}

void FakeAppendCall::Read(v1::AppendAck* ack) {
  if (over()) return;
  if (reading()) ADD_FAILURE() << "Read while one is under way";
  ack_ = ack;
}

void FakeAppendCall::Write(const v1::AppendInput& input, bool more_follows) {
  if (over()) return;
  if (!accepted_) ADD_FAILURE() << "Write before the session was accepted";
  if (writing()) ADD_FAILURE() << "Write while one is under way";
  if (half_closed_) ADD_FAILURE() << "Write after WritesDone";
  write_ = &input;
  last_write_ = &input;
  taken_ = false;
  more_follows_ = more_follows;
}

void FakeAppendCall::WritesDone() {
  if (over()) return;
  if (writing()) ADD_FAILURE() << "WritesDone while a Write is under way";
  if (half_closed_) ADD_FAILURE() << "WritesDone twice";
  half_closed_ = true;
}

void FakeAppendCall::Accept() {
  accepted_ = true;
  events_->OnAccepted();
}

v1::AppendInput FakeAppendCall::TakeWrite() {
  if (!writing()) {
    ADD_FAILURE() << "no Write is under way";
    return {};
  }
  taken_ = true;
  return *write_;
}

void FakeAppendCall::CompleteWrite(bool ok) {
  if (!writing() || !taken_) ADD_FAILURE() << "no Write was taken";
  const bool more_must_follow = more_follows_ && ok && !over();
  write_ = nullptr;
  events_->OnWrite(ok);
  if (more_must_follow && !writing() && !over()) ADD_FAILURE() << "a corked write was the last";
}

v1::AppendInput FakeAppendCall::Receive(bool ok) {
  v1::AppendInput input = TakeWrite();
  CompleteWrite(ok);
  return input;
}

size_t FakeAppendCall::ReceiveAll() {
  size_t count = 0;
  for (; writing(); ++count) Receive();
  return count;
}

void FakeAppendCall::Ack(const v1::AppendAck& ack) {
  if (!reading()) {
    ADD_FAILURE() << "no Read is under way";
    return;
  }
  *std::exchange(ack_, nullptr) = ack;
  events_->OnRead(true);
}

void FakeAppendCall::Ack(uint64_t start, uint64_t end) {
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(start);
  ack.mutable_end()->set_seq_num(end);
  ack.mutable_tail()->set_seq_num(end);
  Ack(ack);
}

void FakeAppendCall::Finish(const absl::Status& status) {
  const std::shared_ptr<CallEvents> events = events_;
  if (std::exchange(ack_, nullptr) != nullptr) events->OnRead(false);
  if (writing()) {
    if (!taken_) ADD_FAILURE() << "a write was never looked at";
    write_ = nullptr;
    events->OnWrite(false);
  }
  events_ = nullptr;
  events->OnDone(status);
}

std::shared_ptr<AppendCall> FakeTransport::Append(std::shared_ptr<CallEvents> events) {
  appends_.push_back(std::make_shared<FakeAppendCall>(std::move(events)));
  return appends_.back();
}

std::shared_ptr<ReadCall> FakeTransport::Read(const rpc::v1::ReadRequest& request,
                                              std::shared_ptr<CallEvents> events) {
  return reader_(request, std::move(events));
}

}  // namespace s2::internal
