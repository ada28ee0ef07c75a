// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Loops over a read session: its batches, or its records.
class ReadSessionLoop : public ReadSessionTest {
 protected:
  // A session that has read these batches, and how it goes on.
  void OpenWith(const std::vector<v1::ReadBatch>& batches, const absl::Status& end) {
    logs_.emplace();
    if (end.ok()) request_.set_count(0);
    for (const v1::ReadBatch& batch : batches) {
      if (end.ok()) request_.set_count(request_.count() + batch.records_size());
    }
    OpenAccepted();
    for (const v1::ReadBatch& batch : batches) call().Deliver(batch);
    call().Finish(end);
  }
  // As a user may open one.
  absl::StatusOr<ReadSession> OpenTemporary(const std::vector<v1::ReadBatch>& batches) {
    OpenWith(batches, absl::OkStatus());
    return *std::exchange(session_, std::nullopt);
  }
  // What was logged and is no transition.
  std::vector<std::string> Complaints() {
    session_.reset();
    executor_->RunAll();
    std::vector<std::string> complaints;
    for (const std::string& line : *logs_) {
      if (line.find(" -> ") == std::string::npos) complaints.push_back(line);
    }
    return complaints;
  }
  static std::vector<uint64_t> SeqNums(ReadRecords records) {
    std::vector<uint64_t> seen;
    for (const v1::SequencedRecord& record : records) seen.push_back(record.seq_num());
    return seen;
  }
};

const absl::Status kRefused = MakeError(ErrorCode::kPermissionDenied, "no");

TEST_F(ReadSessionLoop, GoesOverBatchesToTheCleanEnd) {
  OpenWith({Batch({0, 1}), Batch({4})}, absl::OkStatus());
  std::vector<std::string> seen;
  for (const ReadResult& result : session_->Batches()) seen.push_back(Show(result));
  EXPECT_THAT(seen, ElementsAre("0 1", "[2,4) 4"));
  EXPECT_TRUE(session_->status().ok());
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(ReadSessionLoop, GoesOverRecordsToTheCleanEnd) {
  OpenWith({Batch({0, 1}), Batch({2}), Batch({3, 4, 5})}, absl::OkStatus());
  EXPECT_THAT(SeqNums(session_->Records()), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_TRUE(session_->status().ok());
}

TEST_F(ReadSessionLoop, ComesToAGapThatNoRecordFollows) {
  logs_.emplace();
  OpenWaiting(0);
  call().Deliver(Batch({0, 1}));
  call().Deliver(Heartbeat(7));
  std::vector<std::string> seen;
  for (const ReadResult& result : session_->Batches()) seen.push_back(Show(result));
  EXPECT_THAT(seen, ElementsAre("0 1", "[2,7)"));
  EXPECT_TRUE(session_->status().ok());
  session_.reset();

  OpenWaiting(0);
  call().Deliver(Batch({0, 1}));
  call().Deliver(Heartbeat(7));
  EXPECT_THAT(SeqNums(session_->Records()), ElementsAre(0, 1));
  EXPECT_TRUE(session_->status().ok());
}

TEST_F(ReadSessionLoop, OverNothingIsEmpty) {
  OpenWith({}, absl::OkStatus());
  EXPECT_THAT(SeqNums(session_->Records()), IsEmpty());
  EXPECT_TRUE(session_->status().ok());
}

TEST_F(ReadSessionLoop, EndsWithAnErrorThatStatusTells) {
  OpenWith({Batch({0, 1})}, kRefused);
  EXPECT_THAT(SeqNums(session_->Records()), ElementsAre(0, 1));
  EXPECT_EQ(GetErrorCode(session_->status()), ErrorCode::kPermissionDenied);
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(ReadSessionLoop, AnErrorThatNobodyLooksAtIsLogged) {
  OpenWith({Batch({0})}, kRefused);
  SeqNums(session_->Records());
  EXPECT_THAT(Complaints(), ElementsAre(HasSubstr("nobody looked at")));
  OpenWith({Batch({0})}, kRefused);
  for (const ReadResult& result : session_->Batches()) EXPECT_EQ(Show(result), "0");
  EXPECT_THAT(Complaints(), ElementsAre(HasSubstr("nobody looked at")));
}

TEST_F(ReadSessionLoop, AnErrorIsNotLookedAtByWhoAskedBeforeItCame) {
  OpenWith({Batch({0})}, kRefused);
  EXPECT_TRUE(session_->status().ok()) << "the loop has not begun";
  for (const ReadResult& result : session_->Batches()) {
    EXPECT_EQ(Show(result), "0");
    EXPECT_TRUE(session_->status().ok());
  }
  EXPECT_THAT(Complaints(), ElementsAre(HasSubstr("nobody looked at")));
}

TEST_F(ReadSessionLoop, MayBeLeftByEveryVerbFromInside) {
  OpenWith({Batch({0}), Batch({1}), Batch({2}), Batch({3})}, kRefused);
  std::vector<std::string> seen;
  for (const ReadResult& result : session_->Batches()) {
    seen.push_back(Show(result));
    if (seen.size() == 1) seen.push_back(ShowNext());
    if (seen.size() == 3) session_->Cancel();
  }
  EXPECT_THAT(seen, ElementsAre("0", "1", "2"));
  EXPECT_TRUE(absl::IsCancelled(session_->status()));

  OpenWith({Batch({0}), Batch({1})}, kRefused);
  ReadBatches batches = session_->Batches();
  seen.clear();
  for (const ReadResult& result : batches) {
    seen.push_back(Show(result));
    session_.reset();
  }
  EXPECT_THAT(seen, ElementsAre("0", "1")) << "the range keeps the session";
}

TEST_F(ReadSessionLoop, EndsWhereSomebodyElseIsTaking) {
  OpenWith({}, absl::UnavailableError("cut"));
  session_->NextAsync([](const absl::StatusOr<ReadResult>&) {});
  EXPECT_THAT(SeqNums(session_->Records()), IsEmpty());
  EXPECT_EQ(GetErrorCode(session_->status()), ErrorCode::kInvalid);
}

TEST_F(ReadSessionLoop, ThatIsLeftEarlyComplainsOfNothingAndNextGoesOn) {
  OpenWith({Batch({0, 1}), Batch({2})}, kRefused);
  for (const v1::SequencedRecord& record : session_->Records()) {
    if (record.seq_num() == 0) break;
  }
  EXPECT_EQ(ShowNext(), "2") << "behind the batch that the loop was at";
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(ReadSessionLoop, OverATemporarySessionKeepsItAlive) {
  std::vector<uint64_t> seen;
  for (const v1::SequencedRecord& record : OpenTemporary({Batch({0, 1}), Batch({2})})->Records()) {
    seen.push_back(record.seq_num());
  }
  EXPECT_THAT(seen, ElementsAre(0, 1, 2));
  seen.clear();
  for (const ReadResult& result : OpenTemporary({Batch({0}), Batch({1})})->Batches()) {
    seen.push_back(result.batch.records(0).seq_num());
  }
  EXPECT_THAT(seen, ElementsAre(0, 1));
}

// A loop over the session itself would outlive a temporary one: it does not compile.
template <typename T, typename = void>
struct IsRange : std::false_type {};
template <typename T>
struct IsRange<T, std::void_t<decltype(std::declval<T&>().begin())>> : std::true_type {};
static_assert(IsRange<ReadRecords>::value && IsRange<ReadBatches>::value);
static_assert(!IsRange<ReadSession>::value);

}  // namespace
}  // namespace s2::internal
