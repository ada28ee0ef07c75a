// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SERVER_SERVER_PROGRAM_H_
#define S2_TESTS_SERVER_SERVER_PROGRAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/tests/server/client_calls.h"

// The programs that serve our services, from outside.
namespace s2::testing {

// Such a program, with pipes for its stdout and stderr. Killed in the end.
class ServerProgram {
 public:
  ServerProgram(std::string binary, std::vector<std::string> arguments);
  ~ServerProgram();
  ServerProgram(const ServerProgram&) = delete;
  ServerProgram& operator=(const ServerProgram&) = delete;

  // The next line of its stdout or stderr, without the newline; empty at the end.
  std::string Line() { return NextLine(out_); }
  std::string ErrorLine() { return NextLine(err_); }
  // The next address that it says it listens on.
  std::string Address();
  void Signal(int signal);
  // Its exit code.
  int Wait();

 private:
  static std::string NextLine(FILE* stream);

  pid_t pid_ = 0;
  FILE* out_;
  FILE* err_;
};

// What may be wrong with its arguments, and a word of the one sentence that says so.
using BadArguments = std::vector<std::pair<std::vector<std::string>, std::string>>;
void ExpectRefused(const std::string& binary, const BadArguments& cases);

// In the clear.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address);

// The bytes that a method answers to `request`, as a call of the generic stub; its first message if
// it streams. A failure of the call is one of the test.
std::string CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const std::string& request);

// What gRPC's health service says of a whole server, each time it changes.
class HealthWatch {
 public:
  explicit HealthWatch(const std::shared_ptr<grpc::Channel>& channel);
  ~HealthWatch();

  // The next word: does it serve?
  bool Next();

 private:
  // Waits for the operation under way: did it succeed?
  bool Await();

  CallContext context_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_SERVER_SERVER_PROGRAM_H_
