// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The program s2-emulator, from outside.

#include <signal.h>

#include "absl/strings/str_cat.h"
#include "s2/tests/emulator/fixture.h"
#include "s2/tests/server/server_program.h"

namespace s2 {
namespace {

using testing::CallMethod;
using testing::ConnectTo;
using ::testing::HasSubstr;
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

TEST(ServerTest, DrainsOnSigtermAndExitsWell) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"--listen", "127.0.0.1:0"});
    const auto channel = ConnectTo(program.Address());
    const auto account = rpc::v1::AccountService::NewStub(channel);
    CallContext context("", "");
    rpc::v1::CreateBasinRequest request;
    request.set_basin(kBasin);
    request.mutable_config()->set_create_stream_on_append(true);
    rpc::v1::CreateBasinResponse response;
    ASSERT_EQ(FromGrpc(account->CreateBasin(&context, request, &response)), absl::OkStatus());
    const auto streams = rpc::v1::StreamService::NewStub(channel);
    AppendCall call(*streams);
    v1::AppendInput input;
    input.add_records()->set_body("a");
    ASSERT_TRUE(call.Write(input));
    EXPECT_THAT(call.Ack(), Pair(0, 1));
    program.Signal(signal);
    const absl::Status status = call.Finish();
    EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
    EXPECT_EQ(ReconnectForwarded(status), 1u);
    EXPECT_EQ(program.Wait(), 0);
  }
}

TEST(ServerTest, BadFlagsAreOneSentenceAndAFailure) {
  testing::ExpectRefused(S2_EMULATOR_BINARY, {
                                                 {{"--listne", "x"}, "--listne"},
                                                 {{"listen"}, "listen"},
                                                 {{"--listen"}, "--listen needs a value"},
                                                 {{"--listen", "nonsense"}, "\"nonsense\""},
                                                 {{"--drain-seconds=soon"}, "\"soon\""},
                                             });
}

}  // namespace
}  // namespace s2
