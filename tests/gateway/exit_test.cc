// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// A process may exit while its clients of S2's own HTTP API are at work. What is wrong then is seen
// best with sanitizers.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/examples-run/program.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

// Accepts sessions, never acks nor delivers anything, and has no basins.
void Answer(const HttpServer::Stream& request) {
  if (absl::StrContains(request->path(), "/records")) {
    return request->Respond(200, {{"content-type", "s2s/proto"}});
  }
  request->Respond(404, {{"content-type", "application/json"}});
  request->Send(R"({"code":"basin_not_found","message":"there is none"})", /*end=*/true);
}

void ExpectGoodEnd(const std::string& mode, const std::string& endpoint) {
  for (int i = 0; i < 5; ++i) {
    const Ended ended = RunProgram({S2_EXIT_PROGRAM, mode, endpoint});
    EXPECT_EQ(ended.exit_code, 0) << ended.signal;
    EXPECT_EQ(ended.err, "");
  }
}

class ExitTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ExitTest, InTheClear) {
  HttpServer server({}, Answer);
  ExpectGoodEnd(GetParam(), absl::StrCat("http://127.0.0.1:", server.port()));
}

TEST_P(ExitTest, WithTls) {
  const Certificate authority("authority", nullptr);
  const Certificate certificate("localhost", &authority);
  const std::string roots = ::testing::TempDir() + "/gateway_exit_test_roots.pem";
  std::ofstream(roots) << authority.certificate();
  HttpServerOptions options;
  options.certificate = certificate.certificate();
  options.key = certificate.key();
  HttpServer server(options, Answer);
  ExpectGoodEnd(GetParam(), absl::StrCat("https://localhost:", server.port(), "?roots=", roots));
}

// What is destroyed last may still call.
TEST(ExitWithALastCallTest, IsAnswered) {
  HttpServer server({}, Answer);
  ExpectGoodEnd("early, with a last call", absl::StrCat("http://127.0.0.1:", server.port()));
}

INSTANTIATE_TEST_SUITE_P(Modes, ExitTest,
                         ::testing::Values("static", "early", "leaked", "threads",
                                           "exit in a thread", "during a look-up", "fork"),
                         [](const auto& mode) {
                           std::string name = mode.param;
                           name.erase(std::remove_if(name.begin(), name.end(),
                                                     [](char c) { return c < 'a' || c > 'z'; }),
                                      name.end());
                           return name;
                         });

}  // namespace
}  // namespace s2::testing
