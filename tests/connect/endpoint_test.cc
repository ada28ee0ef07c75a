// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/connect/internal/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/string_view.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

using Kind = Endpoint::Kind;

Endpoint Parse(absl::string_view text) {
  absl::StatusOr<Endpoint> endpoint = ParseEndpoint(text);
  EXPECT_TRUE(endpoint.ok()) << text << ": " << endpoint.status();
  return endpoint.value_or(Endpoint());
}

TEST(Endpoint, AnEmulatorIsPrivateOrHasAName) {
  EXPECT_EQ(Parse("emulator:").kind, Kind::kEmulator);
  EXPECT_EQ(Parse("emulator:").name, "");
  EXPECT_EQ(Parse("emulator://my-test_1.x").name, "my-test_1.x");
}

TEST(Endpoint, ASocketHasAPath) {
  EXPECT_EQ(Parse("unix:run/s2").path, "run/s2");
  EXPECT_EQ(Parse("unix:/run/s2").path, "/run/s2");
  EXPECT_EQ(Parse("unix:///run/s2").path, "/run/s2");
  EXPECT_EQ(Parse("unix:/a%20b%3Fc%25").path, "/a b?c%");
  EXPECT_EQ(GrpcTarget(Parse("unix:///a%20b%3Fc%25")), "unix:/a%20b%3Fc%25");
  EXPECT_EQ(GrpcTarget(Parse("unix:run/s2")), "unix:run/s2");
}

TEST(Endpoint, AHostIsANameOrAnAddress) {
  struct Case {
    const char* text;
    const char* host;
    int port;
    bool tls;
    const char* target;
  };
  for (const Case& c : {
           Case{"grpc://example.com", "example.com", 50051, false, "dns:///example.com:50051"},
           Case{"grpc://example.com:1", "example.com", 1, false, "dns:///example.com:1"},
           Case{"GRPC://localhost:65535", "localhost", 65535, false, "dns:///localhost:65535"},
           Case{"grpc://10.0.0.1:80", "10.0.0.1", 80, false, "ipv4:10.0.0.1:80"},
           Case{"grpc://[::1]", "::1", 50051, false, "ipv6:[::1]:50051"},
           Case{"grpcs://[2001:db8::1]:444", "2001:db8::1", 444, true, "ipv6:[2001:db8::1]:444"},
           Case{"grpcs://my_host-1", "my_host-1", 443, true, "dns:///my_host-1:443"},
       }) {
    const Endpoint endpoint = Parse(c.text);
    EXPECT_EQ(endpoint.kind, Kind::kTcp) << c.text;
    EXPECT_EQ(endpoint.host, c.host) << c.text;
    EXPECT_EQ(endpoint.port, c.port) << c.text;
    EXPECT_EQ(endpoint.tls, c.tls) << c.text;
    EXPECT_EQ(GrpcTarget(endpoint), c.target) << c.text;
  }
}

TEST(Endpoint, TlsHasOptions) {
  const Endpoint endpoint =
      Parse("grpcs://h:1?roots=/a%26b.pem&cert=c.pem&key=k%3D.pem&name=s2.example");
  EXPECT_EQ(endpoint.roots_file, "/a&b.pem");
  EXPECT_EQ(endpoint.certificate_file, "c.pem");
  EXPECT_EQ(endpoint.key_file, "k=.pem");
  EXPECT_EQ(endpoint.certificate_name, "s2.example");
}

TEST(Endpoint, HttpIsS2Itself) {
  const Endpoint plain = Parse("http://localhost:8080");
  EXPECT_EQ(plain.kind, Kind::kHttp);
  EXPECT_EQ(plain.url, "http://localhost:8080");
  EXPECT_EQ(plain.basin_url, "");
  const Endpoint full =
      Parse("https://a.s2.dev?basin={basin}.b.s2.dev:1&compression=zstd&roots=/a%26b.pem");
  EXPECT_EQ(full.url, "https://a.s2.dev");
  EXPECT_EQ(full.basin_url, "https://{basin}.b.s2.dev:1");
  EXPECT_EQ(full.compression, GatewayCompression::kZstd);
  EXPECT_EQ(full.roots_file, "/a&b.pem");
}

