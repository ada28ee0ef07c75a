// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;

constexpr char kBasin[] = "basin-one";

Client MustConnect(absl::string_view endpoint) {
  absl::StatusOr<Client> client = Connect(endpoint);
  EXPECT_TRUE(client.ok()) << client.status();
  return *client;
}

TEST(Connect, APrivateEmulatorIsNobodyElses) {
  const Client one = MustConnect("emulator:");
  const Client other = MustConnect("emulator:");
  ASSERT_TRUE(one.CreateBasin(kBasin).ok());
  EXPECT_EQ(one.ListAllBasins()->size(), 1u);
  EXPECT_EQ(other.ListAllBasins()->size(), 0u);
}

TEST(Connect, ANamedEmulatorIsSharedWhileSomebodyHoldsIt) {
  const Client one = MustConnect("emulator://shared-one");
  ASSERT_TRUE(one.CreateBasin(kBasin).ok());
  EXPECT_EQ(MustConnect("emulator://shared-one").ListAllBasins()->size(), 1u);
  EXPECT_EQ(MustConnect("emulator://shared-two").ListAllBasins()->size(), 0u);
}

TEST(Connect, ANamedEmulatorThatNobodyHoldsIsForgotten) {
  ASSERT_TRUE(MustConnect("emulator://forgotten").CreateBasin(kBasin).ok());
  EXPECT_EQ(MustConnect("emulator://forgotten").ListAllBasins()->size(), 0u);
}

TEST(Connect, WhatIsAppendedIsReadBack) {
  const Client client = MustConnect("emulator:");
  ASSERT_TRUE(client.CreateBasin(kBasin).ok());
  const s2::Basin basin = client.Basin(kBasin);
  ASSERT_TRUE(basin.CreateStream("a/b c").ok());
  const s2::Stream stream = basin.Stream("a/b c");
  const auto ack = stream.Append(MakeInput({MakeRecord("one"), MakeRecord("two")}));
  ASSERT_TRUE(ack.ok()) << ack.status();
  EXPECT_EQ(ack->end().seq_num(), 2u);
  EXPECT_EQ(stream.CheckTail()->seq_num(), 2u);
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  EXPECT_EQ(stream.Read(request)->records(1).body(), "two");
}

TEST(Connect, SessionsAppendAndRead) {
  const Client client = MustConnect("emulator:");
  ASSERT_TRUE(client.CreateBasin(kBasin).ok());
  ASSERT_TRUE(client.Basin(kBasin).CreateStream("s").ok());
  const s2::Stream stream = client.Basin(kBasin).Stream("s");
  auto append = stream.OpenAppendSession();
  ASSERT_TRUE(append.ok());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(append->Submit(MakeInput({MakeRecord(std::to_string(i))})).ok());
  }
  ASSERT_TRUE(append->Close().ok());
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(100);
  auto read = stream.OpenReadSession(request);
  ASSERT_TRUE(read.ok());
  uint64_t next = 0;
  for (const ReadResult& result : read->Batches()) {
    for (const v1::SequencedRecord& record : result.batch.records()) {
      EXPECT_EQ(record.body(), std::to_string(next++));
    }
  }
  EXPECT_TRUE(read->status().ok()) << read->status();
  EXPECT_EQ(next, 100u);
}

TEST(Connect, SessionsWithoutOptionsOfTheirOwnGetTheClients) {
  ConnectOptions options;
  options.client.append_session.policy = AppendRetryPolicy::kExactlyOnce;
  options.client.append_session.exactly_once.identity_header = "writer";
  options.client.read_session.skip_commands = true;
  const absl::StatusOr<Client> client = Connect("emulator:", options);
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE(client->CreateBasin(kBasin).ok());
  ASSERT_TRUE(client->Basin(kBasin).CreateStream("s").ok());
  const s2::Stream stream = client->Basin(kBasin).Stream("s");

  auto append = stream.OpenAppendSession();
  ASSERT_TRUE(append->Submit(MakeInput({MakeRecord("marked")})).ok());
  ASSERT_TRUE(append->Close().ok());
  append = stream.OpenAppendSession(AppendSessionOptions());
  ASSERT_TRUE(append->Submit(MakeInput({MakeRecord("plain"), MakeFenceRecord("token")})).ok());
  ASSERT_TRUE(append->Close().ok());

  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_wait(0);
  auto read = stream.OpenReadSession(request);
  EXPECT_EQ(read->Next()->batch.records_size(), 2) << "without the fence command";
  read = stream.OpenReadSession(request, ReadSessionOptions());
  const v1::ReadBatch batch = read->Next()->batch;
  ASSERT_EQ(batch.records_size(), 3);
  EXPECT_EQ(batch.records(0).headers_size(), 1);
  EXPECT_EQ(batch.records(1).headers_size(), 0);
}

