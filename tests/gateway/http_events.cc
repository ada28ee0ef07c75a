// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/http_events.h"

#include <gtest/gtest.h>

#include <utility>

#include "s2/tests/gateway/patience.h"

namespace s2::testing {

void RecordingEvents::OnResponse(http2::Response response) {
  absl::MutexLock lock(&mu_);
  EXPECT_FALSE(closed_.has_value());
  EXPECT_EQ(response_.status, 0);
  EXPECT_TRUE(data_.empty());
  response_ = std::move(response);
}

void RecordingEvents::OnData(const uint8_t* data, size_t size) {
  absl::MutexLock lock(&mu_);
  EXPECT_FALSE(closed_.has_value());
  EXPECT_NE(response_.status, 0);
  data_.append(reinterpret_cast<const char*>(data), size);
  if (consumed_ != nullptr) consumed_->Consume(size);
  if (retire_ != nullptr) retired_ = std::exchange(retire_, nullptr)->RetireConnection(advised_);
}

void RecordingEvents::OnDrained() {
  absl::MutexLock lock(&mu_);
  EXPECT_FALSE(closed_.has_value());
  ++drained_;
}

void RecordingEvents::OnClosed(const absl::Status& status) {
  absl::MutexLock lock(&mu_);
  EXPECT_FALSE(closed_.has_value());
  closed_ = status;
  consumed_ = nullptr;
}

void RecordingEvents::ConsumeOn(std::shared_ptr<http2::Stream> stream) {
  absl::MutexLock lock(&mu_);
  if (closed_.has_value()) return;
  stream->Consume(data_.size());
  consumed_ = std::move(stream);
}

void RecordingEvents::RetireOn(std::shared_ptr<http2::Stream> stream, bool advised) {
  absl::MutexLock lock(&mu_);
  retire_ = std::move(stream);
  advised_ = advised;
}

bool RecordingEvents::AwaitRetired() const {
  absl::MutexLock lock(&mu_);
  const auto here = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return retired_.has_value(); };
  mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
  EXPECT_TRUE(retired_.has_value());
  return retired_.value_or(false);
}

http2::Response RecordingEvents::AwaitResponse() const {
  absl::MutexLock lock(&mu_);
  const auto here = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return response_.status != 0 || closed_.has_value();
  };
  mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
  return response_;
}

std::string RecordingEvents::AwaitData(size_t size) const {
  absl::MutexLock lock(&mu_);
  const auto here = [this, size]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return data_.size() >= size || closed_.has_value();
  };
  mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
  return data_;
}

bool RecordingEvents::AwaitDrained(int times) const {
  absl::MutexLock lock(&mu_);
  const auto here = [this, times]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return drained_ >= times; };
  return mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
}

absl::Status RecordingEvents::AwaitClosed() const {
  absl::MutexLock lock(&mu_);
  const auto here = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return closed_.has_value(); };
  mu_.AwaitWithTimeout(absl::Condition(&here), kPatience);
  return closed_.value_or(absl::DeadlineExceededError("the stream does not end"));
}

http2::Response RecordingEvents::response() const {
  absl::MutexLock lock(&mu_);
  return response_;
}

size_t RecordingEvents::data_size() const {
  absl::MutexLock lock(&mu_);
  return data_.size();
}

int RecordingEvents::drained() const {
  absl::MutexLock lock(&mu_);
  return drained_;
}

bool RecordingEvents::closed() const {
  absl::MutexLock lock(&mu_);
  return closed_.has_value();
}

}  // namespace s2::testing
