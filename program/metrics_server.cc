// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/program/metrics_server.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::program {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using server::Meter;
using server::SessionKind;

ClientMetric Counter(double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return metric;
}

ClientMetric Gauge(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return metric;
}

ClientMetric With(ClientMetric metric, const char* label, absl::string_view value) {
  metric.label.push_back({label, std::string(value)});
  return metric;
}

ClientMetric Histogram(const Meter::AckLatency& latency) {
  ClientMetric metric;
  uint64_t count = 0;
  for (size_t i = 0; i < latency.buckets.size(); ++i) {
    count += latency.buckets[i];
    const double bound =
        i < Meter::kBounds.size() ? Meter::kBounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({count, bound});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = latency.sum;
  return metric;
}

class Figures : public prometheus::Collectable {
 public:
  Figures(const Meter& meter, std::function<size_t()> held_bytes)
      : meter_(meter), held_bytes_(std::move(held_bytes)) {}

  std::vector<MetricFamily> Collect() const override {
    const Meter::AckLatency latency = meter_.ack_latency();
    ClientMetric acks = Histogram(latency);
    const auto sessions = [this](SessionKind kind) {
      return Gauge(static_cast<double>(meter_.sessions(kind)));
    };
    std::vector<ClientMetric> errors;
    for (const auto& [code, n] : meter_.errors()) {
      errors.push_back(With(Counter(static_cast<double>(n)), "code", code));
    }
    return {
        {"s2_sessions",
         "Sessions that are open.",
         MetricType::Gauge,
         {With(sessions(SessionKind::kAppend), "kind", "append"),
          With(sessions(SessionKind::kRead), "kind", "read")}},
        {"s2_received_bytes_total",
         "Bytes of messages from clients.",
         MetricType::Counter,
         {Counter(static_cast<double>(meter_.received_bytes()))}},
        {"s2_sent_bytes_total",
         "Bytes of messages to clients.",
         MetricType::Counter,
         {Counter(static_cast<double>(meter_.sent_bytes()))}},
        {"s2_acks_total",
         "Inputs of append sessions that were acked.",
         MetricType::Counter,
         {Counter(static_cast<double>(acks.histogram.sample_count))}},
        {"s2_ack_seconds",
         "From an input's arrival to its ack.",
         MetricType::Histogram,
         {std::move(acks)}},
        {"s2_errors_total",
         "Calls that ended with an error, by S2's code, or gRPC's where there is none.",
         MetricType::Counter, std::move(errors)},
        {"s2_reconnects_total",
         "Calls that were told to reconnect.",
         MetricType::Counter,
         {Counter(static_cast<double>(meter_.reconnects()))}},
        {"s2_held_bytes",
         "Bytes of messages or records that are held in memory.",
         MetricType::Gauge,
         {Gauge(static_cast<double>(held_bytes_()))}},
    };
  }

 private:
  const Meter& meter_;
  const std::function<size_t()> held_bytes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    const std::string& address, const Meter& meter, std::function<size_t()> held_bytes) {
  const absl::Status bad = MakeError(
      ErrorCode::kInvalid, absl::StrCat("cannot serve --metrics on \"", address,
                                        "\": it must be HOST:PORT, and neither in use nor "
                                        "forbidden"));
  // A lone port would be that of every address.
  if (address.find(':') == std::string::npos) return bad;
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, /*num_threads=*/1);
    auto figures = std::make_shared<Figures>(meter, std::move(held_bytes));
    exposer->RegisterCollectable(figures);
    return std::unique_ptr<MetricsServer>(
        new MetricsServer(std::move(exposer), std::move(figures)));
  } catch (const std::exception&) {
    return bad;
  }
}

MetricsServer::MetricsServer(std::unique_ptr<prometheus::Exposer> exposer,
                             std::shared_ptr<prometheus::Collectable> figures)
    : figures_(std::move(figures)), exposer_(std::move(exposer)) {}

MetricsServer::~MetricsServer() = default;

int MetricsServer::port() const { return exposer_->GetListeningPorts().front(); }

}  // namespace s2::program
