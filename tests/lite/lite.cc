// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/lite/lite.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace s2::lite {
namespace {

// `s2`, with variables of its environment; it does not outlive us.
std::vector<std::string> Command(const std::vector<std::string>& environment,
                                 const std::vector<std::string>& arguments) {
  const char* binary = std::getenv("S2_BINARY");
  if (binary == nullptr) {
    std::cerr << "S2_BINARY is not set; run script/test-lite\n";
    std::exit(1);
  }
  std::vector<std::string> command = {"/usr/bin/env"};
  command.insert(command.end(), environment.begin(), environment.end());
  command.insert(command.end(), {"setpriv", "--pdeathsig", "KILL", binary});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::vector<std::string> ServerCommand(const Lite::Options& options, int port) {
  std::vector<std::string> environment = {"RUST_LOG=warn"};
  if (!options.flush_interval.empty()) {
    environment.push_back("SL8_FLUSH_INTERVAL=" + options.flush_interval);
  }
  std::vector<std::string> arguments = {"lite", "--no-dashboard", "--port", absl::StrCat(port)};
  if (options.on_disk) arguments.insert(arguments.end(), {"--local-root", NewDirectory()});
  return Command(environment, arguments);
}

}  // namespace

std::string NewDirectory() {
  std::string name = ::testing::TempDir() + "/s2-lite-XXXXXX";
  EXPECT_NE(mkdtemp(name.data()), nullptr);
  return name;
}

int FreePort() {
  static int next = 20000 + getpid() % 10000;
  while (true) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(++next));
    const int bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    close(fd);
    if (bound == 0) return next;
  }
}

Lite::Lite(const Options& options) : port_(FreePort()), command_(ServerCommand(options, port_)) {
  Start();
}

void Lite::Start() { program_.emplace(command_); }

std::string Lite::endpoint() const { return absl::StrCat("http://127.0.0.1:", port_); }

Client MustConnect(const std::string& endpoint) {
  ConnectOptions options;
  options.client.unary_retry.budget = RetryBudget::Elapsed(absl::Minutes(1));
  absl::StatusOr<Client> client = Connect(endpoint, options);
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

s2::Stream MakeStream(const Client& client, const std::string& name) {
  EXPECT_TRUE(client.EnsureBasin(kBasin).ok());
  const s2::Basin basin = client.Basin(kBasin);
  EXPECT_TRUE(basin.EnsureStream(name).ok());
  return basin.Stream(name);
}

std::vector<std::string> CliCommand(const Lite& lite, const std::vector<std::string>& arguments) {
  return Command(
      {
          "XDG_CONFIG_HOME=" + NewDirectory(),  // not the user's settings
          "S2_ACCESS_TOKEN=any",
          "S2_ACCOUNT_ENDPOINT=" + lite.endpoint(),
          "S2_BASIN_ENDPOINT=" + lite.endpoint(),
      },
      arguments);
}

std::string RunCli(const Lite& lite, std::vector<std::string> arguments, const std::string& stream,
                   const std::string& input) {
  arguments.push_back(absl::StrCat("s2://", kBasin, "/", stream));
  const int in = memfd_create("stdin", MFD_CLOEXEC);
  EXPECT_EQ(pwrite(in, input.data(), input.size(), 0), static_cast<ssize_t>(input.size()));
  const testing::Ended ended = testing::RunProgram(CliCommand(lite, arguments), {in, -1, -1});
  close(in);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  return ended.out;
}

}  // namespace s2::lite
