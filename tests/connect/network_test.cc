// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "s2/connect/connect.h"
#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/connect/one_stream.h"
#include "s2/tests/connect/silent_listener.h"
#include "s2/tests/connect/test_server.h"

namespace s2 {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::SilentListener;
using testing::TestServer;

s2::Stream MakeStream(const Client& client) {
  EXPECT_TRUE(client.EnsureBasin(kBasin).ok());
  EXPECT_TRUE(client.Basin(kBasin).EnsureStream("s").ok());
  return client.Basin(kBasin).Stream("s");
}

// The path of the unix socket that `fd` is connected to; empty: none.
std::string PeerPath(int fd) {
  sockaddr_un address = {};
  socklen_t size = sizeof(address);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  return address.sun_family == AF_UNIX ? address.sun_path : "";
}

int SendBuffer(int fd) {
  int size = 0;
  socklen_t length = sizeof(size);
  EXPECT_EQ(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length), 0);
  return size;
}

// Counts the calls on channels.
class CountingFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit CountingFactory(std::atomic<int>* calls) : calls_(calls) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    ++*calls_;
    return new Pass();
  }

 private:
  struct Pass : grpc::experimental::Interceptor {
    void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
      methods->Proceed();
    }
  };
  std::atomic<int>* const calls_;
};

TEST(Network, TcpCarriesCallsAndSessions) {
  TestServer server;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    auto client = Connect("grpc://" + std::string(host) + ":" + server.port());
    const s2::Stream stream = MakeStream(*client);
    EXPECT_TRUE(stream.Append(OneRecord()).ok());
    auto session = stream.OpenAppendSession();
    EXPECT_TRUE(session->Submit(OneRecord())->Wait().ok());
    EXPECT_TRUE(session->Close().ok());
  }
}

TEST(Network, AUnixSocketCarriesCalls) {
  const std::string path = ::testing::TempDir() + "s2 test%.sock";
  TestServer::Options options;
  options.address = "unix:" + path;
  TestServer server(options);
  std::string encoded;
  for (const char c : path) encoded += c == ' ' ? "%20" : c == '%' ? "%25" : std::string(1, c);
  EXPECT_TRUE(MakeStream(*Connect("unix:" + encoded)).Append(OneRecord()).ok());
}

TEST(Network, AUnixSocketHoldsABatch) {
  const int usual = socket(AF_UNIX, SOCK_STREAM, 0);
  const int widest = socket(AF_UNIX, SOCK_STREAM, 0);
  constexpr int kBatch = 1 << 20;
  setsockopt(widest, SOL_SOCKET, SO_SNDBUF, &kBatch, sizeof(kBatch));
  EXPECT_GT(SendBuffer(widest), SendBuffer(usual));

  const std::string path = ::testing::TempDir() + "s2-wide.sock";
  TestServer::Options options;
  options.address = "unix:" + path;
  TestServer server(options);
  auto client = Connect("unix:" + path);
  EXPECT_TRUE(MakeStream(*client).Append(OneRecord()).ok());
  std::vector<int> buffers;
  for (int fd = 0; fd < 1024; ++fd) {
    if (PeerPath(fd) == path) buffers.push_back(SendBuffer(fd));
  }
  EXPECT_THAT(buffers, ElementsAre(SendBuffer(widest)));
  close(usual);
  close(widest);
}

TEST(Network, MoreSessionsThanAConnectionHoldsDoNotStall) {
  TestServer::Options options;
  options.max_streams_per_connection = 100;
  TestServer server(options);
  auto client = Connect("grpc://127.0.0.1:" + server.port());
  const s2::Stream stream = MakeStream(*client);
  for (int round = 0; round < 2; ++round) {
    std::vector<AppendSession> sessions;
    std::vector<AppendTicket> tickets;
    for (int i = 0; i < 250; ++i) {
      sessions.push_back(*stream.OpenAppendSession());
      tickets.push_back(*sessions.back().Submit(OneRecord()));
    }
    for (const AppendTicket& ticket : tickets) {
      ASSERT_TRUE(ticket.WaitUntil(absl::Now() + absl::Seconds(30)));
      EXPECT_TRUE(ticket.Wait().ok()) << ticket.Wait().status();
    }
    EXPECT_TRUE(stream.CheckTail().ok()) << "unary calls have room beside the sessions";
  }
}

