// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/sidecar.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/bench/append_run.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/scripted_s2.h"
#include "s2/bench/shape.h"
#include "s2/connect/connect.h"
#include "s2/record/record.h"
#include "s2/tests/lite/sidecar.h"

namespace s2::bench {
namespace {

using testing::HttpServer;

// In front of this server, which has no other calls to answer than ours.
lite::Sidecar MakeSidecar(const HttpServer& server) {
  return lite::Sidecar(Endpoint(server),
                       absl::StrCat("unix:", std::getenv("TEST_TMPDIR"), "/sidecar-", getpid()),
                       {"--probe-seconds=3600", "--log=error"});
}

size_t ResidentBytes(pid_t pid) {
  size_t total_pages = 0;
  size_t resident_pages = 0;
  std::ifstream(absl::StrCat("/proc/", pid, "/statm")) >> total_pages >> resident_pages;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

s2::Stream ConnectTo(const std::string& endpoint) {
  return Check(Connect(endpoint)).Basin("bench-basin").Stream("bench");
}

Figures RunThroughput(const Effort& effort) {
  const auto server = MakeAcker(kBigRecords);
  const lite::Sidecar sidecar = MakeSidecar(*server);
  const size_t batches = kBigRecords.batches(effort.quick);
  const auto side = [=](const s2::Stream& stream) {
    return
        [=] { return kBigRecords.rate(batches, RunAppendSession(stream, kBigRecords, batches)); };
  };
  return Compare(effort.pairs, "MiB/s", side(ConnectTo(sidecar.address())),
                 side(ConnectTo(Endpoint(*server))));
}

// From submit to ack, of one record at a time: the median, in us.
double AckLatency(const s2::Stream& stream, size_t appends) {
  AppendSession session = Check(stream.OpenAppendSession());
  std::vector<double> latencies;
  for (size_t i = 0; i < appends; ++i) {
    const absl::Time begin = absl::Now();
    AppendTicket ticket = Check(session.Submit(MakeInput({MakeRecord(std::string(64, 'x'))})));
    Check(ticket.Wait().status());
    latencies.push_back(absl::ToDoubleMicroseconds(absl::Now() - begin));
  }
  Check(session.Close());
  return Median(latencies);
}

Figures RunAddedLatency(const Effort& effort) {
  const auto server = MakeAcker(kOneRecord);
  const lite::Sidecar sidecar = MakeSidecar(*server);
  const size_t appends = effort.quick ? 50 : 5000;
  const s2::Stream in_process = ConnectTo(Endpoint(*server));
  const s2::Stream through = ConnectTo(sidecar.address());
  std::vector<double> baseline;
  std::vector<double> added;
  for (int i = 0; i < effort.pairs; ++i) {
    baseline.push_back(AckLatency(in_process, appends));
    added.push_back(AckLatency(through, appends) - baseline.back());
  }
  Figures figures;
  figures.value = Median(added);
  figures.unit = "us";
  figures.baseline = Median(baseline);
  return figures;
}

// KiB of the sidecar for each read session that has nothing to read, beyond the first.
double IdleSession(size_t sessions) {
  const auto server = MakeIdler();
  const lite::Sidecar sidecar = MakeSidecar(*server);
  const s2::Stream stream = ConnectTo(sidecar.address());
  std::vector<ReadSession> all;
  const auto open = [&] {
    rpc::v1::ReadRequest request;
    request.set_seq_num(0);
    all.push_back(Check(stream.OpenReadSession(request)));
    Check(all.back().WaitCaughtUp().status());
  };
  open();
  const size_t before = ResidentBytes(sidecar.pid());
  while (all.size() < sessions) open();
  const double bytes =
      static_cast<double>(ResidentBytes(sidecar.pid())) - static_cast<double>(before);
  return bytes / 1024 / static_cast<double>(sessions - 1);
}

Figures RunIdleMemory(const Effort& effort) {
  std::vector<double> kib;
  for (int i = 0; i < effort.pairs; ++i) kib.push_back(IdleSession(effort.quick ? 10 : 1000));
  Figures figures;
  figures.value = Median(kib);
  figures.unit = "KiB";
  return figures;
}

}  // namespace

std::vector<Benchmark> SidecarBenchmarks() {
  return {{"sidecar_throughput", Bar::RatioAtLeast(0.6), RunThroughput},
          {"sidecar_added_p50_us", Bar::ValueAtMost(200), RunAddedLatency},
          {"sidecar_idle_kib", Bar::ValueAtMost(64), RunIdleMemory}};
}

}  // namespace s2::bench
