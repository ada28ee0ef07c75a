// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "s2/client/make_client.h"
#include "s2/connect/connect.h"
#include "s2/retry/error.h"
#include "s2/tests/connect/certificates.h"
#include "s2/tests/connect/test_server.h"

namespace s2 {
namespace {

using testing::Certificate;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TestServer;

std::string WriteFile(const std::string& name, const std::string& content) {
  const std::string path = ::testing::TempDir() + "s2-tls-test-" + name;
  std::ofstream(path) << content;
  return path;
}

// One authority, which server and client trust.
class TlsTest : public ::testing::Test {
 protected:
  TestServer::Options ServerOptions(const std::string& name, bool ask_client) const {
    const Certificate certificate(name, &authority_);
    grpc::SslServerCredentialsOptions ssl(
        ask_client ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                   : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    ssl.pem_key_cert_pairs.push_back({certificate.key(), certificate.certificate()});
    ssl.pem_root_certs = authority_.certificate();
    TestServer::Options options;
    options.credentials = grpc::SslServerCredentials(ssl);
    return options;
  }
  static ConnectOptions Once() {
    ConnectOptions options;
    options.client.unary_retry.budget.max_attempts = 1;
    return options;
  }

  const Certificate authority_{"authority", nullptr};
  const std::string roots_ = WriteFile("roots.pem", authority_.certificate());
};

TEST_F(TlsTest, AServerOfTheRightNameIsTrusted) {
  TestServer server(ServerOptions("localhost", false));
  ConnectOptions options;
  options.client.access_token = "token";
  auto client = Connect("grpcs://localhost:" + server.port() + "?roots=" + roots_, options);
  ASSERT_TRUE(client.ok()) << client.status();
  const absl::Status status = client->ListBasins().status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(server.authorizations(), ElementsAre("Bearer token"));
}

TEST_F(TlsTest, AServerOfAnotherNameIsTrustedOnlyIfThatNameIsExpected) {
  TestServer server(ServerOptions("s2.example", false));
  const std::string endpoint = "grpcs://127.0.0.1:" + server.port() + "?roots=" + roots_;
  EXPECT_EQ(GetErrorCode(Connect(endpoint, Once())->ListBasins().status()),
            ErrorCode::kServerDisconnected);
  const absl::Status status = Connect(endpoint + "&name=s2.example")->ListBasins().status();
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(TlsTest, AServerOfAnotherAuthorityIsNotTrusted) {
  TestServer server(ServerOptions("localhost", false));
  const std::string other = WriteFile("other.pem", Certificate("other", nullptr).certificate());
  auto client = Connect("grpcs://localhost:" + server.port() + "?roots=" + other, Once());
  EXPECT_EQ(GetErrorCode(client->ListBasins().status()), ErrorCode::kServerDisconnected);
}

TEST_F(TlsTest, AServerThatAsksForACertificateGetsIt) {
  TestServer server(ServerOptions("localhost", true));
  const std::string endpoint = "grpcs://localhost:" + server.port() + "?roots=" + roots_;
  EXPECT_FALSE(Connect(endpoint, Once())->ListBasins().ok());
  const Certificate own("client", &authority_);
  const std::string cert = WriteFile("cert.pem", own.certificate());
  const std::string key = WriteFile("key.pem", own.key());
  const absl::Status status =
      Connect(endpoint + "&cert=" + cert + "&key=" + key)->ListBasins().status();
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(TlsTest, ATokenGoesOnASecureChannelOfTheCallers) {
  TestServer server(ServerOptions("localhost", false));
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = authority_.certificate();
  ClientOptions options;
  options.access_token = "token";
  auto client = MakeClient(
      grpc::CreateChannel("localhost:" + server.port(), grpc::SslCredentials(ssl)), options);
  const absl::Status status = client->ListBasins().status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(server.authorizations(), ElementsAre("Bearer token"));
}

TEST_F(TlsTest, ATokenIsRefusedOnAnInsecureChannelOfTheCallersAndTheErrorSaysWhy) {
  TestServer server;
  ClientOptions options;
  options.access_token = "token";
  auto client = MakeClient(
      grpc::CreateChannel("localhost:" + server.port(), grpc::InsecureChannelCredentials()),
      options);
  const absl::Status status = client->ListBasins().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the channel is not secure"));
  EXPECT_THAT(server.authorizations(), IsEmpty());
  auto session = client->Basin("basin-one").Stream("s").OpenReadSession({});
  EXPECT_THAT(std::string(session->Next().status().message()),
              HasSubstr("the channel is not secure"));
}

}  // namespace
}  // namespace s2
