// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/answers.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/access.h"
#include "s2/gateway/internal/json/config.h"
#include "s2/gateway/internal/json/metrics.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

void Read(const JsonReader& json, rpc::v1::BasinInfo& info) {
  info.set_name(json.Required("name").String());
  if (const auto location = json.Optional("location")) info.set_location(location->String());
  *info.mutable_created_at() = json.Required("created_at").Time();
  if (const auto deleted_at = json.Optional("deleted_at")) {
    *info.mutable_deleted_at() = deleted_at->Time();
  }
}

void Read(const JsonReader& json, rpc::v1::StreamInfo& info) {
  info.set_name(json.Required("name").String());
  *info.mutable_created_at() = json.Required("created_at").Time();
  if (const auto deleted_at = json.Optional("deleted_at")) {
    *info.mutable_deleted_at() = deleted_at->Time();
  }
  if (const auto cipher = json.Optional("cipher")) info.set_cipher(cipher->String());
}

void Read(const JsonReader& json, rpc::v1::LocationInfo& info) {
  info.set_name(json.Required("name").String());
  info.set_is_private(json.Required("is_private").Bool());
  if (const auto classes = json.Optional("storage_classes")) {
    classes->ForEach(
        [&](const JsonReader& element) { info.add_storage_classes(element.String()); });
  }
  if (const auto value = json.Optional("default_storage_class")) {
    info.set_default_storage_class(value->String());
  }
}

void Read(const JsonReader& json, rpc::v1::ListBasinsResponse& page) {
  json.Required("basins").ForEach(
      [&](const JsonReader& element) { Read(element, *page.add_basins()); });
  page.set_has_more(json.Required("has_more").Bool());
}

void Read(const JsonReader& json, rpc::v1::ListStreamsResponse& page) {
  json.Required("streams").ForEach(
      [&](const JsonReader& element) { Read(element, *page.add_streams()); });
  page.set_has_more(json.Required("has_more").Bool());
}

void Read(const JsonReader& json, rpc::v1::ListAccessTokensResponse& page) {
  json.Required("access_tokens").ForEach([&](const JsonReader& element) {
    Read(element, *page.add_access_tokens());
  });
  page.set_has_more(json.Required("has_more").Bool());
}

void Read(const JsonReader& json, rpc::v1::IssueAccessTokenResponse& answer) {
  answer.set_access_token(json.Required("access_token").String());
}

void Read(const JsonReader& json, rpc::v1::ListLocationsResponse& answer) {
  json.ForEach([&](const JsonReader& element) { Read(element, *answer.add_locations()); });
}

void Read(const JsonReader& json, rpc::v1::CheckTailResponse& answer) {
  const JsonReader tail = json.Required("tail");
  answer.mutable_tail()->set_seq_num(tail.Required("seq_num").Uint64());
  answer.mutable_tail()->set_timestamp(tail.Required("timestamp").Uint64());
}

template <typename Answer>
absl::Status ReadText(absl::string_view text, Answer& answer) {
  const std::optional<Json> json = ParseJson(text);
  if (!json) {
    return MakeError(ErrorCode::kInvalidAnswer, absl::StrCat("it is no JSON: ", Excerpt(text)));
  }
  absl::Status status;
  Read(JsonReader(*json, status), answer);
  return status;
}

}  // namespace

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListBasinsResponse& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::BasinInfo& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::BasinConfig& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListAccessTokensResponse& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::IssueAccessTokenResponse& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListLocationsResponse& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::LocationInfo& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::MetricSet& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListStreamsResponse& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::StreamInfo& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::StreamConfig& answer) {
  return ReadText(text, answer);
}

absl::Status ReadAnswer(absl::string_view text, rpc::v1::CheckTailResponse& answer) {
  return ReadText(text, answer);
}

}  // namespace s2::gateway
