// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "s2/client/client.h"
#include "s2/record/record.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/scripted_server.h"

namespace s2::testing {
namespace {

using ::testing::ElementsAre;

AppendSession OpenWriter(const ScriptedServer& server,
                         AppendRetryPolicy policy = AppendRetryPolicy::kAtLeastOnce) {
  AppendSessionOptions options;
  options.policy = policy;
  options.retry = {RetryBudget::Attempts(3), absl::Milliseconds(1), absl::Milliseconds(1)};
  const Stream stream = MakeClient(server.stubs())->Basin("my-basin").Stream("my-stream");
  return *stream.OpenAppendSession(options);
}

AppendTicket Submit(AppendSession& session, const std::string& body) {
  return *session.Submit(MakeInput({MakeRecord(body)}));
}

TEST(ScriptedAppend, ExpectsAppendsAndAcksThem) {
  ScriptedServer server;
  server.ExpectAppendSession()
      .Expect(RecordBodies(ElementsAre("a")))
      .Ack(0, 1)
      .Expect(RecordBodies(ElementsAre("b")))
      .Ack(1, 2);
  AppendSession session = OpenWriter(server);
  const AppendTicket a = Submit(session, "a");
  const AppendTicket b = Submit(session, "b");
  EXPECT_THAT(a.Wait(), IsOkAndHolds(AcksRange(0, 1)));
  EXPECT_THAT(b.Wait(), IsOkAndHolds(AcksRange(1, 2)));
  EXPECT_THAT(session.Close(), IsOk());
  EXPECT_TRUE(server.WaitPlayed());
}

TEST(ScriptedAppend, ADroppedConnectionIsOpenedAgain) {
  ScriptedServer server;
  server.ExpectAppendSession()
      .Expect(RecordBodies(ElementsAre("a")))
      .Ack(0, 1)
      .Expect(RecordBodies(ElementsAre("b")))
      .Drop();
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("b"))).Ack(1, 2);
  AppendSession session = OpenWriter(server);
  EXPECT_THAT(Submit(session, "a").Wait(), IsOk());
  EXPECT_THAT(Submit(session, "b").Wait(), IsOkAndHolds(AcksRange(1, 2)));
  EXPECT_EQ(session.Stats().attempts, 2);
  EXPECT_THAT(session.Stats().last_error, HasErrorCode(ErrorCode::kServerDisconnected));
}

TEST(ScriptedAppend, ADroppedConnectionLeavesTheEffectOpen) {
  ScriptedServer server;
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("a"))).Drop();
  AppendSession session = OpenWriter(server, AppendRetryPolicy::kAtMostOnce);
  EXPECT_THAT(Submit(session, "a").Wait(), ::testing::Not(HasNoEffect()));
}

TEST(ScriptedAppend, AnErrorEndsTheCall) {
  ScriptedServer server;
  server.ExpectAppendSession()
      .Expect(RecordBodies(ElementsAre("a")))
      .End(MakeError(ErrorCode::kPermissionDenied, "not you"));
  AppendSession session = OpenWriter(server);
  EXPECT_THAT(Submit(session, "a").Wait(), HasErrorCode(ErrorCode::kPermissionDenied));
}

TEST(ScriptedAppend, ARefusedCallTakesNothing) {
  ScriptedServer server;
  server.RefuseAppendSession(MakeError(ErrorCode::kUnavailable, "away"));
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("a"))).Ack(0, 1);
  AppendSession session = OpenWriter(server, AppendRetryPolicy::kAtMostOnce);
  EXPECT_THAT(Submit(session, "a").Wait(), IsOk());
}

TEST(ScriptedAppend, AnAckMayBeHeldBackOrWrong) {
  ScriptedServer server;
  AppendScript script = server.ExpectAppendSession();
  script.Expect(RecordBodies(ElementsAre("a")));
  AppendSession session = OpenWriter(server);
  const AppendTicket ticket = Submit(session, "a");
  ASSERT_TRUE(server.WaitPlayed());
  EXPECT_FALSE(ticket.done());
  script.Ack(0, 2);
  EXPECT_THAT(ticket.Wait(), HasErrorCode(ErrorCode::kInvalidAck));
}

TEST(ScriptedAppend, ASessionThatIsDestroyedEndsItsCall) {
  ScriptedServer server;
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("a"))).Ack(0, 1);
  std::optional<AppendSession> session = OpenWriter(server);
  EXPECT_THAT(Submit(*session, "a").Wait(), IsOk());
  session.reset();
  EXPECT_TRUE(server.WaitPlayed());
}

// What follows must fail the test that does it.

TEST(ScriptedAppend, AnAppendThatDoesNotMatchFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("a"))).Ack(0, 1);
        AppendSession session = OpenWriter(server);
        static_cast<void>(Submit(session, "x").Wait());
      },
      "whose bodies are { \"x\" }");
}

TEST(ScriptedAppend, AnAppendThatDoesNotComeFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        server.ExpectAppendSession()
            .Expect(RecordBodies(ElementsAre("a")))
            .Ack(0, 1)
            .Expect(RecordBodies(ElementsAre("b")));
        AppendSession session = OpenWriter(server);
        static_cast<void>(Submit(session, "a").Wait());
      },
      "AppendSession call 0: what did not come has bodies that has 1 element that is equal to "
      "\"b\"");
}

TEST(ScriptedAppend, AnAppendThatNoStepExpectsFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("a"))).Ack(0, 1);
        AppendSession session = OpenWriter(server);
        static_cast<void>(Submit(session, "a").Wait());
        Submit(session, "b");
      },
      "AppendSession call 0: no step expects records");
}

TEST(ScriptedAppend, ACallThatIsNotOpenedFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        server.ExpectAppendSession();
      },
      "AppendSession call 0 was not opened");
}

TEST(ScriptedAppend, ACallWithoutAScriptFailsTheTest) {
  EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
      {
        ScriptedServer server;
        AppendSession session = OpenWriter(server);
        session.Submit(MakeInput({MakeRecord("a")})).status().IgnoreError();
        session.Close().IgnoreError();
      },
      "no script for AppendSession call 0");
}

TEST(ScriptedAppend, UnaryCallsAreUnimplemented) {
  ScriptedServer server;
  const Stream stream = MakeClient(server.stubs())->Basin("my-basin").Stream("my-stream");
  EXPECT_THAT(stream.CheckTail(), HasStatusCode(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace s2::testing
