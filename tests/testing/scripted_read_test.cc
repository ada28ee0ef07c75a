// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "s2/client/client.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/scripted_server.h"

namespace s2::testing {
namespace {

using rpc::v1::ReadRequest;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Property;

rpc::v1::ReadRequest From(uint64_t seq_num) {
  ReadRequest request;
  request.set_seq_num(seq_num);
  return request;
}

auto StartsAt(uint64_t seq_num) { return Property(&ReadRequest::seq_num, seq_num); }

ReadSession OpenReader(const ScriptedServer& server, const ReadRequest& request = From(0)) {
  ReadSessionOptions options;
  options.retry = {RetryBudget::Attempts(3), absl::Milliseconds(1), absl::Milliseconds(1)};
  const Stream stream = MakeClient(server.stubs())->Basin("my-basin").Stream("my-stream");
  return *stream.OpenReadSession(request, options);
}

TEST(ScriptedRead, SendsRecordsAndEnds) {
  ScriptedServer server;
  server.ExpectReadSession(StartsAt(0)).Send(0, {"a", "b"}).Send(2, {"c"}).End(absl::OkStatus());
  ReadRequest request = From(0);
  request.set_count(3);
  ReadSession session = OpenReader(server, request);
  EXPECT_THAT(session.Next(), IsOkAndHolds(RecordBodies(ElementsAre("a", "b"))));
  EXPECT_THAT(session.Next(), IsOkAndHolds(RecordBodies(ElementsAre("c"))));
  EXPECT_THAT(session.Next(), IsOkAndHolds(Field(&ReadResult::end, true)));
  EXPECT_TRUE(server.WaitPlayed());
}

TEST(ScriptedRead, ASessionThatIsEndedBeforeItsLimitLooksForAGap) {
  ScriptedServer server;
  server.ExpectReadSession(StartsAt(0)).Send(0, {"a"}).End(absl::OkStatus());
  v1::ReadBatch tail;
  tail.mutable_tail()->set_seq_num(3);
  server.ExpectReadSession(StartsAt(1)).Send(tail);
  ReadRequest request = From(0);
  request.set_count(3);
  ReadSession session = OpenReader(server, request);
  EXPECT_THAT(session.Next(), IsOkAndHolds(RecordBodies(ElementsAre("a"))));
  EXPECT_EQ(session.Next()->skipped->end, 3u);
  EXPECT_THAT(session.Next(), IsOkAndHolds(Field(&ReadResult::end, true)));
}

TEST(ScriptedRead, ADroppedConnectionIsResumedBehindTheLastRecord) {
  ScriptedServer server;
  server.ExpectReadSession(StartsAt(0)).Send(0, {"a", "b"}).Drop();
  server.ExpectReadSession(StartsAt(2)).Send(2, {"c"});
  ReadSession session = OpenReader(server);
  EXPECT_THAT(session.Next(), IsOk());
  EXPECT_THAT(session.Next(), IsOkAndHolds(RecordBodies(ElementsAre("c"))));
}

TEST(ScriptedRead, AHeartbeatTellsTheTail) {
  ScriptedServer server;
  v1::ReadBatch heartbeat;
  heartbeat.mutable_tail()->set_seq_num(0);
  server.ExpectReadSession().Send(heartbeat);
  ReadSession session = OpenReader(server);
  EXPECT_THAT(session.WaitCaughtUp(), IsOk());
}

TEST(ScriptedRead, ARefusedCallIsAnErrorOfNext) {
  ScriptedServer server;
  server.RefuseReadSession(MakeError(ErrorCode::kStreamNotFound, "none"));
  EXPECT_THAT(OpenReader(server).Next(), HasErrorCode(ErrorCode::kStreamNotFound));
}

TEST(ScriptedRead, AnotherRequestFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        server.ExpectReadSession(StartsAt(7)).End(MakeError(ErrorCode::kPermissionDenied, "no"));
        static_cast<void>(OpenReader(server).Next());
      },
      "seq_num: 0");
}

}  // namespace
}  // namespace s2::testing
