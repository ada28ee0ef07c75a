// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/read_end.h"

#include <algorithm>
#include <utility>

#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/simulation/faults.h"

namespace s2::simulation {
namespace {

absl::Status Unwritten(const v1::StreamPosition& tail) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kReadUnwritten, "unwritten"));
  *info.mutable_tail() = tail;
  return MakeError(info, "unwritten");
}

}  // namespace

ReadEnd::ReadEnd(Server* server, std::shared_ptr<Connection> connection,
                 const rpc::v1::ReadRequest& request)
    : ServerEnd(server, std::move(connection)), request_(request) {}

absl::Status ReadEnd::Resolve() {
  if (Exhausted()) return absl::OkStatus();
  const uint64_t tail = stop_ = stream().durable();
  switch (request_.start_case()) {
    case rpc::v1::ReadRequest::kSeqNum:
      position_ = request_.seq_num();
      break;
    case rpc::v1::ReadRequest::kTimestamp:
      while (position_ < tail && (stream().at(position_).gone ||
                                  stream().Timestamp(position_) < request_.timestamp())) {
        ++position_;
      }
      break;
    case rpc::v1::ReadRequest::kTailOffset:
      position_ = tail - std::min(tail, request_.tail_offset());
      break;
    case rpc::v1::ReadRequest::START_NOT_SET:
      position_ = tail;
      break;
  }
  if (position_ > tail && request_.clamp()) position_ = tail;
  if (position_ > tail || (position_ == tail && !may_follow())) {
    return Unwritten(stream().Before(tail));
  }
  return absl::OkStatus();
}

void ReadEnd::Leave() { End(Leaving(0)); }

bool ReadEnd::may_follow() const {
  const bool bounded = request_.has_count() || request_.has_bytes() || request_.has_until();
  return !bounded || request_.wait() > 0;
}

bool ReadEnd::Exhausted() const {
  return stopped_ || (request_.has_count() && request_.count() == 0) ||
         (request_.has_bytes() && request_.bytes() == 0);
}

void ReadEnd::Progress() {
  while (!over() && connection().has_room()) {
    if (Exhausted()) return End(absl::OkStatus());
    const uint64_t limit = may_follow() ? stream().durable() : stop_;
    if (position_ < limit) {
      SendStored(limit);
    } else if (may_follow()) {
      return Follow();
    } else {
      return End(absl::OkStatus());
    }
  }
}

// As many records as one message takes, over what is gone; or nothing, if there is nothing.
void ReadEnd::SendStored(uint64_t limit) {
  v1::ReadBatch batch;
  for (uint64_t room = server().dice().Draw(1, 6); room > 0 && position_ < limit; ++position_) {
    if (stream().at(position_).gone) continue;
    v1::SequencedRecord record = stream().Read(position_);
    const uint64_t bytes = MeteredBytes(record);
    stopped_ = Exhausted() || (request_.has_bytes() && request_.bytes() < bytes) ||
               (request_.has_until() && request_.until() <= record.timestamp());
    if (stopped_) break;
    if (request_.has_count()) request_.set_count(request_.count() - 1);
    if (request_.has_bytes()) request_.set_bytes(request_.bytes() - bytes);
    *batch.add_records() = std::move(record);
    --room;
  }
  if (batch.records().empty()) return;
  if (following_) *batch.mutable_tail() = stream().Before(stream().durable());
  if (connection().TakeLie()) {
    batch.clear_tail();
    *batch.add_records() = v1::SequencedRecord(batch.records(0));
  }
  connection().Send(std::move(batch));
  ArmWait();
  ArmHeartbeat();
}

void ReadEnd::Follow() {
  if (!wait_until_) ArmWait();
  if (wait_until_ <= server().world().Now()) return End(absl::OkStatus());
  if (std::exchange(following_, true)) return;
  Heartbeat();
}

void ReadEnd::Heartbeat() {
  const bool owes = position_ < stream().durable();
  if (!owes && !server().muted() && connection().has_room()) {
    v1::ReadBatch batch;
    *batch.mutable_tail() = stream().Before(stream().durable());
    connection().Send(std::move(batch));
    if (server().hangs_up()) return HangUp();
  }
  ArmHeartbeat();
}

// A proxy may do so politely: where there is a limit, nobody could tell that from a clean end.
void ReadEnd::HangUp() {
  const bool endless = !request_.has_count() && !request_.has_bytes() && !request_.has_until() &&
                       !request_.has_wait();
  if (endless && server().dice().OneIn(2)) return End(absl::OkStatus());
  End(absl::UnavailableError("the proxy hangs up"));
}

void ReadEnd::ArmHeartbeat() {
  const absl::Duration pause = absl::Seconds(5) + server().dice().UpTo(absl::Seconds(10));
  server().world().After(pause, [weak = weak_from_this(), beat = ++beats_] {
    const std::shared_ptr<ReadEnd> self = weak.lock();
    if (self != nullptr && !self->over() && self->following_ && self->beats_ == beat) {
      self->Heartbeat();
    }
  });
}

void ReadEnd::ArmWait() {
  if (!request_.has_wait()) {
    wait_until_ = absl::InfiniteFuture();
    return;
  }
  wait_until_ = server().world().Now() + absl::Seconds(request_.wait());
  server().world().After(absl::Seconds(request_.wait()), [weak = weak_from_this()] {
    if (const std::shared_ptr<ReadEnd> self = weak.lock()) self->Progress();
  });
}

}  // namespace s2::simulation
