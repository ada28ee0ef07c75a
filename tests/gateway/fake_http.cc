// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/fake_http.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {

FakeHttpStream::FakeHttpStream(http2::Request request, std::shared_ptr<http2::StreamEvents> events)
    : request_(std::move(request)), events_(std::move(events)) {}

std::string FakeHttpStream::Line() const {
  return absl::StrCat(request_.method, request_.origin.tls ? " https://" : " http://",
                      request_.origin.host, ":", request_.origin.port, request_.path);
}

std::string FakeHttpStream::Header(absl::string_view name) const {
  return std::string(http2::GetHeader(request_.headers, name));
}

std::string FakeHttpStream::body() const {
  absl::MutexLock lock(&mu_);
  return body_;
}

bool FakeHttpStream::body_ended() const {
  absl::MutexLock lock(&mu_);
  return body_ended_;
}

size_t FakeHttpStream::consumed() const {
  absl::MutexLock lock(&mu_);
  return consumed_;
}

std::string FakeHttpStream::AwaitBody(size_t size) {
  const auto there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return body_.size() >= size; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&there));
  return body_;
}

void FakeHttpStream::AwaitBodyEnd() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&body_ended_));
}

void FakeHttpStream::AwaitConsumed(size_t size) {
  const auto consumed = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return consumed_ >= size; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&consumed));
}

void FakeHttpStream::AwaitCancel() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&cancelled_));
}

bool FakeHttpStream::cancelled() const {
  absl::MutexLock lock(&mu_);
  return cancelled_;
}

void FakeHttpStream::Respond(int status, http2::Headers headers) {
  events_->OnResponse({status, std::move(headers)});
}

void FakeHttpStream::Data(absl::string_view data) {
  events_->OnData(reinterpret_cast<const uint8_t*>(data.data()), data.size());
}

void FakeHttpStream::Close(const absl::Status& status) {
  if (const auto events = std::exchange(events_, nullptr)) events->OnClosed(status);
}

void FakeHttpStream::LetWrite(int writes) {
  absl::MutexLock lock(&mu_);
  room_ = writes;
}

void FakeHttpStream::MakeRoom() {
  LetWrite(std::numeric_limits<int>::max());
  events_->OnDrained();
}

void FakeHttpStream::Answer(int status, http2::Headers headers, absl::string_view body) {
  Respond(status, std::move(headers));
  if (!body.empty()) Data(body);
  Close();
}

bool FakeHttpStream::Write(std::vector<grpc::Slice> body, bool end) {
  absl::MutexLock lock(&mu_);
  EXPECT_FALSE(body_ended_) << "a write after the end";
  EXPECT_TRUE(room_ > 0 || body.empty()) << "a write without room";
  body_ += http2::Join(body);
  body_ended_ = end;
  return --room_ > 0;
}

void FakeHttpStream::Consume(size_t size) {
  absl::MutexLock lock(&mu_);
  consumed_ += size;
}

void FakeHttpStream::Cancel() {
  absl::MutexLock lock(&mu_);
  cancelled_ = true;
}

bool FakeHttpStream::RetireConnection(bool advised) {
  absl::MutexLock lock(&mu_);
  ++retired_;
  return !advised || follow_advice_;
}

void FakeHttpStream::FollowAdvice(bool follow) {
  absl::MutexLock lock(&mu_);
  follow_advice_ = follow;
}

int FakeHttpStream::retired() const {
  absl::MutexLock lock(&mu_);
  return retired_;
}

void FakeHttp::CloseAll() {
  std::vector<std::shared_ptr<FakeHttpStream>> all;
  {
    absl::MutexLock lock(&mu_);
    all.swap(all_);
  }
  for (const auto& stream : all) stream->Close(absl::CancelledError("the client is gone"));
}

std::shared_ptr<http2::Stream> FakeHttp::Open(http2::Request request,
                                              std::shared_ptr<http2::StreamEvents> events) {
  auto stream = std::make_shared<FakeHttpStream>(std::move(request), std::move(events));
  absl::MutexLock lock(&mu_);
  all_.push_back(stream);
  waiting_.push_back(stream);
  ++opened_;
  return stream;
}

std::shared_ptr<FakeHttpStream> FakeHttp::Await() {
  const auto there = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !waiting_.empty(); };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&there));
  auto stream = std::move(waiting_.front());
  waiting_.pop_front();
  return stream;
}

int FakeHttp::opened() const {
  absl::MutexLock lock(&mu_);
  return opened_;
}

}  // namespace s2::gateway
