// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The program s2-emulator, from outside.

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <signal.h>

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/emulator/fixture.h"
#include "s2/tests/program/http_get.h"
#include "s2/tests/server/server_program.h"

namespace s2 {
namespace {

using testing::CallMethod;
using testing::ConnectTo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::Not;
using ::testing::Pair;

class Program : public testing::ServerProgram {
 public:
  explicit Program(std::vector<std::string> arguments)
      : ServerProgram(S2_EMULATOR_BINARY, std::move(arguments)) {}
};

TEST(ServerTest, ListensWhereItIsToldAndSaysWhere) {
  const std::string socket = absl::StrCat("unix:", ::testing::TempDir(), "s2-server-test.sock");
  Program program({"--listen", "127.0.0.1:0", absl::StrCat("--listen=", socket)});
  const std::string tcp = program.Address();
  EXPECT_EQ(program.Address(), socket);
  for (const std::string& address : {tcp, socket}) {
    const auto stub = rpc::v1::AccountService::NewStub(ConnectTo(address));
    CallContext context("", "");
    rpc::v1::ListBasinsResponse response;
    EXPECT_EQ(FromGrpc(stub->ListBasins(&context, {}, &response)), absl::OkStatus());
  }
}

TEST(ServerTest, HasHealthAndReflection) {
  Program program({"--listen", "127.0.0.1:0"});
  const auto channel = ConnectTo(program.Address());
  EXPECT_EQ(CallMethod(channel, "/grpc.health.v1.Health/Check", ""), "\x08\x01");
  const std::string list_services = "\x3a\x01*";
  EXPECT_THAT(CallMethod(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                         list_services),
              HasSubstr("s2.rpc.v1.StreamService"));
}

class ServerSessionTest : public ::testing::Test {
 protected:
  // A stream service with a basin whose streams are made by appends.
  static std::unique_ptr<rpc::v1::StreamService::Stub> MakeStreams(
      const std::shared_ptr<grpc::Channel>& channel) {
    CallContext context("", "");
    rpc::v1::CreateBasinRequest request;
    request.set_basin(kBasin);
    request.mutable_config()->set_create_stream_on_append(true);
    rpc::v1::CreateBasinResponse response;
    EXPECT_EQ(FromGrpc(rpc::v1::AccountService::NewStub(channel)->CreateBasin(&context, request,
                                                                              &response)),
              absl::OkStatus());
    return rpc::v1::StreamService::NewStub(channel);
  }
  static v1::AppendInput Input() {
    v1::AppendInput input;
    input.add_records()->set_body("a");
    return input;
  }
};

TEST_F(ServerSessionTest, DrainsOnSigtermAndExitsWell) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"--listen", "127.0.0.1:0"});
    const auto streams = MakeStreams(ConnectTo(program.Address()));
    AppendCall call(*streams);
    ASSERT_TRUE(call.Write(Input()));
    EXPECT_THAT(call.Ack(), Pair(0, 1));
    program.Signal(signal);
    const absl::Status status = call.Finish();
    EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
    EXPECT_EQ(ReconnectForwarded(status), 1u);
    EXPECT_EQ(program.Wait(), 0);
  }
}

TEST_F(ServerSessionTest, HasMetrics) {
  Program program({"--listen", "127.0.0.1:0", "--metrics=127.0.0.1:0"});
  const std::string metrics_on = program.Line();
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(metrics_on.substr(metrics_on.rfind(':') + 1), &port)) << metrics_on;
  const auto streams = MakeStreams(ConnectTo(program.Address()));
  AppendCall call(*streams);
  ASSERT_TRUE(call.Write(Input()));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  rpc::v1::ReadRequest all;
  all.set_seq_num(0);
  ReadCall reads(*streams, all);
  EXPECT_THAT(reads.Bodies(), ElementsAre("a"));

  const std::string metrics = HttpGet(port, "/metrics");
  for (const std::string line : {
           "s2_sessions{kind=\"append\"} 1",
           "s2_sessions{kind=\"read\"} 1",
           "s2_acks_total 1",
           "s2_ack_seconds_count 1",
       }) {
    EXPECT_THAT(metrics, HasSubstr(absl::StrCat("\n", line, "\n")));
  }
  for (const std::string empty :
       {"s2_received_bytes_total 0", "s2_sent_bytes_total 0", "s2_held_bytes 0"}) {
    EXPECT_THAT(metrics, Not(HasSubstr(absl::StrCat("\n", empty, "\n"))));
  }

  AppendCall fails(*streams, "");
  EXPECT_FALSE(fails.Finish().ok());
  EXPECT_THAT(HttpGet(port, "/metrics"), HasSubstr("\ns2_errors_total{code=\"bad_path\"} 1\n"));
}

TEST(ServerTest, ServesTlsToClientsWithCertificates) {
  const testing::Certificate authority("authority", nullptr);
  const testing::Certificate server("localhost", &authority);
  const testing::Certificate client("client", &authority);
  const auto write = [](const std::string& name, const std::string& content) {
    const std::string path = absl::StrCat(::testing::TempDir(), "s2-server-test-", name);
    std::ofstream(path) << content;
    return path;
  };
  Program program({"--listen=localhost:0", "--cert", write("cert.pem", server.certificate()),
                   "--key", write("key.pem", server.key()), "--client-roots",
                   write("roots.pem", authority.certificate())});
  const std::string address = program.Address();
  const auto list_basins = [&](const grpc::SslCredentialsOptions& ssl) {
    CallContext context("", "");
    rpc::v1::ListBasinsResponse response;
    const auto stub =
        rpc::v1::AccountService::NewStub(grpc::CreateChannel(address, grpc::SslCredentials(ssl)));
    return FromGrpc(stub->ListBasins(&context, {}, &response)).code();
  };
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = authority.certificate();
  EXPECT_EQ(list_basins(ssl), absl::StatusCode::kUnavailable);
  ssl.pem_private_key = client.key();
  ssl.pem_cert_chain = client.certificate();
  EXPECT_EQ(list_basins(ssl), absl::StatusCode::kOk);
}

TEST(ServerTest, BadFlagsAreOneSentenceAndAFailure) {
  testing::ExpectRefused(S2_EMULATOR_BINARY,
                         {
                             {{"--listne", "x"}, "--listne"},
                             {{"listen"}, "listen"},
                             {{"--listen"}, "--listen needs a value"},
                             {{"--listen", "nonsense"}, "\"nonsense\""},
                             {{"--drain-seconds=soon"}, "\"soon\""},
                             {{"--metrics=nonsense"}, "cannot serve --metrics on \"nonsense\""},
                             {{"--log=all"}, "--log is \"all\"; it must be info, error or none"},
                         });
}

}  // namespace
}  // namespace s2
