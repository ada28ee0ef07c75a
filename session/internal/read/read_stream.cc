// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_stream.h"

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

// S2 sends heartbeats at least so far apart, but for the first.
constexpr absl::Duration kStood = absl::Seconds(5);
// A round trip, and more: for what is under way when a session ends.
constexpr absl::Duration kLastWord = absl::Seconds(1);

}  // namespace

void ReadStream::Open(std::weak_ptr<ReadCore> core, rpc::v1::ReadRequest request, absl::Time now,
                      ReadActions& actions) {
  attempt_ = std::make_shared<ReadAttempt>(std::move(core), std::move(request));
  opened_at_ = now;
  actions.open = attempt_;
}

void ReadStream::Read(SpareBatches& spares, absl::Time now, ReadActions& actions) {
  reading_ = true;
  waits_since_ = now;
  actions.read = call_;
  actions.batch = MakeReady(&attempt_->frame);
  spares.Take(actions.batch);
}

bool ReadStream::HasStood(absl::Time now) const { return now - accepted_at_ >= kStood; }

absl::Time ReadStream::LastWordDeadline() const {
  if (!reading_) return absl::InfiniteFuture();
  return owes_word_ ? resumed_at_ + kLastWord : absl::InfinitePast();
}

void ReadStream::End(ReadActions& actions) {
  if (call_ != nullptr) actions.ended = std::exchange(call_, nullptr);
  attempt_ = nullptr;
  reading_ = false;
}

void ReadStream::Cancel(ReadActions& actions) {
  if (call_ != nullptr) actions.cancel = std::exchange(call_, nullptr);
  attempt_ = nullptr;
  reading_ = false;
}

absl::Status ReadStream::OpenTimeout() const {
  return MakeError(ErrorCode::kOpenTimeout,
                   absl::StrCat("the server did not accept the session; open_timeout is ",
                                absl::FormatDuration(open_timeout_)));
}

absl::Time ReadStream::HeartbeatDeadline() const {
  return reading_ ? waits_since_ + heartbeat_timeout_ : absl::InfiniteFuture();
}

absl::Status ReadStream::HeartbeatTimeout() const {
  return MakeError(ErrorCode::kHeartbeatTimeout,
                   absl::StrCat("neither a batch nor a heartbeat came; heartbeat_timeout is ",
                                absl::FormatDuration(heartbeat_timeout_)));
}

}  // namespace s2::internal
