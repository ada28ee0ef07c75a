// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/server/server_program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace s2::testing {

ServerProgram::ServerProgram(std::string binary, std::vector<std::string> arguments) {
  int out[2];
  int err[2];
  EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  // It must not keep a port that a server of the test gives up.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  arguments.insert(arguments.begin(), std::move(binary));
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  EXPECT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  out_ = fdopen(out[0], "r");
  err_ = fdopen(err[0], "r");
}

ServerProgram::~ServerProgram() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    Wait();
  }
  fclose(out_);
  fclose(err_);
}

std::string ServerProgram::NextLine(FILE* stream) {
  char line[1024] = "";
  if (fgets(line, sizeof(line), stream) == nullptr) return "";
  return std::string(absl::StripSuffix(line, "\n"));
}

std::string ServerProgram::Address() {
  const std::string line = Line();
  absl::string_view address = line;
  EXPECT_TRUE(absl::ConsumePrefix(&address, "listening on ")) << line << ErrorLine();
  return std::string(address);
}

void ServerProgram::Signal(int signal) { kill(pid_, signal); }

int ServerProgram::Wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ExpectRefused(const std::string& binary, const BadArguments& cases) {
  for (const auto& [arguments, word] : cases) {
    ServerProgram program(binary, arguments);
    EXPECT_THAT(program.ErrorLine(), ::testing::HasSubstr(word));
    EXPECT_EQ(program.ErrorLine(), "") << word;
    EXPECT_EQ(program.Line(), "") << word;
    EXPECT_EQ(program.Wait(), 1) << word;
  }
}

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

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

HealthWatch::HealthWatch(const std::shared_ptr<grpc::Channel>& channel)
    : context_("", ""), stub_(channel) {
  call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
  call_->StartCall(nullptr);
  EXPECT_TRUE(Await());
  const grpc::Slice nothing;
  call_->WriteLast(grpc::ByteBuffer(&nothing, 1), {}, nullptr);
  EXPECT_TRUE(Await());
}

HealthWatch::~HealthWatch() {
  context_.TryCancel();
  grpc::Status status;
  call_->Finish(&status, nullptr);
  Await();
}

bool HealthWatch::Next() {
  grpc::ByteBuffer response;
  call_->Read(&response, nullptr);
  EXPECT_TRUE(Await()) << "the health service has no more to say";
  grpc::Slice bytes;
  EXPECT_TRUE(response.DumpToSingleSlice(&bytes).ok());
  const std::string word(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  EXPECT_TRUE(word == "\x08\x01" || word == "\x08\x02");
  return word == "\x08\x01";
}

bool HealthWatch::Await() {
  void* tag;
  bool ok = false;
  EXPECT_TRUE(queue_.Next(&tag, &ok));
  return ok;
}

}  // namespace s2::testing
