// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/gateway_limit.h"

#include <vector>

#include "s2/bench/append_run.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/read_run.h"
#include "s2/bench/scripted_s2.h"
#include "s2/bench/shape.h"
#include "s2/connect/connect.h"

namespace s2::bench {
namespace {

s2::Stream ConnectTo(const testing::HttpServer& server) {
  return Check(Connect(Endpoint(server))).Basin("bench-basin").Stream("bench");
}

Figures MedianOf(const Effort& effort, const Side& run) {
  run();
  std::vector<double> values;
  for (int i = 0; i < effort.pairs; ++i) values.push_back(run());
  Figures figures;
  figures.value = Median(values);
  figures.unit = "MiB/s";
  return figures;
}

}  // namespace

Figures GatewayLimitAppend(const Effort& effort) {
  const size_t batches = kBigRecords.batches(effort.quick);
  const auto server = MakeAcker(kBigRecords);
  const s2::Stream stream = ConnectTo(*server);
  return MedianOf(effort, [&] {
    return kBigRecords.rate(batches, RunAppendSession(stream, kBigRecords, batches));
  });
}

Figures GatewayLimitRead(const Effort& effort) {
  const size_t batches = kBigRecords.batches(effort.quick);
  const auto server = MakeReader(kBigRecords, batches);
  const s2::Stream stream = ConnectTo(*server);
  return MedianOf(effort, [&] {
    return kBigRecords.rate(batches, RunReadSession(stream, batches * kBigRecords.records));
  });
}

}  // namespace s2::bench
