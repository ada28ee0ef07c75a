// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/endpoint/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace s2::endpoint {
namespace {

using ::testing::HasSubstr;

// What the text names, which is a `Kind`.
template <typename Kind>
Kind MustParse(absl::string_view text) {
  const absl::StatusOr<Endpoint> endpoint = Parse(text);
  EXPECT_TRUE(endpoint.ok()) << text << ": " << endpoint.status();
  const Kind* const kind = endpoint.ok() ? std::get_if<Kind>(&*endpoint) : nullptr;
  EXPECT_NE(kind, nullptr) << text;
  return kind == nullptr ? Kind() : *kind;
}

TEST(Endpoint, AnEmulatorIsPrivateOrHasAName) {
  EXPECT_EQ(MustParse<Emulator>("emulator:").name, "");
  EXPECT_EQ(MustParse<Emulator>("emulator://my-test_1.x").name, "my-test_1.x");
}

TEST(Endpoint, ASocketHasAPath) {
  EXPECT_EQ(MustParse<UnixSocket>("unix:run/s2").path, "run/s2");
  EXPECT_EQ(MustParse<UnixSocket>("unix:/run/s2").path, "/run/s2");
  EXPECT_EQ(MustParse<UnixSocket>("unix:///run/s2").path, "/run/s2");
  EXPECT_EQ(MustParse<UnixSocket>("unix:/a%20b%3Fc%25").path, "/a b?c%");
  EXPECT_EQ(GrpcTarget(MustParse<UnixSocket>("unix:///a%20b%3Fc%25")), "unix:/a%20b%3Fc%25");
  EXPECT_EQ(GrpcTarget(MustParse<UnixSocket>("unix:run/s2")), "unix:run/s2");
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
    const Grpc grpc = MustParse<Grpc>(c.text);
    EXPECT_EQ(grpc.host, c.host) << c.text;
    EXPECT_EQ(grpc.port, c.port) << c.text;
    EXPECT_EQ(grpc.tls, c.tls) << c.text;
    EXPECT_EQ(GrpcTarget(grpc), c.target) << c.text;
  }
}

TEST(Endpoint, TlsHasOptions) {
  const Grpc grpc =
      MustParse<Grpc>("grpcs://h:1?roots=/a%26b.pem&cert=c.pem&key=k%3D.pem&name=s2.example");
  EXPECT_EQ(grpc.roots_file, "/a&b.pem");
  EXPECT_EQ(grpc.certificate_file, "c.pem");
  EXPECT_EQ(grpc.key_file, "k=.pem");
  EXPECT_EQ(grpc.certificate_name, "s2.example");
}

TEST(Endpoint, HttpIsS2Itself) {
  const Http plain = MustParse<Http>("http://localhost:8080");
  EXPECT_EQ(ToString(plain.account), "http://localhost:8080");
  EXPECT_FALSE(plain.basin);
  EXPECT_EQ(plain.compression, Compression::kNone);
  EXPECT_EQ(plain.roots_file, "");
  const Http full = MustParse<Http>(
      "https://a.s2.dev?basin={basin}.b.s2.dev:1&compression=zstd&roots=/a%26b.pem");
  EXPECT_EQ(ToString(full.account), "https://a.s2.dev:443");
  ASSERT_TRUE(full.basin);
  EXPECT_EQ(ToString(*full.basin), "https://{basin}.b.s2.dev:1");
  EXPECT_EQ(full.compression, Compression::kZstd);
  EXPECT_EQ(full.roots_file, "/a&b.pem");
  EXPECT_EQ(ToString(*MustParse<Http>("http://a?basin=b").basin), "http://b:80");
  EXPECT_EQ(MustParse<Http>("http://a?compression=gzip").compression, Compression::kGzip);
  EXPECT_EQ(MustParse<Http>("http://a?compression=none").compression, Compression::kNone);
}

