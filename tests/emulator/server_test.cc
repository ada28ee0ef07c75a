// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The program s2-emulator, from outside.

#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

// The program, with one pipe for its stdout and stderr.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    int pipes[2];
    EXPECT_EQ(pipe2(pipes, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
    arguments.insert(arguments.begin(), S2_EMULATOR_BINARY);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    EXPECT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    out_ = fdopen(pipes[0], "r");
  }
  ~Program() {
    if (pid_ != 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    fclose(out_);
  }

  // The next line of its output, without the newline; empty at the end.
  std::string Line() {
    char line[1024] = "";
    if (fgets(line, sizeof(line), out_) == nullptr) return "";
    return std::string(absl::StripSuffix(line, "\n"));
  }
  void Signal(int signal) { kill(pid_, signal); }
  // Its exit code.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
  FILE* out_ = nullptr;
};

// The bytes that a method answers to `request`, as a call of the generic stub; its first message if
// it streams.
std::string CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const std::string& request) {
  grpc::GenericStub stub(channel);
  CallContext context("", "");
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto next = [&] {
    void* tag;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  call->StartCall(nullptr);
  EXPECT_TRUE(next());
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
  EXPECT_TRUE(next());
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  if (!next()) response.Clear();
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  EXPECT_TRUE(status.ok()) << method << ": " << status.error_message();
  grpc::Slice bytes;
  EXPECT_TRUE(response.DumpToSingleSlice(&bytes).ok());
  return std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

class ServerTest : public ::testing::Test {
 protected:
  // Reads the address that the program says it listens on.
  static std::string Address(Program& program) {
    const std::string line = program.Line();
    absl::string_view address = line;
    EXPECT_TRUE(absl::ConsumePrefix(&address, "listening on ")) << line;
    return std::string(address);
  }
  static std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
    return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  }
};

TEST_F(ServerTest, ListensWhereItIsToldAndSaysWhere) {
  const std::string socket = absl::StrCat("unix:", ::testing::TempDir(), "s2-server-test.sock");
  Program program({"--listen", "127.0.0.1:0", absl::StrCat("--listen=", socket)});
  const std::string tcp = Address(program);
  EXPECT_EQ(Address(program), socket);
  for (const std::string& address : {tcp, socket}) {
    const auto stub = rpc::v1::AccountService::NewStub(Connect(address));
    CallContext context("", "");
    rpc::v1::ListBasinsResponse response;
    EXPECT_EQ(FromGrpc(stub->ListBasins(&context, {}, &response)), absl::OkStatus());
  }
}

TEST_F(ServerTest, HasHealthAndReflection) {
  Program program({"--listen", "127.0.0.1:0"});
  const auto channel = Connect(Address(program));
  EXPECT_EQ(CallMethod(channel, "/grpc.health.v1.Health/Check", ""), "\x08\x01");
  const std::string list_services = "\x3a\x01*";
  EXPECT_THAT(CallMethod(channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                         list_services),
              HasSubstr("s2.rpc.v1.StreamService"));
}

TEST_F(ServerTest, DrainsOnSigtermAndExitsWell) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"--listen", "127.0.0.1:0"});
    const auto channel = Connect(Address(program));
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

TEST_F(ServerTest, BadFlagsAreOneSentenceAndAFailure) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--listne", "x"}, "--listne"},          {{"listen"}, "listen"},
      {{"--listen"}, "--listen needs a value"}, {{"--listen", "nonsense"}, "\"nonsense\""},
      {{"--drain-seconds=soon"}, "\"soon\""},
  };
  for (const auto& [arguments, word] : cases) {
    Program program(arguments);
    EXPECT_THAT(program.Line(), HasSubstr(word));
    EXPECT_EQ(program.Line(), "");
    EXPECT_EQ(program.Wait(), 1);
  }
}

}  // namespace
}  // namespace s2
