// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/bare_read.h"

#include <utility>

#include "s2/record/record.h"
#include "s2/wire/metadata.h"

namespace s2::bench {
namespace {

rpc::v1::ReadRequest FromStart() {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  return request;
}

}  // namespace

BareRead::BareRead(rpc::v1::StreamService::StubInterface& stub, size_t window)
    : window_(window), request_(FromStart()) {
  context_.AddMetadata(wire::kBasinKey, "bench-basin");
  context_.AddMetadata(wire::kStreamKey, "bench");
  stub.async()->ReadSession(&context_, &request_, this);
  AddHold();
  StartRead(&batch_);
  StartCall();
}

void BareRead::OnReadDone(bool ok) {
  if (!ok) {
    RemoveHold();
    return;
  }
  const size_t bytes = MeteredBytes(batch_);
  bool read_on;
  {
    absl::MutexLock lock(&mu_);
    held_bytes_ += bytes;
    held_.push_back({std::move(batch_), bytes});
    read_on = reading_ = held_bytes_ < window_;
  }
  if (read_on) StartRead(&batch_);
}

std::optional<v1::ReadBatch> BareRead::Next() {
  v1::ReadBatch batch;
  bool read_on;
  {
    absl::MutexLock lock(&mu_);
    const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !held_.empty() || done_; };
    mu_.Await(absl::Condition(&ready));
    if (held_.empty()) return std::nullopt;
    batch = std::move(held_.front().batch);
    held_bytes_ -= held_.front().bytes;
    held_.pop_front();
    read_on = !reading_ && held_bytes_ < window_;
    reading_ |= read_on;
  }
  if (read_on) StartRead(&batch_);
  return batch;
}

grpc::Status BareRead::Finish() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&done_));
  return status_;
}

void BareRead::OnDone(const grpc::Status& status) {
  absl::MutexLock lock(&mu_);
  done_ = true;
  status_ = status;
}

}  // namespace s2::bench