TEST(Network, ChannelsThatSessionsLeftAreUsedAgain) {
  TestServer server;
  std::atomic<int> channels = 0;
  ConnectOptions options;
  options.client.max_sessions_per_channel = 2;
  options.channel_arguments = [&](grpc::ChannelArguments&) { ++channels; };
  auto client = Connect("grpc://127.0.0.1:" + server.port(), options);
  const s2::Stream stream = MakeStream(*client);
  for (int round = 0; round < 10; ++round) {
    std::vector<AppendSession> sessions;
    for (int i = 0; i < 3; ++i) {
      sessions.push_back(*stream.OpenAppendSession());
      EXPECT_TRUE(sessions.back().Submit(OneRecord())->Wait().ok());
    }
    for (AppendSession& session : sessions) EXPECT_TRUE(session.Close().ok());
  }
  // A closed session's place is free a moment later, when gRPC is done with its call.
  EXPECT_LE(channels, 4);
}

TEST(Network, AServerThatIsNotThereIsAnErrorThatSaysSo) {
  ConnectOptions options;
  options.client.unary_retry.budget = RetryBudget::Attempts(3);
  auto client = Connect("grpc://127.0.0.1:1", options);
  const absl::Status status = client->ListBasins().status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kServerDisconnected);
  EXPECT_THAT(std::string(status.message()), HasSubstr("list basins (3 attempts in "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Connection refused"));
}

TEST(Network, AServerThatNeverAnswersIsGivenUpInTime) {
  SilentListener server;
  ConnectOptions options;
  options.client.request_timeout = absl::Milliseconds(100);
  options.client.unary_retry.budget.max_attempts = 1;
  auto client = Connect(server.endpoint(), options);
  EXPECT_EQ(GetErrorCode(client->ListBasins().status()), ErrorCode::kRequestTimeout);

  const s2::Stream stream = client->Basin(kBasin).Stream("s");
  AppendSessionOptions append;
  append.open_timeout = absl::Milliseconds(100);
  append.retry.budget.max_attempts = 1;
  auto session = stream.OpenAppendSession(append);
  auto ticket = session->Submit(OneRecord());
  ASSERT_TRUE(ticket.ok()) << ticket.status();
  EXPECT_EQ(GetErrorCode(ticket->Wait().status()), ErrorCode::kOpenTimeout);
  EXPECT_TRUE(HasNoSideEffects(ticket->Wait().status()));

  ReadSessionOptions read;
  read.open_timeout = absl::Milliseconds(100);
  read.retry.budget.max_attempts = 1;
  auto reader = stream.OpenReadSession({}, read);
  EXPECT_EQ(GetErrorCode(reader->Next().status()), ErrorCode::kOpenTimeout);
}

TEST(Network, ASessionGoesOnWhenItsServerComesBack) {
  Emulator emulator;
  const auto port = emulator.Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  auto client = Connect("grpc://127.0.0.1:" + std::to_string(*port));
  const s2::Stream stream = MakeStream(*client);
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Forever();
  auto session = stream.OpenAppendSession(options);
  ASSERT_TRUE(session->Submit(OneRecord())->Wait().ok());
  emulator.StopListening();
  auto ticket = session->Submit(OneRecord());
  ASSERT_TRUE(ticket.ok());
  EXPECT_FALSE(ticket->WaitUntil(absl::Now() + absl::Milliseconds(300)));
  ASSERT_TRUE(emulator.Listen("127.0.0.1:" + std::to_string(*port)).ok());
  EXPECT_TRUE(ticket->Wait().ok()) << ticket->Wait().status();
}

TEST(Network, TheLastChannelMayGoInAReaction) {
  // No server of gRPC's in this process: its threads go with the channel.
  SilentListener server;
  for (int i = 0; i < 50; ++i) {
    auto client = Connect(server.endpoint());
    auto reader = client->Basin(kBasin).Stream("s").OpenReadSession({});
    EXPECT_TRUE(reader.ok());
  }
}

TEST(Network, CancellationFromAnotherThreadEndsACall) {
  SilentListener server;
  auto client = Connect(server.endpoint());
  CallOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  std::thread canceller([&] { options.cancellation->Cancel(); });
  EXPECT_EQ(client->ListBasins({}, options).status().code(), absl::StatusCode::kCancelled);
  canceller.join();
}

TEST(Network, ATokenGoesToThisMachineWithEveryCall) {
  TestServer server;
  ConnectOptions options;
  std::atomic<int> asked = 0;
  options.client.access_token_provider = [&] { return "token-" + std::to_string(++asked); };
  auto client = Connect("grpc://127.0.0.1:" + server.port(), options);
  ASSERT_TRUE(client->EnsureBasin(kBasin).ok());
  ASSERT_TRUE(client->Basin(kBasin).EnsureStream("s").ok());
  auto session = client->Basin(kBasin).Stream("s").OpenAppendSession();
  ASSERT_TRUE(session->Submit(OneRecord())->Wait().ok());
  EXPECT_THAT(server.authorizations(),
              ElementsAre("Bearer token-1", "Bearer token-2", "Bearer token-3"));
}

TEST(Network, NoErrorAndNoLogLineShowsTheToken) {
  struct Log {
    absl::Mutex mu;
    std::vector<std::string> lines;
  };
  const auto log = std::make_shared<Log>();  // the last lines may come after the session
  ConnectOptions options;
  options.client.access_token = "secret-token";
  options.client.unary_retry.budget = RetryBudget::Attempts(3);
  options.client.append_session.retry.budget = RetryBudget::Attempts(3);
  options.client.log = [log](absl::string_view line) {
    absl::MutexLock lock(&log->mu);
    log->lines.emplace_back(line);
  };
  auto client = Connect("grpc://127.0.0.1:1", options);
  const s2::Stream stream = client->Basin(kBasin).Stream("s");
  EXPECT_THAT(stream.CheckTail().status().ToString(), Not(HasSubstr("secret")));
  auto session = stream.OpenAppendSession();
  auto ticket = session->Submit(OneRecord());
  ASSERT_TRUE(ticket.ok());
  EXPECT_THAT(ticket->Wait().status().ToString(), Not(HasSubstr("secret")));
  absl::MutexLock lock(&log->mu);
  EXPECT_THAT(log->lines, Each(Not(HasSubstr("secret"))));
}

TEST(Network, InterceptorsAndArgumentsOfTheCallersAreUsed) {
  TestServer server;
  for (const std::string& endpoint :
       {"grpc://127.0.0.1:" + server.port(), std::string("emulator:")}) {
    std::atomic<int> calls = 0;
    std::atomic<int> channels = 0;
    ConnectOptions options;
    options.channel_arguments = [&](grpc::ChannelArguments&) { ++channels; };
    options.interceptors = [&] {
      std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> all;
      all.push_back(std::make_unique<CountingFactory>(&calls));
      return all;
    };
    auto client = Connect(endpoint, options);
    const s2::Stream stream = MakeStream(*client);
    auto session = stream.OpenAppendSession();
    EXPECT_TRUE(session->Submit(OneRecord())->Wait().ok());
    EXPECT_EQ(calls, 3) << endpoint;
    EXPECT_EQ(channels, 1) << endpoint;
  }
}

TEST(Network, MaximalBatchesFitThroughAChannel) {
  TestServer server;
  auto client = Connect("grpc://127.0.0.1:" + server.port());
  const s2::Stream stream = MakeStream(*client);
  // The most bytes on the wire for 1 MiB metered: many headers, all but empty.
  v1::AppendRecord record;
  for (size_t i = 0; i < (kMaxBatchBytes - 8) / 3; ++i) record.add_headers()->set_name("a");
  const auto ack = stream.Append(MakeInput({record}));
  ASSERT_TRUE(ack.ok()) << ack.status();
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  const auto batch = stream.Read(request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->records(0).headers_size(), record.headers_size());
}

}  // namespace
}  // namespace s2
