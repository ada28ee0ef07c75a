// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <optional>
#include <string>

#include "s2/tests/gateway/sidecar_fixture.h"

namespace s2::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

TEST_F(SidecarTest, ServesWhereItIsToldAndSaysWhere) {
  PlayedS2 s2;
  const std::string socket = absl::StrCat("unix:", ::testing::TempDir(), "s2-sidecar-test.sock");
  GatewayProgram program(s2, {"--listen", socket});
  EXPECT_EQ(program.Address(), socket);
  const std::string tcp = program.Address();
  for (const std::string& address : {tcp, socket}) {
    EXPECT_EQ(ListBasins(ConnectTo(address)), absl::OkStatus()) << address;
  }
}

TEST_F(SidecarTest, HasReflection) {
  PlayedS2 s2;
  GatewayProgram program(s2);
  const std::string list_services = "\x3a\x01*";
  EXPECT_THAT(
      CallMethod(ConnectTo(program.Address()),
                 "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services),
      HasSubstr("s2.rpc.v1.StreamService"));
}

TEST_F(SidecarTest, IsHealthyWhileS2Answers) {
  auto s2 = std::make_unique<PlayedS2>();
  const uint16_t port = s2->port();
  GatewayProgram program(*s2, {"--probe-seconds=1"});
  HealthWatch health(ConnectTo(program.Address()));
  EXPECT_TRUE(health.Next());
  s2 = nullptr;
  EXPECT_FALSE(health.Next());
  s2 = std::make_unique<PlayedS2>(port);
  EXPECT_TRUE(health.Next());
}

TEST_F(SidecarTest, IsNotHealthyFromTheStartWhenS2DoesNotAnswer) {
  auto s2 = std::make_unique<PlayedS2>();
  const std::string url = s2->url();
  s2 = nullptr;
  GatewayProgram program({"--upstream", url, "--listen=127.0.0.1:0"});
  HealthWatch health(ConnectTo(program.Address()));
  EXPECT_FALSE(health.Next());
}

TEST_F(SidecarTest, PassesTheCallersTokenOn) {
  PlayedS2 s2;
  GatewayProgram program(s2);
  const auto channel = ConnectTo(program.Address());
  EXPECT_EQ(ListBasins(channel, "caller-1"), absl::OkStatus());
  EXPECT_EQ(s2.authorization(), "Bearer caller-1");
}

TEST_F(SidecarTest, UsesItsOwnTokenWhichMayChange) {
  PlayedS2 s2;
  const std::string file = WriteFile("token", "own-1\n");
  GatewayProgram program(s2, {"--token-file", file});
  const auto channel = ConnectTo(program.Address());
  EXPECT_EQ(ListBasins(channel, "caller-1"), absl::OkStatus());
  EXPECT_EQ(s2.authorization(), "Bearer own-1");
  WriteFile("token", "own-22\n");
  EXPECT_EQ(ListBasins(channel, "caller-1"), absl::OkStatus());
  EXPECT_EQ(s2.authorization(), "Bearer own-22");
}

TEST_F(SidecarTest, ASessionMayBeTriedAgainWhenItsOwnTokenWasRefused) {
  PlayedS2 s2;
  const std::string file = WriteFile("refused-token", "own-1\n");
  GatewayProgram program(s2, {"--token-file", file});
  const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(program.Address()));
  AppendCall refused(*stub);
  const HttpServer::Stream request = s2.Await();
  EXPECT_EQ(request->header("authorization"), "Bearer own-1");
  request->Respond(401, {{"content-type", "application/json"}});
  request->Send(R"({"code":"authn","message":"expired"})", /*end=*/true);
  const absl::Status status = refused.Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kAuthn));
  EXPECT_TRUE(IsRetryable(status));
  WriteFile("refused-token", "own-2\n");
  AppendCall accepted(*stub);
  EXPECT_EQ(s2.Accept()->header("authorization"), "Bearer own-2");
  EXPECT_TRUE(accepted.Accepted());
}

TEST_F(SidecarTest, OnSigtermWhatWasTakenIsAckedAndTheSessionSentElsewhere) {
  for (const int signal : {SIGTERM, SIGINT}) {
    PlayedS2 s2;
    GatewayProgram program(s2);
    const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(program.Address()));
    AppendCall call(*stub);
    const HttpServer::Stream session = s2.Accept();
    ASSERT_TRUE(call.Accepted());
    ASSERT_TRUE(call.Write(Input("one")));
    ASSERT_TRUE(session->AwaitBody(InputFrame("one").size()));
    program.Signal(signal);
    ASSERT_TRUE(session->AwaitBodyEnd());
    session->Send(AckFrame(0));
    EXPECT_THAT(call.Ack(), Pair(0, 1));
    const absl::Status status = call.Finish();
    EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
    EXPECT_EQ(ReconnectForwarded(status), 1u);
    EXPECT_EQ(program.Wait(), 0);
  }
}

