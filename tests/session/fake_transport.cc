// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/fake_transport.h"

#include <gtest/gtest.h>

namespace s2::internal {

void FakeAppendCall::Write(const v1::AppendInput& input, bool more_follows) {
  if (over()) return;
  EXPECT_TRUE(accepted_) << "a write before the session was accepted";
  EXPECT_FALSE(writing()) << "two writes at once";
  EXPECT_FALSE(half_closed_) << "a write after the last";
  write_ = last_write_ = &input;
  taken_ = false;
  more_follows_ = more_follows;
}

void FakeAppendCall::WritesDone() {
  if (over()) return;
  EXPECT_FALSE(writing()) << "WritesDone while a write is under way";
  EXPECT_FALSE(half_closed_) << "WritesDone twice";
  half_closed_ = true;
}

void FakeAppendCall::Accept() {
  accepted_ = true;
  FakeCall::Accept();
}

v1::AppendInput FakeAppendCall::TakeWrite() {
  if (!writing()) {
    ADD_FAILURE() << "no write is under way";
    return {};
  }
  taken_ = true;
  return *write_;
}

void FakeAppendCall::CompleteWrite(bool ok) {
  EXPECT_TRUE(writing() && taken_) << "no write was taken";
  const bool more_must_follow = more_follows_ && ok && !over();
  write_ = nullptr;
  events().OnWrite(ok);
  EXPECT_FALSE(more_must_follow && !writing() && !over()) << "a corked write was the last";
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

void FakeAppendCall::Finish(const absl::Status& status) {
  ExpectTaken();
  if (std::exchange(write_, nullptr) != nullptr) events().OnWrite(false);
  FakeCall::Finish(status);
}

void FakeAppendCall::ExpectTaken() const {
  EXPECT_TRUE(!writing() || taken_) << "a write was never looked at";
}

std::shared_ptr<AppendCall> FakeTransport::Append(std::shared_ptr<CallEvents> events) {
  auto call = std::make_shared<FakeAppendCall>(std::move(events));
  absl::MutexLock lock(&mu_);
  appends_.push_back(call);
  return call;
}

std::shared_ptr<ReadCall> FakeTransport::Read(const rpc::v1::ReadRequest& request,
                                              std::shared_ptr<CallEvents> events) {
  if (reader_ != nullptr) return reader_(request, std::move(events));
  auto call = std::make_shared<FakeReadCall>(request, std::move(events));
  absl::MutexLock lock(&mu_);
  reads_.push_back(call);
  return call;
}

size_t FakeTransport::appends() const {
  absl::MutexLock lock(&mu_);
  return appends_.size();
}

FakeAppendCall& FakeTransport::append(size_t index) const {
  absl::MutexLock lock(&mu_);
  return *appends_.at(index);
}

size_t FakeTransport::reads() const {
  absl::MutexLock lock(&mu_);
  return reads_.size();
}

FakeReadCall& FakeTransport::read(size_t index) const {
  absl::MutexLock lock(&mu_);
  return *reads_.at(index);
}

}  // namespace s2::internal
