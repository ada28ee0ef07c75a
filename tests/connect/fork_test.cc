// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "s2/client/make_client.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/connect/connect.h"
#include "s2/emulator/emulator.h"
#include "s2/endpoint/endpoint.h"
#include "s2/gateway/gateway.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/random.h"

namespace s2 {
namespace {

// Longer than anything here takes.
constexpr unsigned kPatienceSeconds = 20;

// In a child: says what is wrong and ends it.
#define CHECK_IN_CHILD(condition)                                                        \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: in the child: %s\n", __FILE__, __LINE__, #condition); \
      _exit(1);                                                                          \
    }                                                                                    \
  } while (false)

// Forks, runs `in_child` there and expects it to end well; one that hangs is ended by a signal.
// Only the thread that forks is in the child.
void Fork(const std::function<void()>& in_child) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(kPatienceSeconds);
    in_child();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status)
                                 << (WTERMSIG(status) == SIGALRM ? ": it hung" : "");
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// The error that says what was done wrong, that nothing was done, and that to repeat it is no use.
bool Refused(const absl::Status& status) {
  const std::string message(status.message());
  return status.code() == absl::StatusCode::kFailedPrecondition &&
         message.find("forked") != std::string::npos && HasNoSideEffects(status) &&
         !IsRetryable(status);
}

v1::AppendInput Batch() { return MakeInput({MakeRecord("a")}); }

rpc::v1::ReadRequest FromStart() {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  return request;
}

// A process that uses the library: a client, and sessions at work.
class ForkTest : public ::testing::Test {
 protected:
  ForkTest() {
    client_.emplace(*Connect("emulator:"));
    EXPECT_TRUE(client_->CreateBasin("basin-one").ok());
    EXPECT_TRUE(client_->Basin("basin-one").CreateStream("s").ok());
    stream_.emplace(client_->Basin("basin-one").Stream("s"));
    AppendSessionOptions options;
    options.max_unacked_batches = 8;
    writer_.emplace(*stream_->OpenAppendSession(options));
    acked_.emplace(*writer_->Submit(Batch()));
    EXPECT_TRUE(acked_->Wait().ok());
    permit_.emplace(*writer_->Reserve(100));
    reader_.emplace(*stream_->OpenReadSession(FromStart()));
    EXPECT_TRUE(reader_->Next().ok());
  }

  // The parent goes on as if nothing had happened.
  void ExpectAlive() {
    EXPECT_TRUE(stream_->CheckTail().ok());
    const absl::StatusOr<AppendTicket> ticket = writer_->Submit(Batch());
    ASSERT_TRUE(ticket.ok()) << ticket.status();
    EXPECT_TRUE(ticket->Wait().ok());
    EXPECT_TRUE(reader_->Next().ok());
    EXPECT_TRUE(writer_->Flush().ok());
  }

  void DestroyAll() {
    acked_.reset();
    permit_.reset();
    writer_.reset();
    reader_.reset();
    stream_.reset();
    client_.reset();
  }

  std::optional<Client> client_;
  std::optional<Stream> stream_;
  std::optional<AppendSession> writer_;
  std::optional<AppendTicket> acked_;
  std::optional<AppendPermit> permit_;
  std::optional<ReadSession> reader_;
};

TEST_F(ForkTest, AChildCanMakeNoClient) {
  Fork([] {
    for (const char* endpoint : {"emulator:", "emulator://shared", "grpc://localhost:1",
                                 "http://localhost:1", "nonsense"}) {
      CHECK_IN_CHILD(Refused(Connect(endpoint).status()));
    }
    setenv("S2_ACCOUNT_ENDPOINT", "emulator:", 1);
    setenv("S2_BASIN_ENDPOINT", "emulator:", 1);
    CHECK_IN_CHILD(Refused(ConnectFromEnvironment().status()));
    CHECK_IN_CHILD(Refused(MakeClient(Stubs()).status()));
    CHECK_IN_CHILD(Refused(Gateway::Make(GatewayOptions()).status()));
    Emulator emulator;
    CHECK_IN_CHILD(emulator.InProcessChannel() == nullptr);
    CHECK_IN_CHILD(Refused(emulator.Listen("localhost:0", nullptr).status()));
  });
  ExpectAlive();
}

