// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "s2/tests/connect/certificates.h"
#include "s2/tests/gateway/http_fixture.h"

namespace s2::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class HttpClientTlsTest : public HttpTest {
 protected:
  HttpClientTlsTest() {
    options_.roots_file = ::testing::TempDir() + "/http_client_tls_test_roots.pem";
    std::ofstream(options_.roots_file) << authority_.certificate();
  }

  HttpServerOptions Serve(const Certificate& certificate) const {
    HttpServerOptions options;
    options.certificate = certificate.certificate();
    options.key = certificate.key();
    return options;
  }

  // The end of a request to the server by this name, with an answer if it gets there.
  absl::Status Ask(HttpServer& server, const std::string& host) {
    http2::Origin origin = server.origin();
    origin.host = host;
    origin.tls = true;
    HttpCall call = Open(client(), GetFrom(origin));
    return call.events->AwaitClosed();
  }

  const Certificate authority_{"authority", nullptr};
};

// What is refused before a word of HTTP/2.
void ExpectRefused(const absl::Status& error, const std::string& message) {
  ExpectNotSent(error, ErrorCode::kServerDisconnected, message);
}

TEST_F(HttpClientTlsTest, SpeaksToAServerWithAGoodCertificate) {
  HttpServer server(Serve(Certificate("localhost", &authority_)), AnswerAtOnce);
  EXPECT_TRUE(Ask(server, "localhost").ok());
}

TEST_F(HttpClientTlsTest, SendsAndReceivesMuch) {
  const std::string text(5 << 20, 'x');
  HttpServer server(Serve(Certificate("localhost", &authority_)), Echo);
  http2::Origin origin = server.origin();
  origin.host = "localhost";
  HttpCall call = Open(client(), PostTo(origin));
  call.events->ConsumeOn(call.stream);
  call.Write(text, true);
  EXPECT_TRUE(call.events->AwaitClosed().ok());
  EXPECT_TRUE(call.events->AwaitData(text.size()) == text);
}

TEST_F(HttpClientTlsTest, RefusesACertificateForAnotherName) {
  HttpServer server(Serve(Certificate("elsewhere.example", &authority_)), AnswerAtOnce);
  ExpectRefused(Ask(server, "localhost"),
                "the certificate of /CN=elsewhere.example is refused: hostname mismatch");
}

TEST_F(HttpClientTlsTest, RefusesACertificateForANameWhenAskedForAnAddress) {
  HttpServer server(Serve(Certificate("localhost", &authority_)), AnswerAtOnce);
  ExpectRefused(Ask(server, "127.0.0.1"),
                "the certificate of /CN=localhost is refused: IP address mismatch");
}

TEST_F(HttpClientTlsTest, RefusesACertificateOfAnUnknownAuthority) {
  const Certificate unknown("unknown", nullptr);
  HttpServer server(Serve(Certificate("localhost", &unknown)), AnswerAtOnce);
  ExpectRefused(
      Ask(server, "localhost"),
      "the certificate of /CN=localhost is refused: unable to get local issuer certificate");
}

TEST_F(HttpClientTlsTest, RefusesThatOfATestServerByTheSystemsRoots) {
  options_.roots_file.clear();
  HttpServer server(Serve(Certificate("localhost", &authority_)), AnswerAtOnce);
  ExpectRefused(Ask(server, "localhost"), "is refused: unable to get local issuer certificate");
}

// As long as nobody writes into it, to read the system's roots takes.
TEST_F(HttpClientTlsTest, SlowRootsHoldUpNoOtherConnection) {
  const std::string slow = ::testing::TempDir() + "/http_client_tls_test_slow_roots.pem";
  unlink(slow.c_str());
  ASSERT_EQ(mkfifo(slow.c_str(), 0600), 0);
  setenv("SSL_CERT_FILE", slow.c_str(), 1);
  options_.roots_file.clear();
  options_.connect_timeout = absl::Seconds(20);
  HttpServer secure(Serve(Certificate("localhost", &authority_)), AnswerAtOnce);
  http2::Origin origin = secure.origin();
  origin.host = "localhost";
  HttpCall call = Open(client(), GetFrom(origin));
  HttpServer plain({}, AnswerAtOnce);
  EXPECT_EQ(Get(plain).events->AwaitClosed(), absl::OkStatus());
  EXPECT_FALSE(call.events->closed());
  std::ofstream(slow) << authority_.certificate();
  EXPECT_EQ(call.events->AwaitClosed(), absl::OkStatus());
  unsetenv("SSL_CERT_FILE");
}

TEST_F(HttpClientTlsTest, TellsAServerWithoutHttp2) {
  HttpServerOptions options = Serve(Certificate("localhost", &authority_));
  options.alpn = "";
  HttpServer server(options, AnswerAtOnce);
  ExpectRefused(Ask(server, "localhost"), "the server does not offer HTTP/2 (no ALPN in its TLS)");
}

TEST_F(HttpClientTlsTest, TellsAServerThatRefusesHttp2) {
  HttpServerOptions options = Serve(Certificate("localhost", &authority_));
  options.alpn = "refuse";
  HttpServer server(options, AnswerAtOnce);
  ExpectRefused(Ask(server, "localhost"), "the server does not offer HTTP/2 (it refused our ALPN)");
}

TEST_F(HttpClientTlsTest, TellsAServerWithoutTls) {
  HttpServerOptions options;
  options.raw_answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  HttpServer server(options);
  ExpectRefused(Ask(server, "localhost"),
                "the server does not speak TLS; is it an http:// endpoint?");
}

TEST_F(HttpClientTlsTest, TellsAServerThatHangsUpInTheHandshake) {
  HttpServer server({}, AnswerAtOnce);
  ExpectRefused(Ask(server, "localhost"), "TLS handshake: ");
}

TEST_F(HttpClientTlsTest, GivesUpAHandshakeThatTakesTooLong) {
  options_.connect_timeout = absl::Milliseconds(200);
  HttpServerOptions options = Serve(Certificate("localhost", &authority_));
  options.never_read = true;
  HttpServer server(options);
  ExpectNotSent(Ask(server, "localhost"), ErrorCode::kOpenTimeout, "TLS handshake");
}

TEST_F(HttpClientTlsTest, TellsPlainTextFromAServerOfTls) {
  HttpServer server(Serve(Certificate("localhost", &authority_)), AnswerAtOnce);
  http2::Origin origin = server.origin();
  origin.tls = false;
  HttpCall call = Open(client(), GetFrom(origin));
  const absl::Status error = call.events->AwaitClosed();
  EXPECT_TRUE(IsNotSent(error));
  EXPECT_THAT(Said(error), AnyOf(HasSubstr("is it an https:// endpoint?"),
                                 HasSubstr("the server closed the connection before")));
}

TEST_F(HttpClientTlsTest, NamesARootsFileThatCannotBeRead) {
  options_.roots_file = "/no/such/roots.pem";
  const auto client = http2::MakeClient(options_);
  EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Said(client.status()), HasSubstr("'/no/such/roots.pem': "));
}

}  // namespace
}  // namespace s2::testing
