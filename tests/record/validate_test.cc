// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/record/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2 {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// An error of code kInvalid whose text matches.
MATCHER_P(IsInvalid, text, "") {
  return GetErrorCode(arg) == ErrorCode::kInvalid && HasNoSideEffects(arg) && !IsRetryable(arg) &&
         ::testing::ExplainMatchResult(text, std::string(arg.message()), result_listener);
}
MATCHER(IsOk, "") {
  *result_listener << arg;
  return arg.ok();
}

v1::AppendInput Records(int count) {
  return MakeInput(std::vector<v1::AppendRecord>(count, MakeRecord("")));
}

TEST(ValidateInputTest, ABatchHasOneToAThousandRecords) {
  EXPECT_THAT(Validate(Records(1)), IsOk());
  EXPECT_THAT(Validate(Records(1000)), IsOk());
  EXPECT_THAT(Validate(Records(0)),
              IsInvalid(AllOf(HasSubstr("records has 0 records"), HasSubstr("1 to 1000"))));
  EXPECT_THAT(Validate(Records(1001)),
              IsInvalid(AllOf(HasSubstr("records has 1001 records"), HasSubstr("1 to 1000"))));
}

TEST(ValidateInputTest, ABatchHasAtMostOneMebibyteMetered) {
  constexpr size_t kLimit = 1048576;
  EXPECT_THAT(Validate(MakeInput({MakeRecord(std::string(kLimit - 8, 'x'))})), IsOk());
  EXPECT_THAT(Validate(MakeInput({MakeRecord(std::string(kLimit - 7, 'x'))})),
              IsInvalid(AllOf(HasSubstr("records has 1048577 metered"), HasSubstr("is 1048576"))));
}

TEST(ValidateInputTest, TheBytesOfAllRecordsAndTheirHeadersCount) {
  const std::string half(1048576 / 2 - 8 - 2 - 4, 'x');
  EXPECT_THAT(
      Validate(MakeInput({MakeRecord({{"nn", "vv"}}, half), MakeRecord({{"nn", "vv"}}, half)})),
      IsOk());
  EXPECT_THAT(
      Validate(MakeInput({MakeRecord({{"nn", "vv"}}, half), MakeRecord({{"nn", "vvv"}}, half)})),
      IsInvalid(HasSubstr("1048577")));
}

TEST(ValidateInputTest, AFencingTokenHasAtMost36BytesOfUtf8) {
  v1::AppendInput input = Records(1);
  for (const std::string& token : {std::string(), std::string(36, 't'), std::string("\xC3\xA4")}) {
    input.set_fencing_token(token);
    EXPECT_THAT(Validate(input), IsOk()) << token;
  }
  input.set_fencing_token(std::string(37, 't'));
  EXPECT_THAT(Validate(input),
              IsInvalid(AllOf(HasSubstr("fencing_token has 37 bytes"), HasSubstr("is 36"))));
  input.set_fencing_token("\xff");
  EXPECT_THAT(Validate(input),
              IsInvalid(AllOf(HasSubstr(R"(fencing_token is "\xff")"), HasSubstr("UTF-8"))));
}

TEST(ValidateInputTest, AFenceCommandTakesATokenOfAtMost36BytesOfUtf8) {
  EXPECT_THAT(Validate(MakeInput({MakeFenceRecord("")})), IsOk());
  EXPECT_THAT(Validate(MakeInput({MakeFenceRecord(std::string(36, 't'))})), IsOk());
  EXPECT_THAT(Validate(MakeInput({MakeRecord(""), MakeFenceRecord(std::string(37, 't'))})),
              IsInvalid(AllOf(HasSubstr("records[1].body has 37 bytes"), HasSubstr("is 36"))));
  EXPECT_THAT(Validate(MakeInput({MakeFenceRecord("\xff")})),
              IsInvalid(AllOf(HasSubstr("records[0].body"), HasSubstr("UTF-8"))));
}

TEST(ValidateInputTest, ATrimCommandTakesExactlyEightBytes) {
  EXPECT_THAT(Validate(MakeInput({MakeTrimRecord(0)})), IsOk());
  for (int size : {0, 7, 9}) {
    const std::string body(size, 'x');
    EXPECT_THAT(Validate(MakeInput({MakeRecord({{"", "trim"}}, body)})),
                IsInvalid(AllOf(HasSubstr("records[0].body has " + std::to_string(size) + " bytes"),
                                HasSubstr("exactly 8"))));
  }
}

TEST(ValidateInputTest, AnEmptyHeaderNameIsACommandOrNothing) {
  EXPECT_THAT(Validate(MakeInput({MakeRecord({{"", "drop"}}, "")})),
              IsInvalid(AllOf(HasSubstr("records[0]"), HasSubstr("\"drop\""), HasSubstr("fence"),
                              HasSubstr("trim"))));
  EXPECT_THAT(Validate(MakeInput({MakeRecord({{"", ""}}, "")})), IsInvalid(HasSubstr("\"\"")));
  EXPECT_THAT(Validate(MakeInput({MakeRecord({{"", "fence"}, {"n", "v"}}, "t")})),
              IsInvalid(AllOf(HasSubstr("2 headers"), HasSubstr("exactly one"))));
  EXPECT_THAT(Validate(MakeInput({MakeRecord({{"n", "v"}, {"", "fence"}}, "t")})),
              IsInvalid(HasSubstr("2 headers")));
}