TEST_F(ForkTest, TheVerbsOfAClientOfTheParentSaySo) {
  Fork([&] {
    CHECK_IN_CHILD(Refused(client_->ListBasins().status()));
    CHECK_IN_CHILD(Refused(client_->CreateBasin("basin-two").status()));
    CHECK_IN_CHILD(Refused(client_->DeleteBasin("basin-one")));
    CHECK_IN_CHILD(Refused(client_->Basin("basin-one").ListAllStreams().status()));
    CHECK_IN_CHILD(Refused(stream_->CheckTail().status()));
    CHECK_IN_CHILD(Refused(stream_->Append(Batch()).status()));
    CHECK_IN_CHILD(Refused(stream_->Read(FromStart()).status()));
    CHECK_IN_CHILD(Refused(stream_->OpenAppendSession().status()));
    CHECK_IN_CHILD(Refused(stream_->OpenReadSession(FromStart()).status()));
    CallOptions options;
    options.cancellation = std::make_shared<Cancellation>();
    options.cancellation->Cancel();
    CHECK_IN_CHILD(Refused(stream_->CheckTail(options).status()));
  });
  ExpectAlive();
}

TEST_F(ForkTest, TheVerbsOfAnAppendSessionSaySo) {
  Fork([&] {
    CHECK_IN_CHILD(Refused(writer_->Submit(Batch()).status()));
    CHECK_IN_CHILD(Refused(writer_->TrySubmit(Batch()).status()));
    CHECK_IN_CHILD(Refused(writer_->Reserve(100).status()));
    std::vector<absl::Status> called;
    const AppendReservation reservation = writer_->ReserveAsync(
        100,
        [&](const absl::StatusOr<AppendPermit>& permit) { called.push_back(permit.status()); });
    reservation.Cancel();
    writer_->FlushAsync(absl::InfiniteFuture(), [&](absl::Status s) { called.push_back(s); });
    writer_->CloseAsync(absl::InfiniteFuture(), [&](absl::Status s) { called.push_back(s); });
    CHECK_IN_CHILD(called.size() == 3);
    for (const absl::Status& status : called) CHECK_IN_CHILD(Refused(status));
    CHECK_IN_CHILD(Refused(writer_->Flush()));
    writer_->Cancel();
    CHECK_IN_CHILD(writer_->TakeUnacked().empty());
    CHECK_IN_CHILD(Refused(writer_->Close()));
    CHECK_IN_CHILD(Refused(writer_->status()));
    CHECK_IN_CHILD(writer_->Stats().attempts == 0);
    CHECK_IN_CHILD(Refused(permit_->Submit(Batch()).status()));
  });
  ExpectAlive();
}

