// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// A simulated server's stream, cut anywhere and resumed by ReadCursor, must give what the uncut
// stream gives.

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "s2/session/internal/read/read_cursor.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

using Rng = std::mt19937_64;

uint64_t Draw(Rng& rng, uint64_t least, uint64_t most) {
  return std::uniform_int_distribution<uint64_t>(least, most)(rng);
}

// What a read session gets: frames, and how it ends.
struct Answer {
  std::vector<v1::ReadBatch> frames;
  absl::Status end;
};

// A stream that nobody writes to: it may have lost records at its beginning and in between.
class Server {
 public:
  explicit Server(Rng& rng) {
    tail_ = Draw(rng, 0, 30);
    uint64_t timestamp = 1000;
    for (uint64_t seq_num = Draw(rng, 0, tail_ / 2); seq_num < tail_; ++seq_num) {
      timestamp += Draw(rng, 0, 2);
      if (Draw(rng, 0, 5) == 0) continue;
      v1::SequencedRecord record;
      record.set_seq_num(seq_num);
      record.set_timestamp(timestamp);
      record.set_body(std::string(Draw(rng, 0, 20), 'x'));
      records_.push_back(record);
    }
  }

  uint64_t tail() const { return tail_; }

  Answer Read(const rpc::v1::ReadRequest& request, Rng& rng) const {
    if ((request.has_count() && request.count() == 0) ||
        (request.has_bytes() && request.bytes() == 0)) {
      return {};
    }
    const bool bounded = request.has_count() || request.has_bytes() || request.has_until();
    const bool may_follow = !bounded || request.wait() > 0;
    uint64_t position = Start(request);
    if (position > tail_ && request.clamp()) position = tail_;
    if (position > tail_ || (position == tail_ && !may_follow)) return {{}, Unwritten(tail_)};

    Answer answer;
    uint64_t count = request.has_count() ? request.count() : ~0ull;
    uint64_t bytes = request.has_bytes() ? request.bytes() : ~0ull;
    v1::ReadBatch frame;
    bool stopped = false;
    for (const v1::SequencedRecord& record : records_) {
      if (record.seq_num() < position) continue;
      const uint64_t size = MeteredBytes(record);
      stopped = count == 0 || bytes < size ||
                (request.has_until() && record.timestamp() >= request.until());
      if (stopped) break;
      --count;
      bytes -= size;
      *frame.add_records() = record;
      if (Draw(rng, 0, 3) == 0) answer.frames.push_back(std::exchange(frame, {}));
    }
    if (!frame.records().empty()) answer.frames.push_back(std::move(frame));
    // A gap behind a limit that is as good as met is nobody's loss.
    if (!stopped && count > 0 && bytes >= 8 && may_follow &&
        !(request.has_wait() && request.wait() == 0)) {
      for (uint64_t i = Draw(rng, 1, 3); i > 0; --i) answer.frames.push_back(Heartbeat(tail_));
    }
    return answer;
  }

 private:
  uint64_t Start(const rpc::v1::ReadRequest& request) const {
    switch (request.start_case()) {
      case rpc::v1::ReadRequest::kSeqNum:
        return request.seq_num();
      case rpc::v1::ReadRequest::kTimestamp:
        for (const v1::SequencedRecord& record : records_) {
          if (record.timestamp() >= request.timestamp()) return record.seq_num();
        }
        return tail_;
      default:
        return tail_ - std::min(tail_, request.tail_offset());
    }
  }

  std::vector<v1::SequencedRecord> records_;
  uint64_t tail_;
};

rpc::v1::ReadRequest DrawRequest(Rng& rng, uint64_t tail) {
  rpc::v1::ReadRequest request;
  switch (Draw(rng, 0, 3)) {
    case 0:
      request.set_seq_num(Draw(rng, 0, tail + 2));
      break;
    case 1:
      request.set_timestamp(1000 + Draw(rng, 0, tail));
      break;
    case 2:
      request.set_tail_offset(Draw(rng, 0, tail + 2));
      break;
    default:
      break;
  }
  if (Draw(rng, 0, 2) == 0) request.set_clamp(true);
  if (Draw(rng, 0, 2) == 0) request.set_count(Draw(rng, 0, 12));
  if (Draw(rng, 0, 2) == 0) request.set_bytes(Draw(rng, 0, 200));
  if (Draw(rng, 0, 3) == 0) request.set_until(1000 + Draw(rng, 0, tail * 2));
  if (Draw(rng, 0, 1) == 0) request.set_wait(Draw(rng, 0, 20));
  return request;
}

