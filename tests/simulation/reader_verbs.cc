// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/session/internal/make_session.h"
#include "s2/tests/simulation/reader.h"

namespace s2::simulation {
namespace {

RetryBudget DrawBudget(Dice& dice) {
  switch (dice.Pick(6)) {
    case 0:
      return RetryBudget::Attempts(3);
    case 1:
      return RetryBudget::Elapsed(absl::Seconds(dice.Draw(1, 5)));
    case 2:
      return RetryBudget{};
    default:
      return RetryBudget::Forever();
  }
}

}  // namespace

bool Reader::IsLate(const absl::Status& status) {
  return absl::IsDeadlineExceeded(status) &&
         absl::StrContains(status.message(), "before the deadline");
}

ReadSessionOptions Reader::DrawOptions(Dice dice) {
  ReadSessionOptions options;
  options.retry.budget = DrawBudget(dice);
  if (dice.OneIn(4)) options.retry.min_backoff = absl::Milliseconds(1);
  if (dice.OneIn(4)) options.retry.max_backoff = options.retry.min_backoff * dice.Draw(1, 3);
  if (dice.OneIn(3)) options.open_timeout = absl::Milliseconds(500);
  if (dice.OneIn(3)) options.heartbeat_timeout = absl::Seconds(3);
  if (!dice.OneIn(3)) options.max_buffered_bytes = dice.Draw(1, 600);
  options.skip_commands = dice.OneIn(3);
  options.fail_on_skipped = dice.OneIn(5);
  return options;
}

rpc::v1::ReadRequest Reader::DrawRequest(Dice dice, const Stream& stream) {
  rpc::v1::ReadRequest request;
  const uint64_t tail = stream.durable();
  switch (dice.Pick(8)) {
    case 0:
      request.set_seq_num(dice.Draw(0, tail + 2));
      break;
    case 1:
      request.set_timestamp(stream.Timestamp(dice.Draw(0, tail + 2)));
      break;
    case 2:
      request.set_tail_offset(dice.Draw(0, tail + 2));
      break;
    case 3:
      break;
    default:
      request.set_seq_num(0);
      break;
  }
  if (dice.OneIn(3)) request.set_clamp(true);
  if (dice.OneIn(5)) request.set_count(dice.Draw(0, 30));
  if (dice.OneIn(6)) request.set_bytes(dice.Draw(0, 2000));
  if (dice.OneIn(8) && !request.has_timestamp()) {
    request.set_until(stream.Timestamp(dice.Draw(0, tail + 20)));
  }
  if (dice.OneIn(3)) request.set_wait(dice.OneIn(2) ? dice.Draw(0, 3) : dice.Draw(0, 20));
  return request;
}

bool Reader::endless() const {
  return !request_.has_count() && !request_.has_bytes() && !request_.has_until() &&
         !request_.has_wait();
}

bool Reader::waits() const {
  const bool bounded = request_.has_count() || request_.has_bytes() || request_.has_until();
  return request_.has_wait() && (request_.wait() > 0 || !bounded);
}

Reader::Reader(World* world, Server* server, int id, Dice dice)
    : world_(world),
      server_(server),
      name_(absl::StrCat("r", id)),
      options_(DrawOptions(dice.Fork(0))),
      request_(DrawRequest(dice.Fork(1), *server->stream())),
      link_(std::make_shared<Link>(world, server, dice.Fork(2), name_, id, this)),
      rest_(request_),
      pacing_(options_.retry) {
  if (request_.has_seq_num() && !request_.clamp()) received_ = request_.seq_num();
  session_.emplace(internal::MakeReadSession(name_, link_, world->MakeRuntime(dice.Fork(3).Next()),
                                             request_, options_));
}

bool Reader::Take(Dice dice) {
  if (!usable()) return false;
  wanted_ += dice.Draw(1, 20);
  Next();
  return true;
}

void Reader::Next() {
  if (taking_ || wanted_ == 0 || !usable()) return;
  taking_ = true;
  --wanted_;
  ++expected_;
  session_->NextAsync([this](const Result& result) {
    --expected_;
    taking_ = false;
    OnResult(result);
    if (std::exchange(drop_in_callback_, false)) return Destroy();
    if (world_->Now() >= paused_until_) Next();
  });
}

bool Reader::TakeNow(Dice) {
  if (!usable()) return false;
  const Result result = session_->Next(absl::InfinitePast());
  if (taking_) {
    if (GetErrorCode(result.status()) != ErrorCode::kInvalid) Fail("two took at once");
  } else if (!IsLate(result.status())) {
    OnResult(result);
  }
  return true;
}

void Reader::OnResult(const Result& result) {
  if (!result.ok()) return CheckError(result.status());
  if (result->end) return CheckCleanEnd();
  CheckRecords(*result);
}

bool Reader::AwaitTail(Dice dice) {
  if (!session_) return false;
  if (dice.OneIn(2)) {
    const auto tail = session_->WaitCaughtUp(absl::InfinitePast());
    if (tail.ok()) CheckTail(tail);
    return true;
  }
  ++expected_;
  session_->CaughtUpAsync([this](const absl::StatusOr<v1::StreamPosition>& tail) {
    --expected_;
    CheckTail(tail);
    if (std::exchange(drop_in_callback_, false)) Destroy();
  });
  return true;
}

bool Reader::Cancel(Dice) {
  if (!session_) return false;
  dropped_ = true;
  session_->Cancel();
  return true;
}

bool Reader::Drop(Dice dice) {
  if (!session_) return false;
  if (dice.OneIn(2)) {
    drop_in_callback_ = true;
  } else {
    Destroy();
  }
  return true;
}

bool Reader::Pause(Dice dice) {
  if (!usable()) return false;
  const absl::Duration time = dice.UpTo(absl::Seconds(20));
  paused_until_ = world_->Now() + time;
  world_->After(time, [this] { Next(); });
  return true;
}

void Reader::Settle() {
  settling_ = true;
  drop_in_callback_ = false;
  paused_until_ = absl::InfinitePast();
  wanted_ = ~uint64_t{0};
  Next();
}

bool Reader::settled() const {
  if (!usable()) return true;
  return session_->caught_up() && session_->last_tail()->seq_num() == server_->stream()->durable();
}

void Reader::Destroy() {
  dropped_ = true;
  session_.reset();
}

}  // namespace s2::simulation
