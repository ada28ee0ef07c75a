// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/error_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace s2 {
namespace {

using ::testing::ElementsAreArray;
using S = absl::StatusCode;

// S2's codes as its specification has them, written down a second time: status, retryable, no side
// effects.
struct Spec {
  const char* name;
  int http_status;
  bool retryable;
  bool no_side_effects;
};
constexpr Spec kSpec[] = {
    {"access_token_not_found", 404, false, true},
    {"authn", 401, false, true},
    {"bad_frame", 400, false, true},
    {"bad_header", 400, false, true},
    {"bad_json", 400, false, true},
    {"bad_path", 400, false, true},
    {"bad_proto", 400, false, true},
    {"bad_query", 400, false, true},
    {"basin_deletion_pending", 409, false, true},
    {"basin_not_found", 404, false, true},
    {"client_hangup", 499, false, false},
    {"decryption_failed", 400, false, true},
    {"hot_server", 502, true, true},
    {"invalid", 422, false, true},
    {"not_implemented", 501, false, true},
    {"other", 500, true, false},
    {"permission_denied", 403, false, true},
    {"quota_exhausted", 403, false, true},
    {"rate_limited", 429, true, true},
    {"request_timeout", 408, true, false},
    {"resource_already_exists", 409, false, true},
    {"server_draining", 503, true, true},
    {"storage", 500, true, false},
    {"stream_deletion_pending", 409, false, true},
    {"stream_not_found", 404, false, true},
    {"transaction_conflict", 409, true, true},
    {"unavailable", 503, true, false},
    {"upstream_timeout", 504, true, false},
    // Without a code there.
    {"fencing_token_mismatch", 412, false, true},
    {"seq_num_mismatch", 412, false, true},
    {"read_unwritten", 416, false, true},
    // Never from S2.
    {"ack_timeout", 0, true, false},
    {"close_timeout", 0, false, false},
    {"heartbeat_timeout", 0, true, true},
    {"invalid_ack", 0, false, false},
    {"invalid_answer", 0, false, false},
    {"invalid_batch", 0, false, true},
    {"open_timeout", 0, true, true},
    {"over_capacity", 0, false, true},
    {"records_skipped", 0, false, true},
    {"server_disconnected", 0, true, false},
    {"session_closed", 0, false, true},
    {"session_closing", 0, false, true},
    {"session_dropped", 0, false, false},
    {"stream_closed_early", 0, true, false},
};

TEST(ErrorTableTest, HasEachCodeOfTheSpecificationAndNoOther) {
  std::vector<std::string> actual, expected;
  for (const ErrorRow& row : ErrorTable()) actual.emplace_back(row.name);
  for (const Spec& spec : kSpec) expected.emplace_back(spec.name);
  EXPECT_THAT(actual, ElementsAreArray(expected));
}

class ErrorRowTest : public ::testing::TestWithParam<Spec> {};

TEST_P(ErrorRowTest, SaysWhatTheSpecificationSays) {
  const ErrorRow* row = FindErrorRow(GetParam().name);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->http_status, GetParam().http_status);
  EXPECT_EQ(row->retryable, GetParam().retryable);
  EXPECT_EQ(row->no_side_effects, GetParam().no_side_effects);
  EXPECT_NE(row->status, S::kOk);
}

TEST_P(ErrorRowTest, IsFoundByItsCode) {
  const ErrorRow* row = FindErrorRow(GetParam().name);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(&GetErrorRow(row->code), row);
}

INSTANTIATE_TEST_SUITE_P(AllCodes, ErrorRowTest, ::testing::ValuesIn(kSpec),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ErrorTableTest, NamesAreUnique) {
  std::set<absl::string_view> names;
  for (const ErrorRow& row : ErrorTable()) EXPECT_TRUE(names.insert(row.name).second) << row.name;
}

TEST(ErrorTableTest, NoCodeIsKNone) {
  for (const ErrorRow& row : ErrorTable()) EXPECT_NE(row.code, ErrorCode::kNone) << row.name;
}

TEST(ErrorTableTest, WhatIsNoCodeHasARowThatPromisesNothing) {
  const int last = static_cast<int>(ErrorCode::kLast);
  EXPECT_EQ(ErrorTable().size(), last);
  for (const int code : {static_cast<int>(ErrorCode::kNone), -1, last + 1}) {
    const ErrorRow& row = GetErrorRow(static_cast<ErrorCode>(code));
    EXPECT_EQ(row.code, ErrorCode::kNone) << code;
    EXPECT_EQ(row.name, "") << code;
    EXPECT_EQ(row.http_status, 0) << code;
    EXPECT_EQ(row.status, S::kUnknown) << code;
    EXPECT_FALSE(row.retryable) << code;
    EXPECT_FALSE(row.no_side_effects) << code;
  }
}

TEST(ErrorTableTest, UnknownAndEmptyNamesAreNotFound) {
  EXPECT_EQ(FindErrorRow(""), nullptr);
  EXPECT_EQ(FindErrorRow("Storage"), nullptr);
  EXPECT_EQ(FindErrorRow("storage "), nullptr);
}

TEST(ErrorTableTest, HttpStatusWithoutACodeHasACanonicalCode) {
  const std::pair<int, S> kExpected[] = {
      {400, S::kInvalidArgument},  {401, S::kUnauthenticated},
      {403, S::kPermissionDenied}, {404, S::kNotFound},
      {405, S::kUnknown},          {408, S::kDeadlineExceeded},
      {409, S::kAborted},          {412, S::kFailedPrecondition},
      {415, S::kUnknown},          {416, S::kOutOfRange},
      {422, S::kInvalidArgument},  {429, S::kResourceExhausted},
      {499, S::kCancelled},        {500, S::kInternal},
      {501, S::kUnimplemented},    {502, S::kUnavailable},
      {503, S::kUnavailable},      {504, S::kDeadlineExceeded},
      {507, S::kInternal},
  };
  for (const auto& [http, status] : kExpected) EXPECT_EQ(StatusCodeFromHttp(http), status) << http;
}

TEST(ErrorTableTest, ExactlySixHttpStatusesAreRetryable) {
  const std::set<int> kRetryable = {408, 429, 500, 502, 503, 504};
  for (int http = 100; http < 600; ++http) {
    EXPECT_EQ(IsRetryableHttp(http), kRetryable.count(http) == 1) << http;
  }
}

}  // namespace
}  // namespace s2