TEST(ValidateInputTest, AnEmptyHeaderValueIsFine) {
  EXPECT_THAT(Validate(MakeInput({MakeRecord({{"n", ""}, {"m", ""}}, "")})), IsOk());
}

TEST(ValidateInputTest, AShownValueIsPrintableAndNotWithoutEnd) {
  const absl::Status error =
      Validate(MakeInput({MakeRecord({{"", "\n" + std::string(1000, 'x')}}, "")}));
  EXPECT_THAT(error, IsInvalid(AllOf(HasSubstr("\"\\n" + std::string(63, 'x') + "...\""),
                                     Not(HasSubstr(std::string(64, 'x'))))));
}

TEST(ValidateReadTest, AStartTimestampIsBelowUntil) {
  rpc::v1::ReadRequest request;
  EXPECT_THAT(Validate(request), IsOk());
  request.set_until(10);
  EXPECT_THAT(Validate(request), IsOk());
  request.set_timestamp(9);
  EXPECT_THAT(Validate(request), IsOk());
  request.set_timestamp(10);
  EXPECT_THAT(Validate(request),
              IsInvalid(AllOf(HasSubstr("timestamp is 10"), HasSubstr("below until, 10"))));
  request.set_seq_num(11);
  EXPECT_THAT(Validate(request), IsOk());
  request.clear_until();
  request.set_timestamp(10);
  EXPECT_THAT(Validate(request), IsOk());
}

TEST(ValidateNamesTest, ABasinNameHas8To48Characters) {
  EXPECT_THAT(ValidateBasinName(std::string(8, 'a')), IsOk());
  EXPECT_THAT(ValidateBasinName(std::string(48, 'a')), IsOk());
  EXPECT_THAT(ValidateBasinName(std::string(7, 'a')),
              IsInvalid(AllOf(HasSubstr("basin \"aaaaaaa\" has 7 bytes"), HasSubstr("8 to 48"))));
  EXPECT_THAT(ValidateBasinName(std::string(49, 'a')),
              IsInvalid(AllOf(HasSubstr("has 49 bytes"), HasSubstr("8 to 48"))));
  EXPECT_THAT(ValidateBasinName(""), IsInvalid(HasSubstr("has 0 bytes")));
}

TEST(ValidateNamesTest, ABasinNameIsOfLowerCaseLettersDigitsAndInnerHyphens) {
  EXPECT_THAT(ValidateBasinName("0basin-with--9z"), IsOk());
  for (const char* name : {"-basin-name", "basin-name-", "Basin-name", "basin_name", "basin.name",
                           "basin name", "b\xC3\xA4sin-name"}) {
    EXPECT_THAT(ValidateBasinName(name),
                IsInvalid(AllOf(HasSubstr("basin is \""), HasSubstr("a-z, 0-9 and -"))))
        << name;
  }
}

TEST(ValidateNamesTest, AStreamNameHas1To512Bytes) {
  EXPECT_THAT(ValidateStreamName("s"), IsOk());
  EXPECT_THAT(ValidateStreamName(std::string(512, 's')), IsOk());
  EXPECT_THAT(ValidateStreamName(""),
              IsInvalid(AllOf(HasSubstr("stream \"\" has 0 bytes"), HasSubstr("1 to 512"))));
  EXPECT_THAT(ValidateStreamName(std::string(513, 's')),
              IsInvalid(AllOf(HasSubstr("has 513 bytes"), HasSubstr("1 to 512"))));
}

TEST(ValidateNamesTest, AStreamNameIsAnyUtf8ButNulAndTheDots) {
  for (const char* name : {"a/b", "...", ".a", "a.", " ", "%2F", "\n", "\xE2\x82\xAC"}) {
    EXPECT_THAT(ValidateStreamName(name), IsOk());
  }
  for (absl::string_view name :
       {absl::string_view("."), absl::string_view(".."), absl::string_view("a\0b", 3),
        absl::string_view("\0", 1), absl::string_view("a\xff")}) {
    EXPECT_THAT(ValidateStreamName(name),
                IsInvalid(AllOf(HasSubstr("stream is \""), HasSubstr("UTF-8 without NUL"))))
        << name;
  }
}

TEST(ValidateNamesTest, AnAccessTokenIdIsLikeAStreamNameButShorter) {
  EXPECT_THAT(ValidateAccessTokenId(std::string(96, 't')), IsOk());
  EXPECT_THAT(ValidateAccessTokenId("a/\xE2\x82\xAC"), IsOk());
  EXPECT_THAT(ValidateAccessTokenId(""), IsInvalid(HasSubstr("id \"\" has 0 bytes")));
  EXPECT_THAT(ValidateAccessTokenId(std::string(97, 't')), IsInvalid(HasSubstr("1 to 96")));
  for (const char* id : {".", "..", "a\xff"}) {
    EXPECT_THAT(ValidateAccessTokenId(id), IsInvalid(HasSubstr("an access token id is UTF-8")));
  }
}

TEST(ValidateNamesTest, ARequestTokenHasAtMost36Bytes) {
  EXPECT_THAT(ValidateRequestToken(""), IsOk());
  EXPECT_THAT(ValidateRequestToken(std::string(36, 't')), IsOk());
  EXPECT_THAT(ValidateRequestToken(std::string(37, 't')),
              IsInvalid(AllOf(HasSubstr("request_token has 37 bytes"), HasSubstr("is 36"))));
}

}  // namespace
}  // namespace s2
