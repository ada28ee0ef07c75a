// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/gateway/internal/http2/connector.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Clock = std::chrono::steady_clock;
using Endpoint = asio::ip::tcp::endpoint;
using Socket = std::unique_ptr<http2::Socket>;

class HttpConnectorTest : public ::testing::Test {
 protected:
  static Endpoint At(const http2::Origin& origin) {
    return {asio::ip::make_address(origin.host), origin.port};
  }

  static Endpoint Refusing() { return At(HttpServer().origin()); }

  absl::StatusOr<Socket> Connect(const std::vector<Endpoint>& endpoints) {
    asio::io_context context;
    absl::StatusOr<Socket> result;
    const auto connector = std::make_shared<http2::Connector>(
        context, tls_, http2::Origin{false, "host", 80},
        std::chrono::steady_clock::now() + std::chrono::milliseconds(300),
        [&](absl::StatusOr<Socket> socket) {
          if (socket.ok()) {
            result = nullptr;
            connected_to_ = (*socket)->tcp.remote_endpoint();
            inherited_ = (fcntl((*socket)->tcp.native_handle(), F_GETFD) & FD_CLOEXEC) == 0;
          } else {
            result = socket.status();
          }
        });
    connector->Start(endpoints);
    context.run();
    return result;
  }

  const std::shared_ptr<http2::Tls> tls_ = std::make_shared<http2::Tls>("");
  Endpoint connected_to_;
  bool inherited_ = true;  // by a program that this process starts
};

TEST_F(HttpConnectorTest, TriesTheNextAddressWhenOneRefuses) {
  HttpServer server;
  EXPECT_TRUE(Connect({Refusing(), Refusing(), At(server.origin())}).ok());
  EXPECT_EQ(connected_to_, At(server.origin()));
}

TEST_F(HttpConnectorTest, TriesTheNextAddressWhenOneDoesNotAnswer) {
  SilentListener silent(SilentListener::Queue::kFull);
  HttpServer server;
  EXPECT_TRUE(Connect({At(OriginOf(silent)), At(server.origin())}).ok());
  EXPECT_EQ(connected_to_, At(server.origin()));
}

// How long an address may take is fixed before it is tried; to see it, nobody waits for that long.
TEST_F(HttpConnectorTest, EachAddressHasAnEqualShareOfTheTimeThatIsLeft) {
  asio::io_context context;
  const auto start = Clock::now();
  const auto deadline = start + std::chrono::hours(1);
  const auto connector =
      std::make_shared<http2::Connector>(context, tls_, http2::Origin{false, "host", 80}, deadline,
                                         [](const absl::StatusOr<Socket>&) {});
  connector->Start({Refusing(), Refusing(), Refusing(), Refusing()});
  Clock::time_point last = connector->patience();
  auto before = start;
  for (int addresses = 4; addresses > 0; --addresses) {
    while (connector->patience() == last) {
      before = Clock::now();
      ASSERT_EQ(context.run_one(), 1);
    }
    last = connector->patience();
    const auto after = Clock::now();
    EXPECT_GE(last, before + (deadline - before) / addresses) << addresses;
    EXPECT_LE(last, after + (deadline - after) / addresses) << addresses;
  }
  EXPECT_EQ(last, deadline);
  context.run();
}

// A connector that has begun to connect to the first of these, after the time for that is over.
// What comes next: the first address answers, and then the timer is heard of.
class LateTimerTest : public HttpConnectorTest {
 protected:
  absl::Status ConnectLate(const std::shared_ptr<http2::Tls>& tls, const http2::Origin& origin,
                           const std::vector<Endpoint>& endpoints) {
    asio::io_context context;
    absl::Status result = absl::UnknownError("not done");
    const auto connector = std::make_shared<http2::Connector>(
        context, tls, origin, Clock::now() + std::chrono::milliseconds(20),
        [&](const absl::StatusOr<Socket>& socket) { result = socket.status(); });
    connector->Start(endpoints);
    context.run_one();
    while (Clock::now() <= connector->patience()) {
    }
    context.run();
    return result;
  }
};

TEST_F(LateTimerTest, TheTimerOfOneAddressDoesNotCloseTheSocketOfTheNext) {
  HttpServer server;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ConnectLate(tls_, {false, "host", 80}, {Refusing(), At(server.origin())}),
              absl::OkStatus());
  }
}

TEST_F(LateTimerTest, TheTimerOfAnAddressDoesNotBreakItsHandshake) {
  const Certificate authority("authority", nullptr);
  const Certificate certificate("localhost", &authority);
  const std::string roots = ::testing::TempDir() + "/http_connector_test_roots.pem";
  std::ofstream(roots) << authority.certificate();
  const auto tls = std::make_shared<http2::Tls>(roots);
  HttpServerOptions options;
  options.certificate = certificate.certificate();
  options.key = certificate.key();
  HttpServer server(options);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ConnectLate(tls, {true, "localhost", 443}, {At(server.origin()), Refusing()}),
              absl::OkStatus());
  }
}

TEST_F(HttpConnectorTest, SaysWhyThereIsNoSocket) {
  HttpServer server;
  asio::io_context context;
  absl::Status failed;
  const auto connector = std::make_shared<http2::Connector>(
      context, tls_, http2::Origin{false, "host", 80}, Clock::now() + std::chrono::hours(1),
      [&](const absl::StatusOr<Socket>& socket) { failed = socket.status(); });
  connector->Start({At(server.origin())});
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none = {0, limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  context.run();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_THAT(Said(failed), HasSubstr(": Too many open files"));
}

TEST_F(HttpConnectorTest, NoOtherProgramInheritsTheConnection) {
  HttpServer server;
  EXPECT_TRUE(Connect({At(server.origin())}).ok());
  EXPECT_FALSE(inherited_);
}

TEST_F(HttpConnectorTest, NamesAllThatItTried) {
  SilentListener silent(SilentListener::Queue::kFull);
  const Endpoint refusing = Refusing();
  const auto failed = Connect({At(OriginOf(silent)), refusing}).status();
  EXPECT_THAT(Said(failed),
              AllOf(HasSubstr(std::to_string(silent.port()) + ": no answer; connecting to "),
                    HasSubstr(std::to_string(refusing.port()) + ": Connection refused")));
}

}  // namespace
}  // namespace s2::testing
