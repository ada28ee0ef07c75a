// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/stream.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/emulator/internal/wall_clock.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::emulator {
namespace {

absl::Status TokenMismatch(const std::string& given, const std::string& actual) {
  const std::string message =
      absl::StrCat("fencing_token is \"", given, "\"; the stream's token is \"", actual, "\"");
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kFencingTokenMismatch, message));
  info.set_expected_fencing_token(actual);
  return MakeError(info, message);
}

absl::Status SeqNumMismatch(uint64_t given, uint64_t actual) {
  const std::string message =
      absl::StrCat("match_seq_num is ", given, "; the next record gets ", actual);
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kSeqNumMismatch, message));
  info.set_expected_seq_num(actual);
  return MakeError(info, message);
}

absl::Status Deleted() {
  return MakeError(ErrorCode::kUnavailable, "the stream was deleted under the session");
}

absl::Status OverCap(const Memory& memory, const v1::AppendInput& input) {
  return MakeError(ErrorCode::kQuotaExhausted,
                   absl::StrCat("a batch of ", MeteredBytes(input),
                                " metered bytes does not fit: ", memory.held(),
                                " bytes are held, and the emulator's "
                                "max_memory_bytes is ",
                                memory.cap()));
}

uint64_t TrimPoint(const v1::AppendRecord& record) {
  uint64_t seq_num = 0;
  for (const char byte : record.body()) seq_num = seq_num << 8 | static_cast<uint8_t>(byte);
  return seq_num;
}

}  // namespace

Stream::Stream(std::shared_ptr<Clock> clock, std::shared_ptr<Memory> memory,
               const rpc::v1::StreamConfig& config)
    : clock_(std::move(clock)),
      memory_(std::move(memory)),
      config_(config),
      log_(memory_),
      last_write_(clock_->Now()) {}

absl::StatusOr<v1::AppendAck> Stream::Append(const v1::AppendInput& input, uint64_t call) {
  absl::StatusOr<v1::AppendAck> ack;
  Watchers woken;
  {
    absl::MutexLock lock(&mu_);
    const std::vector<LateInput> late = TakeLateLocked(call);
    AppendLateLocked(late, Late::kBefore);
    ack = AppendLocked(input);
    AppendLateLocked(late, Late::kAfter);
    woken = TakeIdleLocked();
  }
  for (const auto& watcher : woken) watcher->OnStreamChange();
  return ack;
}

void Stream::AppendLate(const v1::AppendInput& input, uint64_t call, Late late) {
  absl::MutexLock lock(&mu_);
  late_.push_back({input, call, late});
}

std::vector<Stream::LateInput> Stream::TakeLateLocked(uint64_t call) {
  if (late_.empty()) return {};
  const auto ours = std::stable_partition(late_.begin(), late_.end(),
                                          [&](const LateInput& l) { return l.call == call; });
  std::vector<LateInput> taken(std::make_move_iterator(ours), std::make_move_iterator(late_.end()));
  late_.erase(ours, late_.end());
  return taken;
}

// As in a session that lives, the first input of a call that is refused takes those behind it
// along: they have no effect either.
void Stream::AppendLateLocked(const std::vector<LateInput>& inputs, Late late) {
  std::set<uint64_t> refused;
  for (const LateInput& l : inputs) {
    if (l.late != late || refused.count(l.call) > 0) continue;
    if (!AppendLocked(l.input).ok()) refused.insert(l.call);
  }
}

absl::StatusOr<v1::AppendAck> Stream::AppendLocked(const v1::AppendInput& input) {
  if (deleted_) return Deleted();
  if (absl::Status s = CheckConditionsLocked(input); !s.ok()) return s;

  const absl::Time now = clock_->Now();
  log_.Expire(now);
  const uint64_t wall = absl::ToUnixMillis(WallNow(*clock_));
  const rpc::v1::TimestampingMode mode = config_.timestamping().mode();
  const bool capped = !config_.timestamping().uncapped();
  const auto timestamp = [&](const v1::AppendRecord& record, uint64_t previous) {
    const bool client = mode != rpc::v1::TIMESTAMPING_MODE_ARRIVAL && record.has_timestamp();
    uint64_t t = client ? record.timestamp() : wall;
    if (capped) t = std::min(t, wall);
    return std::max(t, previous);
  };
  v1::AppendAck ack;
  *ack.mutable_start() = log_.tail();
  if (!log_.Append(input, timestamp, now, RetentionLocked())) return OverCap(*memory_, input);
  ack.mutable_start()->set_timestamp(timestamp(input.records(0), ack.start().timestamp()));
  *ack.mutable_end() = log_.tail();
  *ack.mutable_tail() = log_.tail();
  last_write_ = now;
  ApplyCommandsLocked(input, ack.start().seq_num());
  trimmed_empty_ = log_.first_seq_num() == log_.tail().seq_num();
  return ack;
}

