// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;

// A deleted stream says so until it is purged, which may be at once, and then it is not found.
class DeleteStreamTest : public ConformanceTest {
 protected:
  static bool IsGoing(const absl::Status& status) {
    return GetErrorCode(status) == ErrorCode::kStreamDeletionPending ||
           GetErrorCode(status) == ErrorCode::kStreamNotFound;
  }
  static void Delete(const s2::Stream& stream) {
    EXPECT_EQ(basin().DeleteStream(stream.name()), absl::OkStatus());
  }
};

TEST_F(DeleteStreamTest, ADeletedOneIsNotServed) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 1);
  Delete(stream);
  for (const absl::Status& status :
       {stream.CheckTail().status(), stream.Append(Input({"x"})).status(),
        stream.Read(From(0)).status(), basin().GetStreamConfig(stream.name()).status(),
        Reconfigure(stream, {}, {}).status()}) {
    EXPECT_TRUE(IsGoing(status)) << status;
  }
  ReadSession read = OpenRead(stream, From(0));
  EXPECT_TRUE(IsGoing(EndOf(read)));
  AppendSession append = OpenAppend(stream);
  EXPECT_TRUE(IsGoing(Await(append.Submit(Input({"x"}))).status()));
}

TEST_F(DeleteStreamTest, ADeletedOneIsListedAsSuchOrNotAtAll) {
  const s2::Stream stream = NewStream();
  Delete(stream);
  for (const auto& info : Must(basin().ListAllStreams(stream.name(), true))) {
    EXPECT_TRUE(info.has_deleted_at());
  }
  EXPECT_TRUE(Must(basin().ListAllStreams(stream.name())).empty());
}

TEST_F(DeleteStreamTest, DeletingAgainIsNoErrorUntilItIsGone) {
  const s2::Stream stream = NewStream();
  Delete(stream);
  const absl::Status again = basin().DeleteStream(stream.name());
  EXPECT_THAT(again, AnyOf(HasCode(ErrorCode::kNone), HasCode(ErrorCode::kStreamNotFound)));
  EXPECT_EQ(basin().DeleteStream(stream.name(), /*ignore_not_found=*/true), absl::OkStatus());
}

TEST_F(DeleteStreamTest, AMissingOneIsNotFound) {
  EXPECT_THAT(basin().DeleteStream(NewName()), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_EQ(basin().DeleteStream(NewName(), /*ignore_not_found=*/true), absl::OkStatus());
}

TEST_F(DeleteStreamTest, TheNameIsFreeOnceItIsGoneAndBeginsAnew) {
  const s2::Stream stream = NewStream();
  v1::AppendInput fence;
  *fence.add_records() = MakeFenceRecord("token");
  Must(stream.Append(fence));
  Delete(stream);
  absl::Status created;
  EXPECT_TRUE(Eventually([&] {
    created = basin().CreateStream(stream.name()).status();
    return GetErrorCode(created) != ErrorCode::kStreamDeletionPending;
  }));
  EXPECT_EQ(created, absl::OkStatus());
  EXPECT_EQ(Must(stream.CheckTail()).seq_num(), 0u);
  EXPECT_THAT(Must(stream.Append(Fenced("", {"anew"}))), Spans(0, 1));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("anew"));
}

TEST_F(DeleteStreamTest, AnAppendSessionEnds) {
  const s2::Stream stream = NewStream();
  AppendSession session = OpenAppend(stream);
  Must(Await(session.Submit(Input({"x"}))));
  Delete(stream);
  EXPECT_TRUE(IsGoing(Await(session.Submit(Input({"y"}))).status()));
}

TEST_F(DeleteStreamTest, AFollowerGetsTheTrimThatEndsTheStreamAndEnds) {
  const s2::Stream stream = NewStream();
  AppendNumbers(stream, 1);
  ReadSession session = OpenRead(stream, From(0));
  EXPECT_THAT(Take(session, 1), ElementsAre("0"));
  CatchUp(session);
  Delete(stream);
  const v1::ReadBatch last = NextBatch(session);
  ASSERT_EQ(last.records_size(), 1);
  EXPECT_EQ(last.records(0).seq_num(), 1u);
  EXPECT_EQ(last.records(0).headers(0).value(), "trim");
  EXPECT_TRUE(IsGoing(EndOf(session)));
}

}  // namespace
}  // namespace s2::conformance
