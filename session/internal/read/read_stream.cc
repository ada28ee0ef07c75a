// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_stream.h"

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {

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
