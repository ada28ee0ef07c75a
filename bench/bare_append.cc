// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/bare_append.h"

#include <utility>

#include "s2/record/record.h"
#include "s2/wire/metadata.h"

namespace s2::bench {

BareAppend::BareAppend(rpc::v1::StreamService::StubInterface& stub, size_t window, bool cork)
    : window_(window), cork_(cork) {
  context_.AddMetadata(wire::kBasinKey, "bench-basin");
  context_.AddMetadata(wire::kStreamKey, "bench");
  stub.async()->AppendSession(&context_, this);
  AddHold();
  StartRead(&ack_);
  StartCall();
}

void BareAppend::Append(v1::AppendInput&& input) {
  const size_t bytes = MeteredBytes(input);
  const v1::AppendInput* next;
  {
    absl::MutexLock lock(&mu_);
    const auto has_room = [this, bytes]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return unacked_bytes_ + bytes <= window_ || done_;
    };
    mu_.Await(absl::Condition(&has_room));
    unacked_bytes_ += bytes;
    unacked_.push_back(bytes);
    unwritten_.push_back(std::move(input));
    if (unwritten_.size() > 1) return;
    next = &unwritten_.front();
  }
  Write(*next, false);
}

void BareAppend::OnWriteDone(bool ok) {
  if (!ok) return;  // OnDone says why
  v1::AppendInput written;
  const v1::AppendInput* next = nullptr;
  bool more_follows = false;
  {
    absl::MutexLock lock(&mu_);
    written = std::move(unwritten_.front());
    unwritten_.pop_front();
    if (!unwritten_.empty()) next = &unwritten_.front();
    more_follows = unwritten_.size() > 1;
  }
  if (next != nullptr) Write(*next, more_follows);
}

void BareAppend::Write(const v1::AppendInput& input, bool more_follows) {
  grpc::WriteOptions options;
  if (cork_ && more_follows) options.set_buffer_hint();
  StartWrite(&input, options);
}

void BareAppend::OnReadDone(bool ok) {
  if (!ok) return;
  {
    absl::MutexLock lock(&mu_);
    unacked_bytes_ -= unacked_.front();
    unacked_.pop_front();
    acks_.push_back(std::move(ack_));
  }
  StartRead(&ack_);
}

std::vector<v1::AppendAck> BareAppend::WaitAcks() {
  absl::MutexLock lock(&mu_);
  const auto any = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !acks_.empty() || done_; };
  mu_.Await(absl::Condition(&any));
  return std::exchange(acks_, {});
}

std::vector<v1::AppendAck> BareAppend::TakeAcks() {
  absl::MutexLock lock(&mu_);
  return std::exchange(acks_, {});
}

grpc::Status BareAppend::Finish() {
  StartWritesDone();
  RemoveHold();
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&done_));
  return status_;
}

void BareAppend::OnDone(const grpc::Status& status) {
  absl::MutexLock lock(&mu_);
  done_ = true;
  status_ = status;
}

}  // namespace s2::bench
