// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What clients of S2's own HTTP API share in a process, and what they do not.

#include "s2/gateway/internal/http2/io_threads.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "s2/connect/connect.h"
#include "s2/record/record.h"
#include "s2/tests/gateway/http_fixture.h"
#include "s2/tests/gateway/patience.h"
#include "s2/tests/gateway/slow_names.h"

namespace s2::testing {
namespace {

constexpr int kIoThreads = 4;

std::vector<std::string> EntriesOf(const std::string& directory) {
  std::vector<std::string> names;
  DIR* const opened = opendir(directory.c_str());
  while (const dirent* entry = readdir(opened)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(opened);
  return names;
}

int CountThreads() { return static_cast<int>(EntriesOf("/proc/self/task").size()); }
int CountDescriptors() { return static_cast<int>(EntriesOf("/proc/self/fd").size()); }
int CountIoThreads() {
  int n = 0;
  for (const std::string& thread : EntriesOf("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream("/proc/self/task/" + thread + "/comm"), name);
    n += name == "s2-http";
  }
  return n;
}

// An S2 without basins.
void AnswerNotFound(const HttpServer::Stream& request) {
  request->Respond(404, {{"content-type", "application/json"}});
  request->Send(R"({"code":"basin_not_found","message":"there is none"})", /*end=*/true);
}

Client MustConnect(absl::string_view endpoint) {
  absl::StatusOr<Client> client = Connect(endpoint);
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

TEST(IoThreadsTest, ManyClientsShareFewThreads) {
  constexpr int kClients = 60;
  HttpServer server({}, AnswerNotFound);
  const std::string endpoint = absl::StrCat("http://127.0.0.1:", server.port());
  // So that what the process has once is there.
  EXPECT_TRUE(absl::IsNotFound(MustConnect(endpoint).DeleteBasin("no-basin")));
  const int threads = CountThreads();
  const int descriptors = CountDescriptors();
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(MustConnect(endpoint));
  EXPECT_LT(CountDescriptors() - descriptors, kClients / 2);
  for (const Client& client : clients) {
    EXPECT_TRUE(absl::IsNotFound(client.DeleteBasin("no-basin")));
  }
  EXPECT_LE(CountIoThreads(), kIoThreads);
  EXPECT_LT(CountThreads() - threads, kClients / 2);
  // Connections are not shared.
  EXPECT_EQ(server.connections_made(), 1 + kClients);
  // They go with their client.
  clients.clear();
  EXPECT_TRUE(server.AwaitConnectionsOpen(0));
  EXPECT_LE(CountIoThreads(), kIoThreads);
}

TEST(IoThreadsTest, AClientHasDifferentOnesAndThoseWithTheFewestClients) {
  using Loops = std::set<http2::IoLoop*>;
  const auto many = *http2::TakeIoLoops(2 * kIoThreads);
  EXPECT_EQ(Loops(many.begin(), many.end()).size(), 2 * kIoThreads);
  const auto one = *http2::TakeIoLoops(kIoThreads);
  const auto other = *http2::TakeIoLoops(kIoThreads);
  Loops both(one.begin(), one.end());
  both.insert(other.begin(), other.end());
  EXPECT_EQ(both.size(), 2 * kIoThreads);
  http2::GiveBack(one);
  const auto again = *http2::TakeIoLoops(kIoThreads);
  EXPECT_EQ(Loops(again.begin(), again.end()), Loops(one.begin(), one.end()));
  for (const auto& loops : {many, other, again}) http2::GiveBack(loops);
}

// A client that looks up a name for as long as it lives, and longer.
TEST(IoThreadsTest, AClientThatEndsDuringALookUpHoldsUpNobody) {
  SlowNames names;
  HttpServer server({}, AnswerNotFound);
  absl::Notification failed;
  absl::Status error;
  {
    const Client slow = MustConnect("http://end.slow");
    auto session = slow.Basin("basin-one").Stream("s").OpenAppendSession();
    ASSERT_TRUE(session.ok());
    session->Submit(MakeInput({MakeRecord("x")}))->OnDone([&](const auto& ack) {
      error = ack.status();
      failed.Notify();
    });
    EXPECT_TRUE(names.AwaitAsked("end.slow"));
  }
  // Callbacks still run, and so do other clients; the name is being looked up all the while.
  EXPECT_TRUE(failed.WaitForNotificationWithTimeout(kPatience));
  EXPECT_FALSE(error.ok());
  EXPECT_TRUE(absl::IsNotFound(
      MustConnect(absl::StrCat("http://127.0.0.1:", server.port())).DeleteBasin("no-basin")));
  EXPECT_EQ(names.asked("end.slow"), 1);
}

}  // namespace
}  // namespace s2::testing