TEST_F(SidecarTest, WhatIsNotAckedInTimeIsCut) {
  PlayedS2 s2;
  GatewayProgram program(s2, {"--drain-seconds=0"});
  const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(program.Address()));
  AppendCall call(*stub);
  const HttpServer::Stream session = s2.Accept();
  ASSERT_TRUE(call.Accepted());
  ASSERT_TRUE(call.Write(Input("one")));
  ASSERT_TRUE(session->AwaitBody(InputFrame("one").size()));
  program.Signal(SIGTERM);
  const absl::Status status = call.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReconnectForwarded(status), std::nullopt);
  EXPECT_EQ(program.Wait(), 0);
}

TEST_F(SidecarTest, BadFlagsAndFilesAreOneSentenceAndAFailure) {
  const std::string token = WriteFile("good-token", "secret");
  const std::string empty = WriteFile("empty", "");
  const std::string pem = WriteFile("bad.pem", "-----BEGIN NONSENSE-----\n");
  const std::string upstream = "--upstream=http://127.0.0.1:1";
  ExpectRefused(S2_GATEWAY_BINARY,
                {
                    {{}, "--upstream is missing"},
                    {{"--upstraem=x"}, "--upstraem"},
                    {{"--upstream=grpc://x"}, "--upstream: expected \"http://HOST[:PORT]\""},
                    {{"--upstream=https://x?roots=/nowhere"}, "/nowhere"},
                    {{upstream, "--listen=nonsense"}, "\"nonsense\""},
                    {{upstream, "--probe-seconds=0"}, "--probe-seconds is 0; the least is 1"},
                    {{upstream, "--max-message-bytes=0"},
                     "max_message_bytes is 0; it must be 1 to 2147483647"},
                    {{upstream, "--max-calls=many"}, "--max-calls is \"many\""},
                    {{upstream, "--cert=/nowhere"}, "--cert and --key go together"},
                    {{upstream, "--client-roots=/nowhere"}, "--client-roots needs --cert"},
                    {{upstream, "--cert=/nowhere", "--key=x"}, "cannot read --cert=/nowhere"},
                    {{upstream, "--cert=" + pem, "--key=" + empty}, "holds no PEM"},
                    {{upstream, "--cert=" + pem, "--key=" + pem}, "the certificate"},
                    {{upstream, "--token-file=/nowhere"}, "cannot read the token file /nowhere"},
                    {{upstream, "--token-file=" + empty}, "must hold one token"},
                    {{upstream, "--token-for=all"}, "--token-for is \"all\""},
                    {{upstream, "--token-file=" + token, "--listen=0.0.0.0:0"},
                     "--listen 0.0.0.0:0 would lend the token"},
                });
}

// Over a connection of its own.
std::unique_ptr<rpc::v1::StreamService::Stub> ConnectAnew(const std::string& address) {
  grpc::ChannelArguments own;
  own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return rpc::v1::StreamService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own));
}

TEST_F(SidecarTest, ConnectionsToAUnixSocketCountAsOne) {
  PlayedS2 s2;
  const std::string socket = absl::StrCat("unix:", ::testing::TempDir(), "s2-sidecar-one.sock");
  GatewayProgram program(s2, {"--listen", socket, "--max-connections=1"});
  EXPECT_EQ(program.Address(), socket);
  const auto one = ConnectAnew(socket);
  AppendCall first(*one);
  s2.Accept();
  EXPECT_TRUE(first.Accepted());
  const auto two = ConnectAnew(socket);
  AppendCall second(*two);
  s2.Accept();
  EXPECT_TRUE(second.Accepted());
}

TEST_F(SidecarTest, ALimitIsTheErrorOfWhatIsBeyondIt) {
  PlayedS2 s2;
  GatewayProgram program(s2, {"--max-message-bytes=1000", "--max-calls=3", "--max-connections=1"});
  const std::string address = program.Address();
  const auto expect_refusal = [](AppendCall& call, const char* why) {
    const absl::Status status = call.Finish();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  };
  const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(address));
  AppendCall one(*stub);
  s2.Accept();
  ASSERT_TRUE(one.Accepted());
  const auto other = ConnectAnew(address);
  AppendCall elsewhere(*other);
  expect_refusal(elsewhere, "max_connections is 1");

  AppendCall two(*stub);
  s2.Accept();
  ASSERT_TRUE(two.Accepted());
  AppendCall three(*stub);
  s2.Accept();
  ASSERT_TRUE(three.Accepted());
  AppendCall four(*stub);
  expect_refusal(four, "max_calls is 3");

  ASSERT_TRUE(one.Write(Input(std::string(1000, 'x'))));
  expect_refusal(one, "1000");
}

TEST_F(SidecarTest, LendsItsTokenToOthersOnlyWhenItIsTold) {
  PlayedS2 s2;
  const std::string token = WriteFile("lent-token", "secret");
  GatewayProgram program(s2, {"--token-file=" + token, "--listen=0.0.0.0:0", "--token-for", "any"});
  EXPECT_THAT(program.Address(), HasSubstr("0.0.0.0:"));
}

}  // namespace
}  // namespace s2::testing
