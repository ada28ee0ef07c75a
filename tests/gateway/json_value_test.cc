// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Reads `{"v": text}` and says what was wrong.
template <typename Read>
std::string ErrorOf(const std::string& text, const Read& read) {
  const std::optional<Json> json = ParseJson(R"({"v":)" + text + "}");
  if (!json) return "no JSON";
  absl::Status status;
  read(JsonReader(*json, status).Required("v"));
  EXPECT_EQ(GetErrorCode(status), status.ok() ? ErrorCode::kNone : ErrorCode::kInvalidAnswer);
  return std::string(status.message());
}

TEST(ParseJsonTest, WhatIsNoJsonIsNothing) {
  for (const char* text : {"", "{", "<html>", "{} {}", "\"\xff\"", "nan", "{'a':1}", "[1,]"}) {
    EXPECT_EQ(ParseJson(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseJson(std::string("{}\0", 3)), std::nullopt);
  EXPECT_TRUE(ParseJson(" {\"a\": [1, 2.5, \"\\u00e9\", null]}\n"));
}

TEST(ParseJsonTest, DeepNestingIsNoDanger) {
  const std::string deep(300000, '[');
  EXPECT_EQ(ParseJson(deep), std::nullopt);
  const std::optional<Json> json = ParseJson(deep + std::string(300000, ']'));
  ASSERT_TRUE(json);
  absl::Status status;
  JsonReader(*json, status).String();
  EXPECT_EQ(status.message(), "it is an array; it must be a string");
}

TEST(ToTextTest, JsonIsOneLineOfAsciiWithExactIntegers) {
  EXPECT_EQ(ToText(Json{{"n", 18446744073709551615u}, {"s", "\xc3\xa9\n"}}),
            R"({"n":18446744073709551615,"s":"\u00e9\n"})");
  // Not valid UTF-8: nothing is thrown.
  EXPECT_EQ(ToText(Json("\xff")), R"("\ufffd")");
}

TEST(ExcerptTest, IsQuotedEscapedAndBounded) {
  EXPECT_EQ(Excerpt("a\"\n\xff"), R"("a\"\n\xff")");
  EXPECT_EQ(Excerpt(std::string(200, 'x')), "\"" + std::string(200, 'x') + "\"");
  EXPECT_EQ(Excerpt(std::string(201, 'x')), "\"" + std::string(200, 'x') + "\"...");
}

TEST(JsonReaderTest, ReadsEachType) {
  const Json json = *ParseJson(
      R"({"s":"x","b":true,"u":18446744073709551615,"w":4294967295,"d":1.5,"i":2,"a":[1,[2,3]],)"
      R"("o":{"n":null,"m":7}})");
  absl::Status status;
  const JsonReader reader(json, status);
  EXPECT_EQ(reader.Required("s").String(), "x");
  EXPECT_TRUE(reader.Required("b").Bool());
  EXPECT_EQ(reader.Required("u").Uint64(), 18446744073709551615u);
  EXPECT_EQ(reader.Required("w").Uint32(), 4294967295u);
  EXPECT_EQ(reader.Required("d").Double(), 1.5);
  EXPECT_EQ(reader.Required("i").Double(), 2.0);
  EXPECT_EQ(reader.Required("a").Element(1).Element(0).Uint64(), 2);
  EXPECT_EQ(reader.Optional("o")->Optional("m")->Uint64(), 7);
  EXPECT_FALSE(reader.Optional("o")->Optional("n"));
  EXPECT_FALSE(reader.Optional("missing"));
  EXPECT_TRUE(status.ok()) << status;
}

TEST(JsonReaderTest, TheErrorNamesTheFieldTheValueAndWhatItMustBe) {
  const auto string = [](const JsonReader& v) { v.String(); };
  const auto boolean = [](const JsonReader& v) { v.Bool(); };
  const auto u64 = [](const JsonReader& v) { v.Uint64(); };
  const auto u32 = [](const JsonReader& v) { v.Uint32(); };
  const auto number = [](const JsonReader& v) { v.Double(); };
  const auto time = [](const JsonReader& v) { v.Time(); };
  const auto member = [](const JsonReader& v) { v.Required("x"); };
  const auto maybe = [](const JsonReader& v) { v.Optional("x"); };
  const auto each = [](const JsonReader& v) {
    v.ForEach([](const JsonReader& element) { element.Required("n").Uint64(); });
  };
  const auto third = [](const JsonReader& v) { v.Element(2); };

  EXPECT_EQ(ErrorOf("7", string), R"(v is "7"; it must be a string)");
  EXPECT_EQ(ErrorOf("null", string), "v is missing");
  EXPECT_EQ(ErrorOf(R"("true")", boolean), R"(v is "\"true\""; it must be true or false)");
  for (const char* bad : {"-1", "1.0", "1e3", "18446744073709551616", R"("1")", "true", "[1]"}) {
    EXPECT_THAT(ErrorOf(bad, u64), HasSubstr("an integer of 0 to 18446744073709551615")) << bad;
  }
  EXPECT_EQ(ErrorOf("4294967296", u32),
            R"(v is "4294967296"; it must be an integer of 0 to 4294967295)");
  EXPECT_EQ(ErrorOf(R"("1")", number), R"(v is "\"1\""; it must be a number)");
  EXPECT_EQ(ErrorOf(R"("yesterday")", time),
            R"(v is "\"yesterday\""; it must be a time of RFC 3339)");
  EXPECT_EQ(ErrorOf("{}", member), "v.x is missing");
  EXPECT_EQ(ErrorOf("[]", member), "v is an array; it must be an object");
  EXPECT_EQ(ErrorOf("7", maybe), R"(v is "7"; it must be an object)");
  EXPECT_EQ(ErrorOf("{}", each), "v is an object; it must be an array");
  EXPECT_EQ(ErrorOf(R"([{"n":1},{"n":-1},{}])", each),
            R"(v[1].n is "-1"; it must be an integer of 0 to 18446744073709551615)");
  EXPECT_EQ(ErrorOf("[1,2]", third), "v[2] is missing");
  EXPECT_EQ(ErrorOf("{}", third), "v is an object; it must be an array");
}

TEST(JsonReaderTest, OnlyTheFirstErrorCountsAndTheRestReadsAsNothing) {
  const Json json = *ParseJson(R"({"a":1,"b":2})");
  absl::Status status;
  const JsonReader reader(json, status);
  EXPECT_EQ(reader.Required("a").String(), "");
  EXPECT_EQ(reader.Required("missing").Required("more").Element(3).Uint64(), 0);
  EXPECT_FALSE(reader.Required("b").Bool());
  EXPECT_EQ(status.message(), R"(a is "1"; it must be a string)");
}

TEST(JsonReaderTest, AWholeAnswerHasNoName) {
  const Json json = 7;
  absl::Status status;
  JsonReader(json, status).Required("x");
  EXPECT_EQ(status.message(), R"(it is "7"; it must be an object)");
}

google::protobuf::Timestamp ReadTime(const std::string& text, absl::Status& status) {
  const Json json = text;
  return JsonReader(json, status).Time();
}

TEST(TimeTest, HasNanosecondsAndAnyOffset) {
  struct Case {
    const char* text;
    int64_t seconds;
    int32_t nanos;
  };
  const Case kCases[] = {
      {"1970-01-01T00:00:00Z", 0, 0},
      {"2026-11-25T03:04:05.123456789Z", 1795575845, 123456789},
      {"2026-11-25T03:04:05.1Z", 1795575845, 100000000},
      {"2026-11-25T05:04:05.000000001+02:00", 1795575845, 1},
      {"1969-12-31T23:59:59.25Z", -1, 250000000},
      {"0001-01-01T00:00:00Z", -62135596800, 0},
      {"9999-12-31T23:59:59.999999999Z", 253402300799, 999999999},
  };
  for (const Case& c : kCases) {
    absl::Status status;
    const auto time = ReadTime(c.text, status);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(time.seconds(), c.seconds) << c.text;
    EXPECT_EQ(time.nanos(), c.nanos) << c.text;
    // And back.
    const auto text = ToText(time, "t");
    ASSERT_TRUE(text.ok());
    const auto again = ReadTime(*text, status);
    EXPECT_EQ(again.seconds(), c.seconds) << *text;
    EXPECT_EQ(again.nanos(), c.nanos) << *text;
  }
}

TEST(TimeTest, WhatIsNoTimeIsAnError) {
  for (const char* text :
       {"", "2026-11-25", "2026-11-25T03:04:05", "infinite-future", "infinite-past",
        "10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "1795575845"}) {
    absl::Status status;
    const auto time = ReadTime(text, status);
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalidAnswer) << text;
    EXPECT_EQ(time.seconds(), 0) << text;
  }
}

TEST(TimeTest, IsWrittenAsRfc3339) {
  google::protobuf::Timestamp time;
  time.set_seconds(1795575845);
  time.set_nanos(120000000);
  EXPECT_EQ(*ToText(time, "t"), "2026-11-25T03:04:05.12+00:00");
}

TEST(TimeTest, OutOfRangeIsAnErrorThatNamesTheField) {
  const std::pair<int64_t, int32_t> kCases[] = {
      {253402300800, 0}, {-62135596801, 0}, {0, -1}, {0, 1000000000}, {INT64_MAX, 0}};
  for (const auto& [seconds, nanos] : kCases) {
    google::protobuf::Timestamp time;
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    const auto text = ToText(time, "info.expires_at");
    EXPECT_EQ(GetErrorCode(text.status()), ErrorCode::kInvalid);
    EXPECT_THAT(text.status().message(), HasSubstr("info.expires_at is "));
  }
}

}  // namespace
}  // namespace s2::gateway