TEST(Connect, ASessionOutlivesTheClientThatOpenedIt) {
  auto client = Connect("emulator:");
  ASSERT_TRUE(client->CreateBasin(kBasin).ok());
  ASSERT_TRUE(client->Basin(kBasin).CreateStream("s").ok());
  auto append = client->Basin(kBasin).Stream("s").OpenAppendSession();
  client = absl::CancelledError("gone");
  auto ticket = append->Submit(MakeInput({MakeRecord("late")}));
  ASSERT_TRUE(ticket.ok());
  EXPECT_TRUE(ticket->Wait().ok());
}

TEST(Connect, DroppingEverythingWithSessionsUnderWayIsSafe) {
  for (int i = 0; i < 50; ++i) {
    auto client = Connect("emulator:");
    ASSERT_TRUE(client->CreateBasin(kBasin).ok());
    ASSERT_TRUE(client->Basin(kBasin).CreateStream("s").ok());
    const s2::Stream stream = client->Basin(kBasin).Stream("s");
    auto append = stream.OpenAppendSession();
    ASSERT_TRUE(append->Submit(MakeInput({MakeRecord("x")})).ok());
    auto read = stream.OpenReadSession({});
  }
}

TEST(Connect, HttpOpensAGateway) {
  ConnectOptions options;
  options.client.unary_retry.budget = RetryBudget::Attempts(1);
  options.client.append_session.retry.budget = RetryBudget::Attempts(3);
  const absl::StatusOr<Client> client = Connect("http://127.0.0.1:1", options);
  ASSERT_TRUE(client.ok()) << client.status();
  const absl::Status status = client->CreateBasin(kBasin).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kServerDisconnected) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("127.0.0.1:1"));
  auto append = client->Basin(kBasin).Stream("s").OpenAppendSession();
  ASSERT_TRUE(append.ok());
  auto ticket = append->Submit(MakeInput({MakeRecord("x")}));
  ASSERT_TRUE(ticket.ok());
  const absl::Status failed = ticket->Wait().status();
  EXPECT_TRUE(HasNoSideEffects(failed)) << failed;
}

TEST(Connect, ATokenIsNotSentInTheClear) {
  ConnectOptions options;
  options.client.access_token = "secret";
  const absl::Status status = Connect("grpc://example.com", options).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_EQ(status.message(),
            "endpoint: an access token would go to example.com in the clear; expected grpcs://, or "
            "a host that is this machine");
  for (const char* fine :
       {"grpc://localhost", "grpc://[::1]:1", "unix:/x", "emulator:", "grpcs://example.com",
        "http://localhost", "https://example.com?basin={basin}.b.example.com"}) {
    EXPECT_TRUE(Connect(fine, options).ok()) << fine;
  }
  EXPECT_THAT(std::string(Connect("http://example.com", options).status().message()),
              HasSubstr("to example.com in the clear; expected https://"));
  EXPECT_FALSE(Connect("http://localhost?basin=example.com", options).ok());
  options.client.access_token.clear();
  options.client.access_token_provider = [] { return std::string("secret"); };
  EXPECT_FALSE(Connect("grpc://example.com", options).ok());
}

TEST(Connect, BadOptionsAndFilesAreRefused) {
  ConnectOptions options;
  options.client.max_sessions_per_channel = 0;
  EXPECT_EQ(GetErrorCode(Connect("emulator:", options).status()), ErrorCode::kInvalid);
  EXPECT_EQ(Connect("grpcs://localhost?roots=/does/not/exist").status().message(),
            "endpoint: cannot read roots=/does/not/exist: No such file or directory");
  EXPECT_EQ(Connect("grpcs://localhost?roots=/").status().message(),
            "endpoint: cannot read roots=/: Is a directory");
  EXPECT_EQ(Connect("grpcs://localhost?roots=/dev/null").status().message(),
            "endpoint: roots=/dev/null holds no PEM");
  EXPECT_THAT(Connect("https://localhost?roots=/does/not/exist").status().ToString(),
              HasSubstr("/does/not/exist"));
}

