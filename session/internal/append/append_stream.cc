// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/append/append_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {

void AppendStream::Open(std::weak_ptr<AppendCore> core, absl::Time now, AppendActions& actions) {
  attempt_ = std::make_shared<AppendAttempt>(std::move(core));
  opened_at_ = now;
  actions.open = attempt_;
}

void AppendStream::Read(AppendActions& actions) const {
  actions.call = call_;
  actions.read = attempt_;
}

void AppendStream::Write(AppendQueue& queue, absl::Time now, AppendActions& actions) {
  if (call_ == nullptr || !attempt_->writable || attempt_->writing != nullptr) return;
  std::shared_ptr<AppendBatch> batch = queue.NextToWrite();
  if (batch == nullptr) return;
  write_began_at_ = now;
  ++batch->writes;
  attempt_->writing = batch;
  actions.call = call_;
  actions.write = std::move(batch);
  actions.more_follows = queue.inflight().has_unwritten();
}

void AppendStream::OnWrite(bool ok, absl::Time now, AppendActions& actions) {
  attempt_->writing->written_at = now;
  attempt_->EndWrite(actions.finished);
  attempt_->writable = ok;
}

void AppendStream::HalfClose(AppendActions& actions) {
  if (call_ == nullptr || !attempt_->writable) return;
  attempt_->linger =
      clock_->CallAt(clock_->Now() + ack_timeout_, [weak = std::weak_ptr<AppendCall>(call_)] {
        if (auto call = weak.lock()) call->Cancel();
      });
  actions.call = std::exchange(call_, nullptr);
  actions.writes_done = true;
}

void AppendStream::End(AppendActions& actions) {
  if (call_ != nullptr) actions.ended = std::exchange(call_, nullptr);
  attempt_ = nullptr;
}

void AppendStream::Cancel(AppendActions& actions) {
  if (call_ != nullptr) actions.cancel = std::exchange(call_, nullptr);
  attempt_ = nullptr;
}

absl::Status AppendStream::OpenTimeout() const {
  return MakeError(ErrorCode::kOpenTimeout,
                   absl::StrCat("the server did not accept the session; open_timeout is ",
                                absl::FormatDuration(open_timeout_)));
}

absl::Time AppendStream::AckDeadline(const Inflight& inflight) const {
  absl::Time deadline = absl::InfiniteFuture();
  if (attempt_->writing != nullptr || !attempt_->writable) {
    deadline = write_began_at_ + ack_timeout_;
  }
  if (!inflight.empty()) {
    const absl::Time since = std::max(inflight.batches().front()->written_at, acked_at_);
    deadline = std::min(deadline, since + ack_timeout_);
  }
  return deadline;
}

absl::Status AppendStream::AckTimeout(const Inflight& inflight) const {
  return MakeError(
      ErrorCode::kAckTimeout,
      absl::StrCat(writing() ? "a write is stuck" : "no ack came", " with ", inflight.size(),
                   " batches unacked; ack_timeout is ", absl::FormatDuration(ack_timeout_)));
}

}  // namespace s2::internal
