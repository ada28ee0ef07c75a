// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// exit_program MODE ENDPOINT
// Ends while a client of S2's own HTTP API is at work, in one of the ways in which programs do.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "s2/connect/connect.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/slow_names.h"

namespace {

// Asks for what there is not, so an answer is an error of its own.
bool Answers(const s2::Client& client) {
  const absl::Status status = client.DeleteBasin("no-basin");
  if (absl::IsNotFound(status)) return true;
  std::cerr << "not an answer of the server: " << status << std::endl;
  return false;
}

// A client with two sessions.
struct User {
  User(const std::string& endpoint, const s2::ConnectOptions& options)
      : client(*s2::Connect(endpoint, options)),
        stream(client.Basin("basin-one").Stream("s")),
        writer(*stream.OpenAppendSession()),
        reader(*stream.OpenReadSession({})) {
    for (int i = 0; i < 3; ++i) {
      if (!writer.TrySubmit(s2::MakeInput({s2::MakeRecord(std::string(10'000, 'x'))})).ok()) {
        std::cerr << "a batch was not taken" << std::endl;
      }
    }
  }
  ~User() {
    if (calls_last) Answers(client);
  }

  s2::Client client;
  s2::Stream stream;
  s2::AppendSession writer;
  s2::ReadSession reader;
  bool calls_last = false;
};

// Initialised before anything of the library is used.
std::optional<User> early;
User* leaked = nullptr;

void UseForEver(const s2::Client& client) {
  while (true) client.DeleteBasin("no-basin").IgnoreError();
}

// A child has none of the client's threads.
int ExitInChild() {
  const pid_t child = fork();
  if (child == 0) std::exit(0);
  int status = 0;
  if (waitpid(child, &status, 0) == child && WIFEXITED(status)) return WEXITSTATUS(status);
  std::cerr << "the child did not exit" << std::endl;
  return 1;
}

int Run(const std::string& mode, const std::string& endpoint) {
  s2::ConnectOptions options;
  if (mode == "static") {
    static const User user(endpoint, options);
    return Answers(user.client) ? 0 : 1;
  }
  if (mode == "early" || mode == "early, with a last call") {
    early.emplace(endpoint, options);
    early->calls_last = mode != "early";
    return Answers(early->client) ? 0 : 1;
  }
  if (mode == "during a look-up") {
    static auto* const names = new s2::testing::SlowNames();
    static const User user("http://exit.slow", options);
    return names->AwaitAsked("exit.slow") ? 0 : 1;
  }
  leaked = new User(endpoint, options);
  if (!Answers(leaked->client)) return 1;
  if (mode == "leaked") return 0;
  if (mode == "fork") return ExitInChild();
  for (int i = 0; i < 3; ++i) std::thread([] { UseForEver(leaked->client); }).detach();
  if (mode == "threads") return Answers(leaked->client) ? 0 : 1;
  if (mode == "exit in a thread") {
    std::thread([] { std::exit(Answers(leaked->client) ? 0 : 1); }).detach();
    UseForEver(leaked->client);
  }
  std::cerr << "no such mode: " << mode << std::endl;
  return 1;
}

}  // namespace

// With AddressSanitizer: what is left at an exit is what this program is about, and no leak to look
// for.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main(int argc, char** argv) { return argc == 3 ? Run(argv[1], argv[2]) : 1; }
