// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/answers.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/json/access.h"
#include "s2/gateway/internal/json/config.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/config.pb.h"
#include "s2/rpc/v1/stream.pb.h"

namespace s2::gateway {
namespace {

using rpc::v1::AccumulationMetric;
using rpc::v1::GaugeMetric;
using rpc::v1::LabelMetric;
using rpc::v1::Metric;
using rpc::v1::ScalarMetric;
using rpc::v1::TimeseriesInterval;

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

template <typename Series>
void ReadPoints(const JsonReader& json, Series& series) {
  json.Required("values").ForEach([&](const JsonReader& json) {
    rpc::v1::MetricPoint& point = *series.add_values();
    point.set_time(json.Element(0).Uint32());
    point.set_value(json.Element(1).Double());
  });
}

void Read(const JsonReader& json, ScalarMetric& metric) {
  metric.set_name(json.Required("name").String());
  metric.set_unit(json.Required("unit").String());
  metric.set_value(json.Required("value").Double());
}

void Read(const JsonReader& json, AccumulationMetric& metric) {
  metric.set_name(json.Required("name").String());
  metric.set_unit(json.Required("unit").String());
  const JsonReader interval = json.Required("interval");
  metric.set_interval(EnumFromText<TimeseriesInterval>(interval.String()));
  if (metric.interval() == rpc::v1::TIMESERIES_INTERVAL_UNSPECIFIED) interval.Fail("an interval");
  ReadPoints(json, metric);
}

void Read(const JsonReader& json, GaugeMetric& metric) {
  metric.set_name(json.Required("name").String());
  metric.set_unit(json.Required("unit").String());
  ReadPoints(json, metric);
}

void Read(const JsonReader& json, LabelMetric& metric) {
  metric.set_name(json.Required("name").String());
  json.Required("values").ForEach(
      [&](const JsonReader& value) { metric.add_values(value.String()); });
}

void Read(const JsonReader& json, Metric& metric) {
  if (const auto scalar = json.Optional("scalar")) {
    Read(*scalar, *metric.mutable_scalar());
  } else if (const auto accumulation = json.Optional("accumulation")) {
    Read(*accumulation, *metric.mutable_accumulation());
  } else if (const auto gauge = json.Optional("gauge")) {
    Read(*gauge, *metric.mutable_gauge());
  } else if (const auto label = json.Optional("label")) {
    Read(*label, *metric.mutable_label());
  } else {
    json.Fail("a scalar, accumulation, gauge or label");
  }
}

void Read(const JsonReader& json, rpc::v1::MetricSet& set) {
  json.Required("values").ForEach([&](const JsonReader& value) { Read(value, *set.add_values()); });
}

}  // namespace

template <typename Answer>
absl::Status ReadAnswer(absl::string_view text, Answer& answer) {
  const std::optional<Json> json = ParseJson(text);
  if (!json) {
    return MakeError(ErrorCode::kInvalidAnswer, absl::StrCat("it is no JSON: ", Excerpt(text)));
  }
  absl::Status status;
  Read(JsonReader(*json, status), answer);
  return status;
}

// The answers that S2 gives.
template absl::Status ReadAnswer(absl::string_view, rpc::v1::ListBasinsResponse&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::BasinInfo&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::BasinConfig&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::ListAccessTokensResponse&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::IssueAccessTokenResponse&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::ListLocationsResponse&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::LocationInfo&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::MetricSet&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::ListStreamsResponse&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::StreamInfo&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::StreamConfig&);
template absl::Status ReadAnswer(absl::string_view, rpc::v1::CheckTailResponse&);

}  // namespace s2::gateway
