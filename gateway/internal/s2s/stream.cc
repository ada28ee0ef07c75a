// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/s2s/stream.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

absl::Status Disconnected(absl::string_view what) {
  return MakeError(ErrorCode::kServerDisconnected, what);
}

// The same error without not_sent: the stream was open, so S2 has taken the request.
absl::Status Sent(const absl::Status& error) {
  rpc::v1::ErrorInfo info = GetErrorInfo(error);
  info.clear_not_sent();
  return WithErrorInfo(error, info);
}

}  // namespace

void S2sStream::Start(http2::Client& http, http2::Request request, Clock& clock,
                      absl::Duration timeout) {
  absl::MutexLock lock(&mu_);  // so that an event waits until http_ is set
  if (state_ == State::kEnded) return;
  timer_ = clock.CallAt(clock.Now() + timeout, [weak = weak_from_this(), timeout] {
    if (auto stream = weak.lock()) stream->OnTimeout(timeout);
  });
  http_ = http.Open(std::move(request), shared_from_this());
}

void S2sStream::Cancel() {
  std::shared_ptr<S2sEvents> events;  // may be destroyed, so not under the lock
  std::shared_ptr<http2::Stream> http;
  {
    absl::MutexLock lock(&mu_);
    state_ = State::kEnded;
    timer_ = nullptr;
    events = std::move(events_);
    http = http_;
  }
  if (http != nullptr) http->Cancel();
}

void S2sStream::OnResponse(http2::Response response) {
  std::shared_ptr<S2sEvents> events;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kOpening) return;
    if (response.status != 200 || !http2::HasContentType(response, kS2sContentType)) {
      state_ = State::kRefused;
      refusal_ = std::move(response);
      return;
    }
    state_ = State::kOpen;
    timer_ = nullptr;
    events = events_;
  }
  events->OnAccepted();
}

void S2sStream::OnData(const uint8_t* data, size_t size) {
  if (const std::shared_ptr<S2sEvents> events = OpenEvents()) {
    OnFrames(*events, {data, size});
  } else {
    OnRefusalData({reinterpret_cast<const char*>(data), size});
  }
}

void S2sStream::OnFrames(S2sEvents& events, absl::Span<const uint8_t> data) {
  while (!data.empty()) {
    absl::StatusOr<std::optional<Frame>> frame = parser_.Next(data);
    if (!frame.ok()) return End(State::kOpen, frame.status());
    if (!frame->has_value()) return;
    if ((*frame)->terminal) return End(State::kOpen, ErrorFromTerminalFrame((*frame)->body));
    events.OnFrame(**std::move(frame));
  }
}

void S2sStream::OnRefusalData(absl::string_view data) {
  {
    absl::MutexLock lock(&mu_);
    if (state_ != State::kRefused) return;
    absl::StrAppend(&refusal_body_, data.substr(0, kMaxErrorBodyBytes - refusal_body_.size()));
    if (refusal_body_.size() < kMaxErrorBodyBytes) return;
  }
  End(State::kRefused, Refusal());
}

absl::Status S2sStream::Refusal() const {
  absl::MutexLock lock(&mu_);
  return refusal_.status / 100 == 2 ? UnexpectedResponse(refusal_, refusal_body_)
                                    : ErrorFromResponse(refusal_, refusal_body_);
}

void S2sStream::OnDrained() {
  if (const std::shared_ptr<S2sEvents> events = OpenEvents()) events->OnRoom();
}

void S2sStream::OnTimeout(absl::Duration timeout) {
  switch (state()) {
    case State::kOpening:
      return End(State::kOpening,
                 MakeError(ErrorCode::kOpenTimeout,
                           absl::StrCat("S2 did not answer within ", absl::FormatDuration(timeout),
                                        ", the request_timeout")));
    case State::kRefused:
      return End(State::kRefused, Refusal());
    case State::kOpen:
    case State::kEnded:
      return;
  }
}

void S2sStream::OnClosed(const absl::Status& status) {
  switch (state()) {
    case State::kOpening:
      return End(State::kOpening,
                 status.ok() ? Disconnected("S2 ended the stream without an answer") : status);
    case State::kRefused:
      return End(State::kRefused, Refusal());
    case State::kOpen:
      return End(State::kOpen, status.ok() ? EndOfFrames() : Sent(status));
    case State::kEnded:
      return;
  }
}

absl::Status S2sStream::EndOfFrames() const {
  if (parser_.pending() == 0) return absl::OkStatus();
  return Disconnected(
      absl::StrCat("S2 ended the stream ", parser_.pending(), " bytes into a frame"));
}

void S2sStream::End(State from, const absl::Status& status) {
  std::shared_ptr<S2sEvents> events;
  std::shared_ptr<http2::Stream> http;
  {
    absl::MutexLock lock(&mu_);
    if (state_ != from) return;
    state_ = State::kEnded;
    timer_ = nullptr;
    events = std::move(events_);
    http = http_;
  }
  http->Cancel();
  events->OnEnd(status);
}

S2sStream::State S2sStream::state() const {
  absl::MutexLock lock(&mu_);
  return state_;
}

std::shared_ptr<S2sEvents> S2sStream::OpenEvents() {
  absl::MutexLock lock(&mu_);
  return state_ == State::kOpen ? events_ : nullptr;
}

std::shared_ptr<http2::Stream> S2sStream::http() {
  absl::MutexLock lock(&mu_);
  return http_;
}

}  // namespace s2::gateway
