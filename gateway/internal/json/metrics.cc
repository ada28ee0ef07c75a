// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/json/metrics.h"

#include "s2/gateway/internal/json/enum.h"

namespace s2::gateway {
namespace {

using rpc::v1::AccumulationMetric;
using rpc::v1::GaugeMetric;
using rpc::v1::LabelMetric;
using rpc::v1::Metric;
using rpc::v1::ScalarMetric;
using rpc::v1::TimeseriesInterval;

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

}  // namespace

void Read(const JsonReader& json, rpc::v1::MetricSet& set) {
  json.Required("values").ForEach([&](const JsonReader& value) { Read(value, *set.add_values()); });
}

}  // namespace s2::gateway
