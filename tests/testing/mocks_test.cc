// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The mocks, met by the handles that users hold.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "s2/client/client.h"
#include "s2/record/record.h"
#include "s2/testing/answers.h"
#include "s2/testing/matchers.h"
#include "s2/testing/mock_append_session.h"
#include "s2/testing/mock_connection.h"
#include "s2/testing/mock_read_session.h"
#include "s2/testing/tickets.h"

namespace s2::testing {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::ByMove;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Return;

class Mocks : public ::testing::Test {
 protected:
  const std::shared_ptr<MockConnection> connection_ = std::make_shared<MockConnection>();
  const Stream stream_{connection_, "my-basin", "my-stream"};
};

TEST_F(Mocks, AStreamMeetsTheConnection) {
  EXPECT_CALL(
      *connection_,
      Append(AllOf(Field(&CallParams<v1::AppendInput>::stream, "my-stream"),
                   Field(&CallParams<v1::AppendInput>::request, RecordBodies(ElementsAre("a"))))))
      .WillOnce(Return(MakeAck(4, 5)))
      .WillOnce(Return(MakeError(ErrorCode::kRateLimited, "slow down")));
  EXPECT_THAT(stream_.Append(MakeInput({MakeRecord("a")})), IsOkAndHolds(AcksRange(4, 5)));
  EXPECT_THAT(stream_.Append(MakeInput({MakeRecord("a")})), HasErrorCode(ErrorCode::kRateLimited));
}

// What each method of the mock answers, its verb returns.
TEST_F(Mocks, EachVerbMeetsItsMethod) {
  const Client client(connection_);
  const s2::Basin basin = client.Basin("my-basin");
  const auto error = [](const char* message) { return absl::AbortedError(message); };
  EXPECT_CALL(*connection_, ListBasins).WillOnce(Return(error("1")));
  EXPECT_EQ(client.ListBasins().status(), error("1"));
  EXPECT_CALL(*connection_, CreateBasin).WillOnce(Return(error("2")));
  EXPECT_EQ(client.CreateBasin("b").status(), error("2"));
  EXPECT_CALL(*connection_, EnsureBasin).WillOnce(Return(error("3")));
  EXPECT_EQ(client.EnsureBasin("b").status(), error("3"));
  EXPECT_CALL(*connection_, GetBasinConfig).WillOnce(Return(error("4")));
  EXPECT_EQ(client.GetBasinConfig("b").status(), error("4"));
  EXPECT_CALL(*connection_, ReconfigureBasin).WillOnce(Return(error("5")));
  EXPECT_EQ(client.ReconfigureBasin({}).status(), error("5"));
  EXPECT_CALL(*connection_, DeleteBasin).WillOnce(Return(error("6")));
  EXPECT_EQ(client.DeleteBasin("b"), error("6"));
  EXPECT_CALL(*connection_, ListStreams).WillOnce(Return(error("7")));
  EXPECT_EQ(basin.ListStreams().status(), error("7"));
  EXPECT_CALL(*connection_, CreateStream).WillOnce(Return(error("8")));
  EXPECT_EQ(basin.CreateStream("s").status(), error("8"));
  EXPECT_CALL(*connection_, EnsureStream).WillOnce(Return(error("9")));
  EXPECT_EQ(basin.EnsureStream("s").status(), error("9"));
  EXPECT_CALL(*connection_, GetStreamConfig).WillOnce(Return(error("10")));
  EXPECT_EQ(basin.GetStreamConfig("s").status(), error("10"));
  EXPECT_CALL(*connection_, ReconfigureStream).WillOnce(Return(error("11")));
  EXPECT_EQ(basin.ReconfigureStream({}).status(), error("11"));
  EXPECT_CALL(*connection_, DeleteStream).WillOnce(Return(absl::OkStatus()));
  EXPECT_EQ(basin.DeleteStream("s"), absl::OkStatus());
  v1::StreamPosition tail;
  tail.set_seq_num(7);
  EXPECT_CALL(*connection_, CheckTail).WillOnce(Return(tail));
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 7u);
  EXPECT_CALL(*connection_, Read).WillOnce(Return(error("12")));
  EXPECT_EQ(stream_.Read({}).status(), error("12"));
}

TEST_F(Mocks, AnAppendSessionMeetsItsMock) {
  auto mock = std::make_unique<MockAppendSession>();
  EXPECT_CALL(*mock, Submit(RecordBodies(ElementsAre("a"))))
      .WillOnce(Return(ReadyTicket(MakeAck(0, 1))));
  EXPECT_CALL(*mock, Close(_)).WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(*connection_, OpenAppendSession(Field(&AppendSessionParams::basin, "my-basin")))
      .WillOnce(Return(ByMove(AppendSession(std::move(mock)))));
  absl::StatusOr<AppendSession> session = stream_.OpenAppendSession();
  ASSERT_THAT(session, IsOk());
  const absl::StatusOr<AppendTicket> ticket = session->Submit(MakeInput({MakeRecord("a")}));
  ASSERT_THAT(ticket, IsOk());
  EXPECT_THAT(ticket->Wait(), IsOkAndHolds(AcksRange(0, 1)));
  EXPECT_THAT(session->Close(), IsOk());
}

TEST_F(Mocks, APermitMeetsItsMock) {
  const auto source = std::make_shared<MockPermitSource>();
  EXPECT_CALL(*source,
              SubmitReserved(AllOf(Field(&PermitSource::SubmitReservedParams::reserved, 100),
                                   RecordBodies(ElementsAre("a")))))
      .WillOnce(Return(ReadyTicket(MakeAck(0, 1))));
  AppendPermit used(source, 100);
  EXPECT_THAT(used.Submit(MakeInput({MakeRecord("a")})), IsOk());
  EXPECT_CALL(*source, Release(Field(&PermitSource::ReleaseParams::reserved, 50)));
  const AppendPermit unused(source, 50);
}

TEST_F(Mocks, AReservationIsAnsweredByItsCallback) {
  auto mock = std::make_unique<MockAppendSession>();
  EXPECT_CALL(*mock, ReserveAsync(Field(&MockAppendSession::ReserveAsyncParams::bytes, 10)))
      .WillOnce([](MockAppendSession::ReserveAsyncParams params) {
        params.callback(MakeError(ErrorCode::kSessionClosed, "over"));
        return AppendReservation([] {});
      });
  AppendSession session(std::move(mock));
  absl::Status status;
  session.ReserveAsync(10, [&](const auto& permit) { status = permit.status(); });
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kSessionClosed));
}

TEST_F(Mocks, AReadSessionMeetsItsMock) {
  auto mock = std::make_unique<MockReadSession>();
  EXPECT_CALL(*mock, Next(_))
      .WillOnce(Return(MakeReadResult(0, {"a", "b"})))
      .WillOnce(Return(MakeReadResult(2, {"c"})))
      .WillOnce(Return(ReadResult::End()));
  EXPECT_CALL(*connection_, OpenReadSession(_))
      .WillOnce(Return(ByMove(ReadSession(std::move(mock)))));
  absl::StatusOr<ReadSession> session = stream_.OpenReadSession({});
  ASSERT_THAT(session, IsOk());
  std::vector<std::string> bodies;
  for (const ReadResult& result : session->Batches()) {
    for (const auto& record : result.batch.records()) bodies.push_back(record.body());
  }
  EXPECT_THAT(bodies, ElementsAre("a", "b", "c"));
  EXPECT_THAT(session->status(), IsOk());
}

}  // namespace
}  // namespace s2::testing
