// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_READ_SESSION_FIXTURE_H_
#define S2_TESTS_SESSION_READ_SESSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/session/internal/make_session.h"
#include "s2/session/internal/read/read_frame.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/session/fake_transport.h"
#include "s2/tests/session/manual_executor.h"
#include "s2/tests/session/server_answers.h"

namespace s2::internal {

inline v1::StreamPosition Position(uint64_t seq_num) {
  v1::StreamPosition position;
  position.set_seq_num(seq_num);
  position.set_timestamp(1000 + seq_num);
  return position;
}

// A record of 10 metered bytes.
inline v1::SequencedRecord Record(uint64_t seq_num) {
  v1::SequencedRecord record;
  record.set_seq_num(seq_num);
  record.set_timestamp(1000 + seq_num);
  record.set_body("ab");
  return record;
}
inline constexpr uint64_t kRecordBytes = 10;

inline v1::SequencedRecord Command(uint64_t seq_num) {
  v1::SequencedRecord record = Record(seq_num);
  record.add_headers()->set_value("fence");
  return record;
}

inline v1::ReadBatch Batch(const std::vector<uint64_t>& seq_nums,
                           std::optional<uint64_t> tail = std::nullopt) {
  v1::ReadBatch batch;
  for (uint64_t seq_num : seq_nums) *batch.add_records() = Record(seq_num);
  if (tail) *batch.mutable_tail() = Position(*tail);
  return batch;
}

inline absl::StatusOr<ReadFrame> MakeReadFrame(v1::ReadBatch message) {
  absl::StatusOr<ReadFrame> frame = ReadFrame();
  *MakeReady(&*frame) = std::move(message);
  if (absl::Status s = TakeApart(/*skip_commands=*/false, &*frame); !s.ok()) return s;
  return frame;
}

inline v1::ReadBatch CommandBatch(const std::vector<uint64_t>& seq_nums,
                                  std::optional<uint64_t> tail = std::nullopt) {
  v1::ReadBatch batch;
  for (uint64_t seq_num : seq_nums) *batch.add_records() = Command(seq_num);
  if (tail) *batch.mutable_tail() = Position(*tail);
  return batch;
}

inline v1::ReadBatch Heartbeat(uint64_t tail) { return Batch({}, tail); }

// What Next returned, for a person: "5 6 7", "[2,5) 5 6 7", "[2,5)", "end", "none" (nothing yet),
// or the error.
inline std::string Show(const absl::StatusOr<ReadResult>& next) {
  if (absl::IsDeadlineExceeded(next.status()) && GetErrorCode(next.status()) == ErrorCode::kNone) {
    return "none";
  }
  if (!next.ok()) return next.status().ToString();
  if (next->end) return "end";
  std::string text;
  if (next->skipped) text = absl::StrCat("[", next->skipped->begin, ",", next->skipped->end, ")");
  for (const v1::SequencedRecord& record : next->batch.records()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", record.seq_num());
  }
  return text;
}

// A session driven by hand, in one thread.
class ReadSessionTest : public ::testing::Test {
 protected:
  ReadSessionTest() {
    request_.set_seq_num(0);
    // A budget that a test can spend quickly.
    options_.retry.budget = RetryBudget::Attempts(3);
  }
  ~ReadSessionTest() override {
    session_.reset();
    executor_->RunAll();
  }

  void Open() {
    Runtime runtime;
    runtime.clock = clock_;
    runtime.executor = executor_;
    runtime.random = [] { return 0.0; };
    if (logs_) runtime.log = [this](absl::string_view line) { logs_->emplace_back(line); };
    session_.emplace(
        MakeReadSession("s2://basin/stream", transport_, std::move(runtime), request_, options_));
  }
  // Opens, and is accepted.
  void OpenAccepted() {
    Open();
    call().Accept();
  }
  // The same, of a session that goes on at the tail until it was told nothing new for so long.
  void OpenWaiting(uint32_t seconds = 5) {
    request_.set_wait(seconds);
    OpenAccepted();
  }
  // The last stream breaks; the pause goes by; the next stream is accepted.
  void Reconnect(const absl::Status& error = Broken()) {
    call().Finish(error);
    ASSERT_TRUE(clock_->AdvanceToNextTimer());
    call().Accept();
  }

  // The last call opened.
  FakeReadCall& call() { return transport_->last_read(); }
  // The next batch, without waiting.
  absl::StatusOr<ReadResult> Next() { return session_->Next(absl::InfinitePast()); }
  std::string ShowNext() { return Show(Next()); }
  ErrorCode NextError() { return GetErrorCode(Next().status()); }

  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  rpc::v1::ReadRequest request_;
  ReadSessionOptions options_;
  std::optional<std::vector<std::string>> logs_;
  std::optional<ReadSession> session_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_READ_SESSION_FIXTURE_H_
