// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/simulation/faults.h"
#include "s2/tests/simulation/reader.h"

namespace s2::simulation {

void Reader::Fail(absl::string_view what) const { world_->Fail(absl::StrCat(name_, ": ", what)); }

namespace {

// What may be under way when a session's time is over.
constexpr absl::Duration kRoundTrip = absl::Seconds(1);
// A stream that stands for so long is progress, though heartbeats are all that comes.
constexpr absl::Duration kStood = absl::Seconds(5);

}  // namespace

void Reader::Check() {
  if (!session_) return;
  const ReadSessionStats stats = session_->Stats();
  if (stats.buffered_bytes > 0 && stats.buffered_bytes >= options_.max_buffered_bytes + largest_) {
    Fail("it holds more than it may");
  }
  if (stats.attempts != opens_ || stats.records < records_) Fail("the figures are not true");
  if (!options_.skip_commands && stats.records != records_) Fail("the figures are not true");
  CheckWait(stats);
}

// A session that waits at the tail ends in time, whatever happens to its connections.
void Reader::CheckWait(const ReadSessionStats& stats) {
  const absl::Time now = world_->Now();
  if (stats.state == ReadSessionState::kStreaming && !accepted_at_) {
    accepted_at_ = now;
    if (!waits_since_) waits_since_ = now;
  }
  if (std::exchange(held_, stats.buffered_bytes > 0) || held_) held_at_ = now;
  if (!AtTail() || stats.state == ReadSessionState::kEnded) return;
  if (now > std::max(wait_deadline(), held_at_) + kRoundTrip) Fail("it waits for too long");
}

absl::Time Reader::wait_deadline() const {
  if (!waits() || !waits_since_) return absl::InfiniteFuture();
  return *waits_since_ + absl::Seconds(request_.wait());
}

// A resumed read asks for what is left: behind the last record, with what remains of the limits
// and of the time since that record came. One that was ended asks what is behind its end, if the
// tail is not known.
rpc::v1::ReadRequest Reader::Expected() const {
  rpc::v1::ReadRequest expected = rest_;
  if (looks_) {
    expected.Clear();
    expected.set_seq_num(*received_);
    expected.set_count(1);
    expected.set_wait(1);
  } else if (waits()) {
    const absl::Duration wait = absl::Seconds(request_.wait());
    const absl::Duration left = std::min(wait_deadline() - world_->Now(), wait);
    expected.set_wait(
        std::max<int64_t>((left + absl::Seconds(1) - absl::Nanoseconds(1)) / absl::Seconds(1), 1));
  }
  return expected;
}

Observer* Reader::OnOpen(const rpc::v1::ReadRequest* request) {
  ++opens_;
  if (said_end_ && !looks_) {
    if (!received_ || AtTail()) Fail("it goes on behind its end");
    looks_ = true;
  }
  const rpc::v1::ReadRequest expected = Expected();
  if (expected.SerializeAsString() != request->SerializeAsString()) {
    Fail(absl::StrCat("it asks for {", request->ShortDebugString(), "}, and {",
                      expected.ShortDebugString(), "} is left"));
  }
  accepted_at_.reset();
  if (!looks_) {
    opened_at_ = world_->Now();
    opened_wait_ = request->wait();
    opened_durable_ = server_->stream()->durable();
  }
  if (!failed_) return this;
  const absl::string_view wrong = pacing_.CheckRetry(world_->Now());
  if (!wrong.empty()) Fail(wrong);
  return this;
}

void Reader::OnBatch(const v1::ReadBatch& batch) {
  largest_ = std::max(largest_, MeteredBytes(batch));
  const auto& records = batch.records();
  for (int i = 1; i < records.size(); ++i) {
    if (records[i].seq_num() <= records[i - 1].seq_num()) return;  // a lie
  }
  if (records.empty() && !batch.has_tail()) return;
  const std::optional<uint64_t> before = received_;
  const uint64_t begin = records.empty() ? batch.tail().seq_num() : records[0].seq_num();
  if (!received_) {
    received_ = begin;
    if (request_.has_seq_num()) received_ = std::min(*received_, request_.seq_num());
    next_ = received_;
  }
  // A stream that is not the one it was: the session has to say so, and to stop.
  if (begin < *received_ || (batch.has_tail() && batch.tail().seq_num() < *received_)) return;
  if (accepted_at_ && world_->Now() >= *accepted_at_ + kStood) pacing_.OnProgress();
  received_ = begin;
  if (!records.empty() && !looks_) received_ = records.rbegin()->seq_num() + 1;
  if (before != received_) pacing_.OnProgress();
  if (batch.has_tail()) told_tail_ = batch.tail().seq_num();
  if (looks_) return;
  if (!records.empty()) waits_since_ = world_->Now();
  rest_.set_seq_num(*received_);
  if (rest_.has_count()) rest_.set_count(rest_.count() - records.size());
  if (rest_.has_bytes()) rest_.set_bytes(rest_.bytes() - MeteredBytes(batch));
}

void Reader::OnOver(const absl::Status* status) {
  told_ = status == nullptr ? ErrorCode::kNone : GetErrorCode(*status);
  failed_ = status == nullptr || !status->ok() || endless();
  if (!failed_) {
    looked_in_vain_ = looks_;
    if (!std::exchange(said_end_, true)) end_ = received_;
  }
  if (failed_) pacing_.OnFailure(world_->Now(), status);
}

void Reader::CheckRecords(const ReadResult& result) {
  if (!next_) next_ = request_.seq_num();
  std::optional<SeqNumRange> skipped = result.skipped;
  if (skipped && options_.fail_on_skipped) Fail("records were skipped");
  if (result.batch.records().empty()) {
    if (!skipped) return Fail("an empty batch");
    CheckMissing(*next_, skipped->end, skipped);
    next_ = skipped->end;
    return;
  }
  const uint64_t life = Stream::Life(result.batch.records(0).timestamp());
  if (life >= server_->lives().size()) return Fail("a record of no stream that ever was");
  const Stream& stream = *server_->lives()[life];
  for (const v1::SequencedRecord& record : result.batch.records()) {
    const uint64_t seq_num = record.seq_num();
    if (seq_num < *next_) return Fail(absl::StrCat("record ", seq_num, " comes again"));
    if (seq_num >= stream.durable()) return Fail("a record that is not durable");
    CheckMissing(*next_, seq_num, std::exchange(skipped, std::nullopt));
    if (record.SerializeAsString() != stream.Read(seq_num).SerializeAsString()) {
      return Fail(absl::StrCat("record ", seq_num, " is not what was appended"));
    }
    if (options_.skip_commands && IsCommand(record)) Fail("a command was not left out");
    next_ = seq_num + 1;
    ++records_;
  }
}

// What was not delivered has been trimmed and the session says so, or is a command and left out.
void Reader::CheckMissing(uint64_t begin, uint64_t end, const std::optional<SeqNumRange>& skipped) {
  if (skipped && (skipped->begin < begin || skipped->end > end || skipped->begin >= skipped->end)) {
    return Fail("what it says was skipped is not what is missing");
  }
  for (uint64_t i = begin; i < end; ++i) {
    const bool said = skipped && i >= skipped->begin && i < skipped->end;
    if (!IsLeftOut(i) && !(said && IsGone(i))) {
      return Fail(absl::StrCat("record ", i, said ? " was skipped, and is there" : " is missing"));
    }
  }
}

// Which life it was that lacked it the session cannot know.
bool Reader::IsGone(uint64_t seq_num) const {
  return absl::c_any_of(server_->lives(), [seq_num](const auto& stream) {
    return seq_num < stream->durable() && stream->at(seq_num).gone;
  });
}

bool Reader::IsLeftOut(uint64_t seq_num) const {
  return options_.skip_commands && absl::c_any_of(server_->lives(), [seq_num](const auto& stream) {
           return seq_num < stream->durable() && IsCommand(stream->at(seq_num).record());
         });
}

bool Reader::LimitsMet() const {
  const Stream& stream = *server_->stream();
  if (rest_.has_count() && rest_.count() == 0) return true;
  if (rest_.has_bytes() && rest_.bytes() < 8) return true;
  for (uint64_t next = end_.value_or(*received_); next < stream.durable(); ++next) {
    if (rest_.has_bytes() && rest_.bytes() < MeteredBytes(stream.at(next).record())) return true;
    if (rest_.has_until() && rest_.until() <= stream.Timestamp(next)) return true;
    if (!stream.at(next).gone) break;
  }
  return false;
}

// A limit was met; or the time was over; or it was at the tail, and may not wait. What is missing
// was told.
void Reader::CheckCleanEnd() {
  ended_ = true;
  world_->Log(name_, " has ended");
  if (endless()) return Fail("it ended, and nobody said when");
  if (!only_life() || !received_) return;  // where it was is not known
  for (uint64_t i = next_.value_or(*received_); i < *received_; ++i) {
    if (!IsLeftOut(i)) return Fail(absl::StrCat("it ended, and record ", i, " is missing"));
  }
  if (LimitsMet() || looked_in_vain_) return;
  const uint64_t tail = said_end_ ? opened_durable_ : told_tail_.value_or(0);
  if (*received_ < tail) return Fail("it ended before the tail");
  if (!waits()) return;
  const absl::Time servers = opened_at_ + absl::Seconds(opened_wait_);
  if (world_->Now() < std::min(servers, wait_deadline())) Fail("it ended before its time");
}

void Reader::CheckError(const absl::Status& error) {
  ended_ = true;
  world_->Log(name_, " has failed: ", error.message());
  const ErrorCode code = GetErrorCode(error);
  if (code != ErrorCode::kNone && code == told_) return;
  switch (code) {
    case ErrorCode::kInvalidBatch:
      if (!lied_to_ && only_life()) Fail("a batch was refused that was true");
      break;
    case ErrorCode::kRecordsSkipped:
      if (!options_.fail_on_skipped) Fail("it makes an error of skipped records");
      break;
    default:
      if (MayPass(error) && !pacing_.Spent()) Fail("it gave up too early");
  }
}

void Reader::CheckTail(const absl::StatusOr<v1::StreamPosition>& tail) {
  if (!tail.ok()) {
    if (!usable() || taking_) return;
    const Result end = session_->Next(absl::InfinitePast());
    if (end.ok() ? !end->end : IsLate(end.status())) {
      Fail("waiting for the tail failed, and the session has not ended");
    }
    return OnResult(end);
  }
  if (!only_life()) return;
  const Stream& stream = *server_->stream();
  if (tail->seq_num() > stream.durable()) return Fail("a tail that is not there yet");
  for (uint64_t i = next_.value_or(tail->seq_num()); i < tail->seq_num(); ++i) {
    if (!IsLeftOut(i)) return Fail("it says it is caught up, and is not");
  }
}

void Reader::CheckEnd() const {
  if (link_->alive() > 0) Fail("a connection is left");
  if (expected_ != 0) Fail(absl::StrCat(expected_, " callbacks have not come"));
}

}  // namespace s2::simulation
