// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/metrics_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"
#include "s2/server/internal/calls.h"
#include "s2/tests/program/http_get.h"

namespace s2::program {
namespace {

using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::Not;

class MetricsServerTest : public ::testing::Test {
 protected:
  std::string Scrape() { return HttpGet(server_->port(), "/metrics"); }

  server::Meter meter_;
  size_t held_bytes_ = 0;
  const std::unique_ptr<MetricsServer> server_ =
      *MetricsServer::Start("127.0.0.1:0", meter_, [this] { return held_bytes_; });
};

TEST_F(MetricsServerTest, ShowsEachFigure) {
  meter_.SessionOpened(server::SessionKind::kAppend);
  meter_.SessionOpened(server::SessionKind::kRead);
  meter_.SessionOpened(server::SessionKind::kRead);
  meter_.Received(1000);
  meter_.Sent(2000);
  meter_.Acked(absl::Milliseconds(3));
  meter_.Acked(absl::Seconds(20));
  meter_.CallEnded(MakeError(ErrorCode::kStreamNotFound, ""));
  meter_.CallEnded(server::DrainingError(0));
  held_bytes_ = 3000;
  const std::string metrics = Scrape();
  EXPECT_THAT(metrics, HasSubstr("200 OK"));
  for (const std::string line : {
           "# TYPE s2_sessions gauge",
           "s2_sessions{kind=\"append\"} 1",
           "s2_sessions{kind=\"read\"} 2",
           "# TYPE s2_received_bytes_total counter",
           "s2_received_bytes_total 1000",
           "s2_sent_bytes_total 2000",
           "s2_acks_total 2",
           "# TYPE s2_ack_seconds histogram",
           "s2_ack_seconds_bucket{le=\"0.0025\"} 0",
           "s2_ack_seconds_bucket{le=\"0.005\"} 1",
           "s2_ack_seconds_bucket{le=\"10\"} 1",
           "s2_ack_seconds_bucket{le=\"+Inf\"} 2",
           "s2_ack_seconds_count 2",
           "s2_ack_seconds_sum 20.003",
           "s2_errors_total{code=\"stream_not_found\"} 1",
           "s2_errors_total{code=\"server_draining\"} 1",
           "s2_reconnects_total 1",
           "s2_held_bytes 3000",
       }) {
    EXPECT_THAT(metrics, HasSubstr(absl::StrCat("\n", line)));
  }
}

TEST_F(MetricsServerTest, ShowsWhatIsTheCaseNow) {
  EXPECT_THAT(Scrape(), HasSubstr("\ns2_held_bytes 0\n"));
  held_bytes_ = 1;
  EXPECT_THAT(Scrape(), HasSubstr("\ns2_held_bytes 1\n"));
}

TEST_F(MetricsServerTest, HasNothingElse) {
  EXPECT_THAT(HttpGet(server_->port(), "/"), HasSubstr(" 404 "));
  EXPECT_THAT(HttpGet(server_->port(), "/../etc/passwd"), Not(HasSubstr("root:")));
}

TEST_F(MetricsServerTest, ABadAddressIsAnErrorThatNamesTheFlag) {
  for (const std::string address :
       {"nonsense", "0", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x", "unix:/x", ":"}) {
    const absl::Status status =
        MetricsServer::Start(address, meter_, [] { return size_t{0}; }).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << address;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(absl::StrCat("cannot serve --metrics on \"", address, "\"")));
  }
  const absl::Status in_use =
      MetricsServer::Start(absl::StrCat("127.0.0.1:", server_->port()), meter_, [] {
        return size_t{0};
      }).status();
  EXPECT_FALSE(in_use.ok());
}

}  // namespace
}  // namespace s2::program