struct Outcome {
  std::vector<uint64_t> delivered;
  std::vector<uint64_t> missing;  // from the first position known to be wanted on
  absl::Status end;
};

// Reads with up to `cuts` cuts.
Outcome ReadAll(const Server& server, const rpc::v1::ReadRequest& request, int cuts, Rng& rng) {
  Outcome outcome;
  absl::Time now = absl::UnixEpoch();
  ReadCursor cursor(request);
  const auto skip = [&outcome](const std::optional<SeqNumRange>& range) {
    if (!range) return;
    for (uint64_t s = range->begin; s < range->end; ++s) outcome.missing.push_back(s);
  };
  while (true) {
    outcome.end = absl::OkStatus();
    const Answer answer = server.Read(cursor.NextRequest(now), rng);
    if (answer.end.ok()) cursor.OnAccepted(now);
    const bool cut = cuts-- > 0;
    const size_t frames = cut ? Draw(rng, 0, answer.frames.size()) : answer.frames.size();
    for (size_t i = 0; i < frames; ++i) {
      now += absl::Milliseconds(Draw(rng, 0, 3000));
      const absl::StatusOr<ReadFrame> frame = MakeReadFrame(answer.frames[i]);
      auto skipped = cursor.OnFrame(*frame, now);
      if (!skipped.ok()) {
        outcome.end = skipped.status();
        return outcome;
      }
      skip(*skipped);
      if (cursor.looks_behind_end()) {
        if (cursor.KnowsItsEnd()) return outcome;
        continue;
      }
      if (cursor.at_tail() && now >= cursor.wait_deadline()) return outcome;
      uint64_t end = frame->runs.empty() ? 0 : frame->runs.front().seq_nums.begin;
      for (const ReadRun& run : frame->runs) {
        if (run.seq_nums.begin > end) skip(SeqNumRange{end, run.seq_nums.begin});
        end = run.seq_nums.end;
        for (const v1::SequencedRecord& record : run.result.batch.records()) {
          outcome.delivered.push_back(record.seq_num());
        }
      }
    }
    // A cut comes before the end is seen; a refusal is seen at once.
    const bool refused = answer.frames.empty() && !answer.end.ok();
    outcome.end = cut && !refused ? Broken() : answer.end;
    if (outcome.end.ok()) {
      if (cursor.looks_behind_end() || cursor.KnowsItsEnd()) return outcome;
      cursor.LookBehindEnd();
      continue;
    }
    if (cursor.IsCleanEnd(outcome.end, now)) {
      outcome.end = absl::OkStatus();
      return outcome;
    }
    if (!IsRetryable(outcome.end)) return outcome;
    now += absl::Milliseconds(Draw(rng, 0, 30000));
  }
}

TEST(ReadCursorModel, AStreamCutAnywhereGivesWhatTheUncutStreamGives) {
  for (uint64_t seed = 1; seed <= 20000; ++seed) {
    Rng rng(seed);
    const Server server(rng);
    const rpc::v1::ReadRequest request = DrawRequest(rng, server.tail());
    const Outcome uncut = ReadAll(server, request, 0, rng);
    const Outcome cut = ReadAll(server, request, static_cast<int>(Draw(rng, 1, 5)), rng);
    ASSERT_EQ(cut.delivered, uncut.delivered)
        << "seed " << seed << " " << request.ShortDebugString();
    ASSERT_EQ(cut.missing, uncut.missing) << "seed " << seed << " " << request.ShortDebugString();
    ASSERT_EQ(cut.end, uncut.end) << "seed " << seed << " " << request.ShortDebugString();
  }
}

}  // namespace
}  // namespace s2::internal