TEST_F(ForkTest, ATicketOfTheParentIsAsItWas) {
  Emulator emulator;
  emulator.faults().Add(FaultMatch::Message("AppendSession"), FaultAction::Withhold());
  const Client client = *MakeClient(emulator.InProcessChannel());
  ASSERT_TRUE(client.CreateBasin("basin-one").ok());
  ASSERT_TRUE(client.Basin("basin-one").CreateStream("s").ok());
  AppendSession writer = *client.Basin("basin-one").Stream("s").OpenAppendSession();
  std::optional<AppendTicket> open(*writer.Submit(Batch()));
  Fork([&] {
    CHECK_IN_CHILD(acked_->done());
    CHECK_IN_CHILD(acked_->Wait().ok());
    CHECK_IN_CHILD(acked_->WaitUntil(absl::InfiniteFuture()));
    CHECK_IN_CHILD(!open->done());
    CHECK_IN_CHILD(!open->WaitUntil(absl::InfiniteFuture()));
    CHECK_IN_CHILD(open->Wait().status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK_IN_CHILD(!HasNoSideEffects(open->Wait().status()));
    int called = 0;
    acked_->OnDone([&](const auto& result) { called += result.ok() ? 1 : 100; });
    open->OnDone([&](const auto& result) { called += result.ok() ? 100 : 1; });
    CHECK_IN_CHILD(called == 2);
    open.reset();
  });
  ExpectAlive();
}

TEST_F(ForkTest, TheVerbsOfAReadSessionSaySo) {
  Fork([&] {
    CHECK_IN_CHILD(Refused(reader_->Next().status()));
    CHECK_IN_CHILD(Refused(reader_->WaitCaughtUp().status()));
    std::vector<absl::Status> called;
    reader_->NextAsync([&](const auto& next) { called.push_back(next.status()); });
    reader_->CaughtUpAsync([&](const auto& tail) { called.push_back(tail.status()); });
    CHECK_IN_CHILD(called.size() == 2);
    for (const absl::Status& status : called) CHECK_IN_CHILD(Refused(status));
    CHECK_IN_CHILD(!reader_->caught_up());
    CHECK_IN_CHILD(!reader_->next_seq_num());
    CHECK_IN_CHILD(!reader_->last_tail());
    CHECK_IN_CHILD(reader_->Stats().attempts == 0);
    reader_->Recycle(v1::ReadBatch());
    for (const v1::SequencedRecord& record : reader_->Records()) {
      CHECK_IN_CHILD(record.body().empty() && false);
    }
    CHECK_IN_CHILD(Refused(reader_->status()));
    reader_->Cancel();
  });
  ExpectAlive();
}

TEST_F(ForkTest, WhatTheParentMadeCanBeDestroyedInTheChild) {
  auto emulator = std::make_unique<Emulator>();
  std::optional<Client> client(*MakeClient(emulator->InProcessChannel()));
  ASSERT_TRUE(client->CreateBasin("basin-one").ok());
  GatewayOptions upstream;
  upstream.upstream = *endpoint::ParseHttp("http://localhost:1");
  std::unique_ptr<Gateway> gateway = *Gateway::Make(upstream);
  Fork([&] {
    DestroyAll();
    client.reset();
    emulator.reset();
    gateway.reset();
  });
  ExpectAlive();
}

TEST_F(ForkTest, TheLastOfASessionCanBeDestroyedInTheChild) {
  writer_.reset();
  client_.reset();
  stream_.reset();
  Fork([&] { DestroyAll(); });
}

TEST_F(ForkTest, AChildCanExit) {
  Fork([&] {
    CHECK_IN_CHILD(!stream_->CheckTail().ok());
    DestroyAll();
    std::exit(0);
  });
  ExpectAlive();
}

TEST_F(ForkTest, AChildOfAChildIsToldToo) {
  Fork([&] { Fork([&] { CHECK_IN_CHILD(Refused(stream_->CheckTail().status())); }); });
}

// How a program says that it is to be a process that has not used the library yet.
constexpr char kFresh[] = "--fresh";

TEST_F(ForkTest, AfterExecAllIsNew) {
  Fork([] {
    execl("/proc/self/exe", "fork_test", kFresh, static_cast<char*>(nullptr));
    CHECK_IN_CHILD(!"exec came back");
  });
  ExpectAlive();
}

// Two processes that draw the same would exclude each other with the same fencing token, and take
// each other's records for their own.
TEST(ForkedRandomTest, AChildDrawsOtherNumbersThanItsParent) {
  (void)internal::DrawNumber();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Fork([&ends] {
    const std::string id = internal::DrawUniqueId(internal::DrawNumber);
    CHECK_IN_CHILD(write(ends[1], id.data(), id.size()) == static_cast<ssize_t>(id.size()));
  });
  const std::string ours = internal::DrawUniqueId(internal::DrawNumber);
  std::string childs(ours.size(), ' ');
  ASSERT_EQ(read(ends[0], childs.data(), childs.size()), static_cast<ssize_t>(childs.size()));
  EXPECT_NE(ours, childs);
  close(ends[0]);
  close(ends[1]);
}

void UseAll() {
  const absl::StatusOr<Client> client = Connect("emulator:");
  CHECK_IN_CHILD(client.ok());
  CHECK_IN_CHILD(client->CreateBasin("basin-one").ok());
  CHECK_IN_CHILD(client->Basin("basin-one").CreateStream("s").ok());
  AppendSession writer = *client->Basin("basin-one").Stream("s").OpenAppendSession();
  CHECK_IN_CHILD(writer.Submit(Batch())->Wait().ok());
  CHECK_IN_CHILD(writer.Close().ok());
}

// Parent and child may both use it, if the fork comes before.
void RunFresh() {
  Fork(UseAll);
  UseAll();
  Fork([] { CHECK_IN_CHILD(Refused(Connect("emulator:").status())); });
}

}  // namespace
}  // namespace s2

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc != 2 || std::string(argv[1]) != s2::kFresh) return RUN_ALL_TESTS();
  s2::RunFresh();
  return ::testing::Test::HasFailure() ? 1 : 0;
}