TEST(Endpoint, ASlashMayFollowTheHost) {
  EXPECT_EQ(MustParse<Emulator>("emulator://test/").name, "test");
  EXPECT_EQ(GrpcTarget(MustParse<Grpc>("grpc://h:1/")), "dns:///h:1");
  EXPECT_EQ(GrpcTarget(MustParse<Grpc>("grpc://[::1]/")), "ipv6:[::1]:50051");
  EXPECT_EQ(MustParse<Grpc>("grpcs://h/?name=s2.example").certificate_name, "s2.example");
  EXPECT_EQ(ToString(MustParse<Http>("http://localhost:8080/").account), "http://localhost:8080");
  const Http full = MustParse<Http>("https://a.s2.dev/?basin={basin}.b.s2.dev/&compression=gzip");
  EXPECT_EQ(ToString(full.account), "https://a.s2.dev:443");
  EXPECT_EQ(ToString(*full.basin), "https://{basin}.b.s2.dev:443");
  EXPECT_EQ(full.compression, Compression::kGzip);
  // Of a socket's path it is a part.
  EXPECT_EQ(MustParse<UnixSocket>("unix:/run/s2/").path, "/run/s2/");
}

std::string Show(const absl::StatusOr<Http>& http) {
  if (!http.ok()) return std::string(http.status().message());
  const HttpHost& host = http->account;
  return absl::StrCat(host.tls ? "tls " : "plain ", host.basin_in_host ? "B." : "", host.host, " ",
                      host.port);
}

TEST(ParseHttpTest, TakesWhatTheGrammarAllows) {
  const std::pair<const char*, const char*> kCases[] = {
      {"http://localhost", "plain localhost 80"},
      {"https://a.s2.dev", "tls a.s2.dev 443"},
      {"HTTPS://a.s2.dev:8443", "tls a.s2.dev 8443"},
      {"https://{basin}.b.s2.dev", "tls B.b.s2.dev 443"},
      {"http://{basin}.localhost:1", "plain B.localhost 1"},
      {"http://127.0.0.1:65535", "plain 127.0.0.1 65535"},
      {"http://[::1]:8080", "plain ::1 8080"},
      {"https://[fe80::1]", "tls fe80::1 443"},
      {"http://under_score.example", "plain under_score.example 80"},
  };
  for (const auto& [text, shown] : kCases) EXPECT_EQ(Show(ParseHttp(text)), shown);
}

TEST(ParseHttpTest, SaysWhatWasExpected) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "expected \"http://HOST[:PORT]\" or \"https://HOST[:PORT]\", found nothing"},
      {"a.s2.dev", "found \"a.s2.dev\""},
      {"grpc://a.s2.dev", "expected \"http://HOST"},
      {"http:/a", "expected \"http://HOST"},
      {"http://", "expected a host"},
      {"http://:80", "expected a host"},
      {"http://a b", "expected a host"},
      {"http://{basin}", "expected a host"},
      {"http://{basin}.", "expected a host"},
      {"http://{stream}.b.s2.dev", "expected a host"},
      {"http://a.{basin}.b", "expected a host"},
      {"http://{basin}.127.0.0.1", "expected a name behind \"{basin}.\""},
      {"http://{basin}.[::1]", "expected a name behind"},
      {"http://1.2.3", "expected an IPv4 address"},
      {"http://[1::2::3]", "expected an IPv6 address in brackets"},
      {"http://[::1", "expected an IPv6 address in brackets"},
      {"http://[::1]x", "expected \":PORT\" behind the host"},
      {"http://a:", "expected a port of 1 to 65535, found nothing"},
      {"http://a:0", "expected a port"},
      {"http://a:65536", "expected a port"},
      {"http://a:+1", "expected a port"},
      {"http://a:8O", "expected a port"},
      {"http://a//", "expected nothing behind http://HOST[:PORT], found \"//\""},
      {"http://a/#", "expected nothing behind http://HOST[:PORT], found \"/#\""},
      {"http://a/v1?roots=x", "expected nothing behind http://HOST[:PORT], found \"/v1\""},
      {"https://a/v1", "expected nothing behind https://HOST[:PORT], found \"/v1\""},
      {"https://a#x", "expected nothing behind"},
      {"https://secret@a.s2.dev", "expected no user name"},
      {"http://a?", "expected options basin=HOST, compression=CODING, roots=FILE, each once"},
      {"http://a?root=x", "found \"root=x\""},
      {"http://a?roots=x&roots=y", "found \"roots=y\""},
      {"http://a?compression=br", "expected none, gzip or zstd"},
      {"http://a?basin=a/b", "the option basin: expected nothing behind http://HOST[:PORT]"},
      {"http://a?roots=%0", "two hexadecimal digits"},
  };
  for (const auto& [text, message] : kCases) {
    const absl::Status status = ParseHttp(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("secret")));
  }
}