class ConnectFromEnvironmentTest : public ::testing::Test {
 protected:
  ~ConnectFromEnvironmentTest() override { Set(nullptr, nullptr, nullptr); }
  void Set(const char* account, const char* basin, const char* token) {
    SetOne("S2_ACCOUNT_ENDPOINT", account);
    SetOne("S2_BASIN_ENDPOINT", basin);
    SetOne("S2_ACCESS_TOKEN", token);
  }
  static std::string Error() { return std::string(ConnectFromEnvironment().status().message()); }

 private:
  static void SetOne(const char* name, const char* value) {
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
};

TEST_F(ConnectFromEnvironmentTest, WhatIsMissingIsNamed) {
  Set(nullptr, nullptr, "t");
  EXPECT_THAT(Error(), HasSubstr("S2_ACCOUNT_ENDPOINT and S2_BASIN_ENDPOINT are not set"));
  Set("emulator:", "", nullptr);
  EXPECT_THAT(Error(), HasSubstr("S2_BASIN_ENDPOINT is not set"));
  Set(nullptr, "emulator:", nullptr);
  EXPECT_THAT(Error(), HasSubstr("S2_ACCOUNT_ENDPOINT is not set"));
}

TEST_F(ConnectFromEnvironmentTest, TheSameEndpointTwiceIsOne) {
  Set("emulator:", "emulator:", nullptr);
  auto client = ConnectFromEnvironment();
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE(client->CreateBasin(kBasin).ok());
  EXPECT_TRUE(client->Basin(kBasin).CreateStream("s").ok());
}

TEST_F(ConnectFromEnvironmentTest, BasinsAndStreamsMayBeElsewhere) {
  Set("emulator://account", "emulator://basins", nullptr);
  auto client = ConnectFromEnvironment();
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE(client->CreateBasin(kBasin).ok());
  EXPECT_EQ(GetErrorCode(client->Basin(kBasin).CreateStream("s").status()),
            ErrorCode::kBasinNotFound);
  ASSERT_TRUE(MustConnect("emulator://basins").CreateBasin(kBasin).ok());
  EXPECT_TRUE(client->Basin(kBasin).CreateStream("s").ok());
}

TEST_F(ConnectFromEnvironmentTest, OneGatewayServesBoth) {
  Set("a.example.com", "{basin}.b.example.com", "t");
  EXPECT_EQ(Error(), "");
  Set("https://a.example.com?compression=zstd", "https://{basin}.b.example.com", "t");
  EXPECT_EQ(Error(), "");
  Set("a.example.com", "http://{basin}.b.example.com", "t");
  EXPECT_THAT(Error(), HasSubstr("S2_BASIN_ENDPOINT: an access token would go to {basin}.b."));
  Set("https://a.example.com", "emulator:", nullptr);
  EXPECT_THAT(Error(), HasSubstr("expected http or https for both, or for neither"));
  Set("a.example.com", "b.example.com?compression=zstd", nullptr);
  EXPECT_THAT(Error(), HasSubstr("S2_BASIN_ENDPOINT: expected no options"));
}

TEST_F(ConnectFromEnvironmentTest, TheTokenIsTakenUnlessOneIsGiven) {
  Set("grpc://example.com", "grpc://example.com", "env-token");
  EXPECT_THAT(Error(), HasSubstr("S2_ACCOUNT_ENDPOINT: an access token would go to example.com"));
  Set("emulator:", "emulator:", "bad token");
  EXPECT_FALSE(ConnectFromEnvironment().ok());
  ConnectOptions options;
  options.client.access_token = "good";
  EXPECT_TRUE(ConnectFromEnvironment(options).ok());
}

TEST_F(ConnectFromEnvironmentTest, AHostWithoutSchemeIsHttpsAsInTheOfficialSdks) {
  for (const char* host : {"a.s2.dev", "a.s2.dev:443"}) {
    Set(host, host, "t");  // which goes nowhere in the clear
    EXPECT_EQ(Error(), "") << host;
  }
  Set("{basin}.b.s2.dev", "{basin}.b.s2.dev", "t");
  EXPECT_THAT(Error(), HasSubstr("expected one host for all basins"));
}

}  // namespace
}  // namespace s2
