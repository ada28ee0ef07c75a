// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/read_back.h"

namespace s2::internal {

void ReadBack::Ask() {
  if (!session_.has_value()) session_.emplace(Open());
  session_->NextAsync([weak = weak_from_this()](absl::StatusOr<ReadResult> result) {
    const std::shared_ptr<ReadBack> self = weak.lock();
    if (self == nullptr) return;
    if (const auto events = self->events_.lock()) events->OnReadBack(*self, std::move(result));
  });
}

ReadSession ReadBack::Open() const {
  rpc::v1::ReadRequest request;
  request.set_seq_num(range_.begin);
  request.set_count(range_.end - range_.begin);
  ReadSessionOptions options;
  options.retry = options_.retry;
  options.open_timeout = options_.open_timeout;
  options.heartbeat_timeout = options_.ack_timeout;
  options.max_buffered_bytes = 1;
  return sessions_.read(request, options);
}

}  // namespace s2::internal
