// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <thread>

#include "s2/tests/conformance/configs.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;

// Streams that are created by being used, where their basin allows it.
class AutoCreateTest : public ConformanceTest {
 protected:
  static BasinConfig OnAppend() {
    BasinConfig config = Defaults(Age(60));
    config.set_create_stream_on_append(true);
    return config;
  }
  static BasinConfig OnRead() {
    BasinConfig config = Defaults(Age(60));
    config.set_create_stream_on_read(true);
    return config;
  }
  static size_t Streams(const s2::Basin& basin) { return Must(basin.ListAllStreams()).size(); }

  // Calls `use` from eight threads. One that comes amid the creation may still be told that there
  // is no stream, and tries again.
  template <typename Use>
  static void EightAtOnce(Use use) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        absl::Status status;
        EXPECT_TRUE(Eventually([&] {
          status = use();
          return GetErrorCode(status) != ErrorCode::kStreamNotFound;
        }));
        EXPECT_EQ(status, absl::OkStatus());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(AutoCreateTest, NothingIsCreatedByDefault) {
  const s2::Basin basin = NewBasin();
  const s2::Stream stream = basin.Stream("missing");
  EXPECT_THAT(stream.Append(Input({"x"})).status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(stream.Read(From(0)).status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(stream.CheckTail().status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_EQ(Streams(basin), 0u);
}

TEST_F(AutoCreateTest, AnAppendCreatesItWithTheBasinsDefaults) {
  const s2::Basin basin = NewBasin(OnAppend());
  const s2::Stream stream = basin.Stream("missing");
  EXPECT_THAT(stream.CheckTail().status(), HasCode(ErrorCode::kStreamNotFound));
  EXPECT_THAT(Must(stream.Append(Input({"a"}))), Spans(0, 1));
  EXPECT_THAT(ConfigOf(stream), IsConfig(Resolved(Age(60))));
  EXPECT_THAT(ReadBodies(stream, From(0)), ElementsAre("a"));
}

TEST_F(AutoCreateTest, AnAppendSessionCreatesIt) {
  const s2::Basin basin = NewBasin(OnAppend());
  AppendSession session = OpenAppend(basin.Stream("missing"));
  EXPECT_THAT(Must(Await(session.Submit(Input({"a"})))), Spans(0, 1));
  Close(session);
}

TEST_F(AutoCreateTest, AFailedConditionCreatesItNevertheless) {
  const s2::Basin basin = NewBasin(OnAppend());
  EXPECT_THAT(basin.Stream("missing").Append(Matched(5, {"a"})).status(),
              HasCode(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(Streams(basin), 1u);
}

TEST_F(AutoCreateTest, ATailCheckCreatesIt) {
  const s2::Basin basin = NewBasin(OnRead());
  EXPECT_EQ(Must(basin.Stream("missing").CheckTail()).seq_num(), 0u);
  EXPECT_THAT(ConfigOf(basin.Stream("missing")), IsConfig(Resolved(Age(60))));
}

TEST_F(AutoCreateTest, AReadCreatesIt) {
  const s2::Basin basin = NewBasin(OnRead());
  EXPECT_THAT(basin.Stream("missing").Read(From(0)).status(), HasCode(ErrorCode::kReadUnwritten));
  ReadSession session = OpenRead(basin.Stream("another"), From(0));
  EXPECT_EQ(CatchUp(session), 0u);
  EXPECT_EQ(Streams(basin), 2u);
  EXPECT_THAT(basin.Stream("third").Append(Input({"x"})).status(),
              HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(AutoCreateTest, OfManyAppendsAtOnceOneCreatesItAndAllSucceed) {
  const s2::Basin basin = NewBasin(OnAppend());
  EightAtOnce([&] { return basin.Stream("missing").Append(Input({"x"})).status(); });
  EXPECT_EQ(Must(basin.Stream("missing").CheckTail()).seq_num(), 8u);
  EXPECT_EQ(Streams(basin), 1u);
}

TEST_F(AutoCreateTest, OfManyReadsAtOnceOneCreatesItAndAllSucceed) {
  const s2::Basin basin = NewBasin(OnRead());
  EightAtOnce([&] { return basin.Stream("missing").CheckTail().status(); });
  EXPECT_EQ(Streams(basin), 1u);
}

TEST_F(AutoCreateTest, ABasinThatIsBeingDeletedCreatesNothing) {
  const s2::Basin basin = NewBasin(OnAppend());
  Must(basin.CreateStream("stream"));
  ASSERT_EQ(TestClient().DeleteBasin(basin.name()), absl::OkStatus());
  const absl::Status status = basin.Stream("missing").Append(Input({"x"})).status();
  EXPECT_THAT(status, ::testing::AnyOf(HasCode(ErrorCode::kBasinDeletionPending),
                                       HasCode(ErrorCode::kBasinNotFound)));
}

}  // namespace
}  // namespace s2::conformance
