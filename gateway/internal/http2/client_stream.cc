// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/client_stream.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "s2/gateway/internal/http2/connection.h"

namespace s2::http2 {
namespace {

// The most that all fields of an answer's head may have; trailers do not count.
constexpr size_t kMaxHeadSize = 64 << 10;
// The server is told of as much as this. It is little, so that a stream's window need be hardly
// larger than what a consumer takes as a whole.
constexpr size_t kTellConsumed = 32 << 10;

}  // namespace

ClientStream::ClientStream(Request request, std::shared_ptr<StreamEvents> events,
                           std::shared_ptr<Mailbox> mailbox, const ClientOptions& options)
    : mailbox_(std::move(mailbox)),
      write_buffer_(options.write_buffer),
      tell_consumed_(std::min<size_t>(kTellConsumed, options.stream_window / 2)),
      request_(std::move(request)),
      events_(std::move(events)),
      waiting_(options.held) {}

void ClientStream::Start() {
  absl::MutexLock lock(&mu_);
  AskLocked();
}

bool ClientStream::Write(std::vector<grpc::Slice> body, bool end) {
  absl::MutexLock lock(&mu_);
  if (closed_) return false;
  for (const grpc::Slice& slice : body) waiting_.Add(slice.size());
  std::move(body.begin(), body.end(), std::back_inserter(written_));
  end_written_ |= end;
  asked_.written = true;
  full_ = waiting_.bytes() > write_buffer_;
  AskLocked();
  return !full_;
}

void ClientStream::Consume(size_t size) {
  absl::MutexLock lock(&mu_);
  asked_.consumed += size;
  if (asked_.consumed >= tell_consumed_) AskLocked();
}

void ClientStream::Cancel() {
  absl::MutexLock lock(&mu_);
  asked_.cancelled = true;
  AskLocked();
}

bool ClientStream::RetireConnection(bool advised) {
  return connection != nullptr && connection->Retire(advised);
}

void ClientStream::AskLocked() {
  if (closed_ || in_mailbox_) return;
  in_mailbox_ = mailbox_->Add(shared_from_this());
}

ClientStream::Asked ClientStream::TakeAsked() {
  absl::MutexLock lock(&mu_);
  in_mailbox_ = false;
  for (grpc::Slice& slice : written_) {
    body_size_ += slice.size();
    if (slice.size() > 0) body_.push_back(std::move(slice));
  }
  written_.clear();
  body_ended_ = end_written_;
  Asked asked = std::exchange(asked_, {});
  if (asked.consumed < tell_consumed_) std::swap(asked_.consumed, asked.consumed);
  return asked;
}

void ClientStream::TakeBody(size_t size, OutQueue& out) {
  body_size_ -= size;
  for (size_t left = size; left > 0;) {
    grpc::Slice& first = body_.front();
    const size_t end = std::min(first.size(), body_begin_ + left);
    left -= end - body_begin_;
    if (end < first.size()) {
      out.Append(first, body_begin_, end);
      body_begin_ = end;
    } else {
      out.Append(std::move(first), body_begin_, end);
      body_.pop_front();
      body_begin_ = 0;
    }
  }
  {
    absl::MutexLock lock(&mu_);
    waiting_.Drop(size);
    if (!full_ || waiting_.bytes() > write_buffer_ / 2) return;
    full_ = false;
  }
  events_->OnDrained();
}

bool ClientStream::AddHeader(absl::string_view name, absl::string_view value) {
  if (closed() || answered_) return true;  // it is a trailer, which nobody asks for
  head_size_ += name.size() + value.size();
  if (head_size_ > kMaxHeadSize) return false;
  if (name == ":status") {
    // nghttp2 lets nothing but three digits pass, so this does not fail.
    if (!absl::SimpleAtoi(value, &head_.status)) head_.status = 0;
  } else {
    head_.headers.emplace_back(name, value);
  }
  return true;
}

void ClientStream::EndHead() {
  if (closed() || answered_) return;
  Response head = std::exchange(head_, {});
  if (head.status < 200) return;  // an interim response; the final one follows
  answered_ = true;
  events_->OnResponse(std::move(head));
}

void ClientStream::AddData(const uint8_t* data, size_t size) {
  if (closed()) return;
  unconsumed_ += size;
  events_->OnData(data, size);
}

size_t ClientStream::TakeConsumed(size_t size) {
  const size_t consumed = std::min(size, unconsumed_);
  unconsumed_ -= consumed;
  return consumed;
}

void ClientStream::Close(const absl::Status& status) {
  if (closed()) return;
  const std::shared_ptr<StreamEvents> events = std::exchange(events_, nullptr);
  std::vector<grpc::Slice> written;
  {
    absl::MutexLock lock(&mu_);
    closed_ = true;
    written.swap(written_);
    waiting_.Clear();
  }
  body_.clear();
  events->OnClosed(status);
}

absl::Status CancelledByCaller() { return absl::CancelledError("the request was cancelled"); }

}  // namespace s2::http2
