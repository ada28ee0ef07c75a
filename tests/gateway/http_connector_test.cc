// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "s2/gateway/internal/http2/connector.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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

  http2::Tls tls_{""};
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