TEST(Endpoint, ABadOneIsRefusedWithWhatWasExpected) {
  struct Case {
    const char* text;
    const char* error;
  };
  constexpr char kScheme[] =
      "expected \"emulator:\", \"grpc://\", \"grpcs://\", \"unix:\", \"http://\" or \"https://\"";
  for (const Case& c : {
           Case{"", kScheme},
           Case{"localhost", kScheme},
           Case{"localhost:50051", kScheme},
           Case{"ftp://x", kScheme},
           Case{"emulator", kScheme},
           Case{":x", kScheme},
           Case{"emulator:x", "expected \"emulator:\", or \"emulator://NAME\""},
           Case{"emulator://", "found \"emulator://\""},
           Case{"emulator://a/b", "with a NAME of A-Z a-z 0-9 - . _, found \"emulator://a/b\""},
           Case{"unix:", "expected a path of 1 to 107 bytes behind \"unix:\", found nothing"},
           Case{"unix://host/x", "expected \"unix:PATH\" or \"unix:///PATH\""},
           Case{"unix:/x?y=1", "expected no options behind the path of a unix socket"},
           Case{"unix:/x%2", "expected two hexadecimal digits behind each %, found \"%2\""},
           Case{"unix:/x%zz", "found \"%zz\""},
           Case{"unix:/x%00", "expected a file name without NUL"},
           Case{"grpc:host", "expected \"grpc://HOST[:PORT]\", found \"grpc:host\""},
           Case{"grpc://",
                "expected a host: a name, an IPv4 address, or an IPv6 address in "
                "brackets, found nothing"},
           Case{"grpc://:1", "expected a host"},
           Case{"grpc://a b", "expected a host"},
           Case{"grpc://host:", "expected a port of 1 to 65535, found nothing"},
           Case{"grpc://host:0", "expected a port of 1 to 65535, found \"0\""},
           Case{"grpc://host:65536", "found \"65536\""},
           Case{"grpc://host:+1", "found \"+1\""},
           Case{"grpc://host:1:2", "found \"1:2\""},
           Case{"grpc://1.2.3", "expected an IPv4 address, found \"1.2.3\""},
           Case{"grpc://::1", "expected a host"},
           Case{"grpc://[::1", "expected an IPv6 address in brackets, found \"[::1\""},
           Case{"grpc://[localhost]", "expected an IPv6 address in brackets"},
           Case{"grpc://[::1]x", "expected \":PORT\" behind the host, found \"x\""},
           Case{"grpc://host/", "expected nothing behind grpc://HOST[:PORT], found \"/\""},
           Case{"grpc://host?roots=x", "expected nothing behind grpc://HOST[:PORT]"},
           Case{"grpcs://host/x", "expected nothing or \"?OPTION\""},
           Case{"grpcs://host?", "expected options roots=FILE, cert=FILE, key=FILE, name=HOST"},
           Case{"grpcs://host?rots=x", "found \"rots=x\""},
           Case{"grpcs://host?roots=", "found \"roots=\""},
           Case{"grpcs://host?roots=a&roots=b", "each once, found \"roots=b\""},
           Case{"grpcs://host?cert=a", "expected cert=FILE and key=FILE together"},
           Case{"grpcs://host?name=a/b", "expected a host name as the option name"},
           Case{"grpc://{basin}.b.example", "placeholders such as {basin}"},
           Case{"http:host", "expected \"http://HOST[:PORT]\" or \"https://HOST[:PORT]\""},
           Case{"https://host/v1", "expected nothing behind https://HOST[:PORT], found \"/v1\""},
           Case{"https://host?", "expected options basin=HOST, compression=CODING, roots=FILE"},
           Case{"https://host?compression=br", "expected none, gzip or zstd"},
           Case{"https://host?basin=a/b", "the option basin: expected nothing behind"},
           Case{"https://me:secret@host", "expected no user name in front of the host"},
           Case{"grpc://me:secret@host", "expected no user name in front of the host"},
           Case{"grpc://host\n", "found \"host\\n\""},
       }) {
    const absl::Status status = ParseEndpoint(c.text).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.error)) << c.text;
  }
}

TEST(Endpoint, ASocketsPathHasTheSystemsLimit) {
  EXPECT_TRUE(ParseEndpoint("unix:/" + std::string(106, 'a')).ok());
  EXPECT_FALSE(ParseEndpoint("unix:/" + std::string(107, 'a')).ok());
}

TEST(Endpoint, WhatStaysOnThisMachineIsLocal) {
  for (const char* local :
       {"emulator:", "unix:/x", "grpc://localhost", "grpc://LocalHost:1", "grpc://127.0.0.1",
        "grpc://127.9.9.9", "grpc://[::1]", "grpc://[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(IsLocal(Parse(local))) << local;
  }
  for (const char* remote : {"grpc://example.com", "grpc://128.0.0.1", "grpc://localhost.example",
                             "grpc://127.0.0.1.example", "grpc://[::2]", "grpc://0.0.0.0"}) {
    EXPECT_FALSE(IsLocal(Parse(remote))) << remote;
  }
}

TEST(Endpoint, AHostThatSeesATokenInTheClearIsNamed) {
  EXPECT_EQ(ClearHost(Parse("grpc://example.com")), "example.com");
  EXPECT_EQ(ClearHost(Parse("http://example.com:8080")), "example.com");
  EXPECT_EQ(ClearHost(Parse("http://localhost?basin=example.com")), "example.com");
  EXPECT_EQ(ClearHost(Parse("http://localhost?basin={basin}.localhost")), "{basin}.localhost");
  for (const char* safe : {"emulator:", "unix:/x", "grpc://localhost", "grpcs://example.com",
                           "http://127.0.0.1", "http://[::1]:80", "https://example.com"}) {
    EXPECT_EQ(ClearHost(Parse(safe)), "") << safe;
  }
}

}  // namespace
}  // namespace s2::internal