TEST(ValidateHttpTest, WhatIsParsedIsValidButForABasinInTheAccountsHost) {
  for (const char* valid : {"http://localhost:80", "http://[::1]", "https://10.0.0.1",
                            "https://a.s2.dev?basin={basin}.b.s2.dev", "http://a?basin=b"}) {
    EXPECT_EQ(Validate(*ParseHttp(valid)), absl::OkStatus()) << valid;
  }
  EXPECT_EQ(Validate(*ParseHttp("https://{basin}.b.s2.dev")).message(),
            "account: expected one host for all basins, found \"https://{basin}.b.s2.dev:443\"");
}

TEST(ValidateHttpTest, WhatIsWrittenByHandMayBeWrong) {
  EXPECT_EQ(Validate(Http()).message(), "account: expected a port of 1 to 65535, found \"0\"");
  Http http;
  http.account = {"a b", 80};
  EXPECT_EQ(Validate(http).message(),
            "account: expected a host: a name or an address, found \"a b\"");
  http.account.host = "a";
  EXPECT_EQ(Validate(http), absl::OkStatus());
  http.basin = HttpHost{"127.0.0.1", 80, /*tls=*/false, /*basin_in_host=*/true};
  EXPECT_EQ(Validate(http).message(),
            "basin: expected a name behind \"{basin}.\", found \"127.0.0.1\"");
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
           Case{"emulator:///", "found \"emulator:///\""},
           Case{"emulator:a/", "found \"emulator:a/\""},
           Case{"emulator://a//", "found \"emulator://a//\""},
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
           Case{"grpc://host//", "expected nothing behind grpc://HOST[:PORT], found \"//\""},
           Case{"grpc://host/x", "expected nothing behind grpc://HOST[:PORT], found \"/x\""},
           Case{"grpc://host/?roots=x", "expected nothing behind grpc://HOST[:PORT]"},
           Case{"grpc://host?roots=x", "expected nothing behind grpc://HOST[:PORT]"},
           Case{"grpcs://host/x", "expected nothing or \"?OPTION\""},
           Case{"grpcs://host/x?roots=x", "found \"/x?roots=x\""},
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
    const absl::Status status = Parse(c.text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.error)) << c.text;
  }
}

TEST(Endpoint, ASocketsPathHasTheSystemsLimit) {
  EXPECT_TRUE(Parse("unix:/" + std::string(106, 'a')).ok());
  EXPECT_FALSE(Parse("unix:/" + std::string(107, 'a')).ok());
}

TEST(Endpoint, WhatStaysOnThisMachineIsLocal) {
  for (const char* local :
       {"emulator:", "unix:/x", "grpc://localhost", "grpc://LocalHost:1", "grpc://127.0.0.1",
        "grpc://127.9.9.9", "grpc://[::1]", "grpc://[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(IsLocal(*Parse(local))) << local;
  }
  for (const char* remote : {"grpc://example.com", "grpc://128.0.0.1", "grpc://localhost.example",
                             "grpc://127.0.0.1.example", "grpc://[::2]", "grpc://0.0.0.0"}) {
    EXPECT_FALSE(IsLocal(*Parse(remote))) << remote;
  }
}

TEST(Endpoint, AHostThatSeesATokenInTheClearIsNamed) {
  EXPECT_EQ(ClearHost(*Parse("grpc://example.com")), "example.com");
  EXPECT_EQ(ClearHost(*Parse("http://example.com:8080")), "example.com");
  EXPECT_EQ(ClearHost(*Parse("http://localhost?basin=example.com")), "example.com");
  EXPECT_EQ(ClearHost(*Parse("http://localhost?basin={basin}.localhost")), "{basin}.localhost");
  for (const char* safe : {"emulator:", "unix:/x", "grpc://localhost", "grpcs://example.com",
                           "http://127.0.0.1", "http://[::1]:80", "https://example.com"}) {
    EXPECT_EQ(ClearHost(*Parse(safe)), "") << safe;
  }
}

}  // namespace
}  // namespace s2::endpoint
