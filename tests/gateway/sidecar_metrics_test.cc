// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What an operator sees of s2-gateway: metrics and logs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "s2/tests/gateway/sidecar_fixture.h"
#include "s2/tests/program/http_get.h"

namespace s2::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class SidecarMetricsTest : public SidecarTest {
 protected:
  // The port in the next line of the program: "metrics on 127.0.0.1:PORT".
  static int MetricsPort(GatewayProgram& program) {
    const std::string line = program.Line();
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(line.substr(line.rfind(':') + 1), &port)) << line;
    return port;
  }
  // What is logged until the program's end.
  static std::vector<json> Events(GatewayProgram& program) {
    std::vector<json> events;
    for (std::string line; !(line = program.ErrorLine()).empty();) {
      events.push_back(json::parse(line));
    }
    return events;
  }
  static std::vector<std::string> Names(const std::vector<json>& events) {
    std::vector<std::string> names;
    for (const json& event : events) names.push_back(event["event"]);
    return names;
  }
};

TEST_F(SidecarMetricsTest, MetricsTellOfSessionsBytesAcksAndErrors) {
  PlayedS2 s2;
  GatewayProgram program(s2, {"--metrics=127.0.0.1:0"});
  const int port = MetricsPort(program);
  const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(program.Address()));
  AppendCall writer(*stub);
  const HttpServer::Stream appends = s2.Accept();
  ASSERT_TRUE(writer.Accepted());
  ASSERT_TRUE(writer.Write(Input("one")));
  ASSERT_TRUE(appends->AwaitBody(InputFrame("one").size()));
  appends->Send(AckFrame(0));
  ASSERT_THAT(writer.Ack(), Pair(0, 1));
  ReadCall reader(*stub, {});
  s2.Await()->Respond(404, {}, /*end=*/true);
  EXPECT_FALSE(reader.Finish().ok());

  const std::string metrics = HttpGet(port, "/metrics");
  EXPECT_THAT(metrics, HasSubstr("\ns2_sessions{kind=\"append\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr(absl::StrCat("\ns2_received_bytes_total ",
                                              Input("one").ByteSizeLong(), "\n")));
  EXPECT_THAT(metrics, HasSubstr("\ns2_acks_total 1\n"));
  EXPECT_THAT(metrics, HasSubstr("\ns2_ack_seconds_count 1\n"));
  EXPECT_THAT(metrics, HasSubstr("\ns2_errors_total{code=\"NOT_FOUND\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("\ns2_reconnects_total 0\n"));
  EXPECT_THAT(metrics, HasSubstr("\ns2_held_bytes "));
}

TEST_F(SidecarMetricsTest, TheLogTellsWhatHappened) {
  auto s2 = std::make_unique<PlayedS2>();
  GatewayProgram program(*s2, {"--probe-seconds=1"});
  const std::string address = program.Address();
  HealthWatch health(ConnectTo(address));
  EXPECT_TRUE(health.Next());
  const auto stub = rpc::v1::StreamService::NewStub(ConnectTo(address));
  AppendCall fails(*stub);
  s2->Await()->Respond(404, {}, /*end=*/true);
  EXPECT_FALSE(fails.Finish().ok());
  s2 = nullptr;
  EXPECT_FALSE(health.Next());
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);

  const std::vector<json> events = Events(program);
  ASSERT_THAT(Names(events),
              ElementsAre("listening", "started", "upstream_answers", "session_failed",
                          "upstream_does_not_answer", "drain_begun", "drain_ended"));
  EXPECT_EQ(events[0]["address"], address);
  EXPECT_EQ(events[3]["level"], "error");
  EXPECT_EQ(events[3]["kind"], "append");
  EXPECT_EQ(events[3]["basin"], kBasin);
  EXPECT_EQ(events[3]["stream"], kEncodedStream);
  EXPECT_EQ(events[3]["code"], "NOT_FOUND");
}

TEST_F(SidecarMetricsTest, NeitherLogNorMetricsHoldATokenOrARecord) {
  PlayedS2 s2;
  const std::string file = WriteFile("secret-token", "own-secret");
  GatewayProgram program(s2, {"--metrics=127.0.0.1:0", "--token-file", file});
  const int port = MetricsPort(program);
  const auto channel = ConnectTo(program.Address());
  EXPECT_EQ(ListBasins(channel, "caller-secret"), absl::OkStatus());
  const auto stub = rpc::v1::StreamService::NewStub(channel);
  AppendCall call(*stub);
  const HttpServer::Stream session = s2.Accept();
  ASSERT_TRUE(call.Accepted());
  ASSERT_TRUE(call.Write(Input("record-secret")));
  ASSERT_TRUE(session->AwaitBody(InputFrame("record-secret").size()));
  // An error that quotes all of them.
  session->Send(gateway::TerminalFrame(
      400, R"({"code":"invalid","message":"own-secret caller-secret record-secret"})"));
  EXPECT_THAT(std::string(call.Finish().message()), HasSubstr("record-secret"));
  EXPECT_THAT(HttpGet(port, "/metrics"), Not(HasSubstr("secret")));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
  std::string log;
  for (std::string line; !(line = program.ErrorLine()).empty();) log += line;
  EXPECT_THAT(log, HasSubstr("session_failed"));
  EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST_F(SidecarMetricsTest, NothingIsLoggedWhenItIsNotWanted) {
  PlayedS2 s2;
  GatewayProgram program(s2, {"--log=none"});
  program.Address();
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_EQ(program.ErrorLine(), "");
}

}  // namespace
}  // namespace s2::testing