absl::Status Stream::CheckConditionsLocked(const v1::AppendInput& input) const {
  if (input.has_fencing_token() && input.fencing_token() != fencing_token_) {
    return TokenMismatch(input.fencing_token(), fencing_token_);
  }
  const uint64_t next = log_.tail().seq_num();
  if (input.has_match_seq_num() && input.match_seq_num() != next) {
    return SeqNumMismatch(input.match_seq_num(), next);
  }
  if (config_.timestamping().mode() == rpc::v1::TIMESTAMPING_MODE_CLIENT_REQUIRE) {
    for (int i = 0; i < input.records_size(); ++i) {
      if (input.records(i).has_timestamp()) continue;
      return MakeError(ErrorCode::kInvalid, absl::StrCat("records[", i,
                                                         "].timestamp is unset; the stream's "
                                                         "timestamping mode is client-require"));
    }
  }
  return absl::OkStatus();
}

void Stream::ApplyCommandsLocked(const v1::AppendInput& input, uint64_t first_seq_num) {
  for (int i = 0; i < input.records_size(); ++i) {
    const v1::AppendRecord& record = input.records(i);
    if (!IsCommand(record)) continue;
    if (record.headers(0).value() == "fence") {
      fencing_token_ = record.body();
    } else {
      log_.Trim(std::min(TrimPoint(record), first_seq_num + i + 1));
    }
  }
}

Stream::Watchers Stream::TakeIdleLocked() {
  Watchers watchers;
  for (const auto& [key, watcher] : idle_) {
    if (auto alive = watcher.lock()) watchers.push_back(std::move(alive));
  }
  idle_.clear();
  return watchers;
}

absl::StatusOr<v1::StreamPosition> Stream::CheckTail() {
  absl::MutexLock lock(&mu_);
  if (deleted_) return Deleted();
  return log_.tail();
}

absl::StatusOr<Reader> Stream::OpenReader(const rpc::v1::ReadRequest& request, Reader::Mode mode) {
  absl::MutexLock lock(&mu_);
  if (deleted_) return Deleted();
  log_.Expire(clock_->Now());
  return Reader::Open(request, mode, log_);
}

absl::StatusOr<ReadStep> Stream::Next(Reader& reader,
                                      const std::shared_ptr<StreamWatcher>& watcher) {
  absl::MutexLock lock(&mu_);
  const absl::Time now = clock_->Now();
  log_.Expire(now);
  ReadStep step = reader.Next(log_, now);
  switch (step.kind) {
    case ReadStep::Kind::kHeartbeat:
      if (deleted_) return Deleted();
      break;
    case ReadStep::Kind::kIdle:
      if (deleted_) return Deleted();
      idle_.emplace(watcher.get(), watcher);
      break;
    case ReadStep::Kind::kBatch:
    case ReadStep::Kind::kEnd:
      break;
  }
  return step;
}

void Stream::WatchDeletion(const std::shared_ptr<StreamWatcher>& watcher) {
  absl::MutexLock lock(&mu_);
  sessions_.emplace(watcher.get(), watcher);
}

void Stream::Forget(StreamWatcher* watcher) {
  absl::MutexLock lock(&mu_);
  idle_.erase(watcher);
  sessions_.erase(watcher);
}

rpc::v1::StreamConfig Stream::config() const {
  absl::MutexLock lock(&mu_);
  return config_;
}

void Stream::set_config(const rpc::v1::StreamConfig& config) {
  absl::MutexLock lock(&mu_);
  config_ = config;
}

void Stream::Delete() {
  v1::AppendInput end = MakeInput({MakeTrimRecord(std::numeric_limits<uint64_t>::max())});
  end.mutable_records(0)->set_timestamp(std::numeric_limits<uint64_t>::max());
  Watchers woken;
  {
    absl::MutexLock lock(&mu_);
    if (deleted_) return;
    (void)AppendLocked(end);
    log_.Trim(log_.tail().seq_num());
    deleted_ = true;
    late_.clear();
    woken = TakeIdleLocked();
    for (const auto& [key, watcher] : sessions_) {
      if (auto alive = watcher.lock()) woken.push_back(std::move(alive));
    }
  }
  for (const auto& watcher : woken) watcher->OnStreamChange();
}

bool Stream::deleted() const {
  absl::MutexLock lock(&mu_);
  return deleted_;
}

absl::Time Stream::DeleteOnEmptyAt() {
  absl::MutexLock lock(&mu_);
  const absl::Duration min_age = absl::Seconds(config_.delete_on_empty().min_age_secs());
  if (min_age == absl::ZeroDuration() || deleted_) return absl::InfiniteFuture();
  if (trimmed_empty_) return last_write_ + min_age;
  const absl::Time now = clock_->Now();
  log_.Expire(now);
  if (log_.first_seq_num() != log_.tail().seq_num()) return now + min_age;
  return last_write_ + RetentionLocked() + min_age;
}

absl::Duration Stream::RetentionLocked() const {
  if (!config_.retention_policy().has_age()) return absl::InfiniteDuration();
  return absl::Seconds(config_.retention_policy().age());
}

}  // namespace s2::emulator
