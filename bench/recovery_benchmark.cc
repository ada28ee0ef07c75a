// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "s2/bench/benchmarks.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/client/internal/grpc_transport.h"
#include "s2/client/make_client.h"
#include "s2/connect/internal/make_pool.h"
#include "s2/emulator/emulator.h"
#include "s2/record/record.h"
#include "s2/session/internal/background_executor.h"
#include "s2/session/internal/make_session.h"

namespace s2::bench {
namespace {

constexpr absl::Duration kBackoff = absl::Milliseconds(100);

// Draws pauses that are all the same, and counts them.
class Pauses {
 public:
  double Draw() {
    absl::MutexLock lock(&mu_);
    ++drawn_;
    return 0.5;
  }

  void Await(int pauses) const {
    absl::MutexLock lock(&mu_);
    const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return drawn_ >= pauses; };
    mu_.Await(absl::Condition(&enough));
  }

  // Of all that were drawn.
  absl::Duration Total() const {
    absl::MutexLock lock(&mu_);
    return kBackoff * drawn_;
  }

 private:
  mutable absl::Mutex mu_;
  int drawn_ ABSL_GUARDED_BY(mu_) = 0;
};

v1::AppendInput OneRecord() { return MakeInput({MakeRecord("x")}); }

// An append session to this port that never gives up.
AppendSession Open(int port, Pauses& pauses) {
  endpoint::Grpc endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = static_cast<uint16_t>(port);
  auto pool = Check(internal::MakePool(endpoint, {}));
  auto token = std::make_shared<internal::AccessToken>(
      ClientOptions{}, internal::TokenCarriage::kMetadata, internal::BackgroundExecutor());
  const internal::CallTarget target = {"bench-basin", "bench", ""};
  auto transport = std::make_shared<internal::GrpcTransport>(std::move(pool), std::move(token),
                                                             target, Executor::Default());
  AppendSessionOptions options;
  options.retry = {RetryBudget::Forever(), kBackoff, kBackoff};
  return internal::MakeAppendSession(
      "recovery", std::move(transport),
      {Clock::System(), Executor::Default(), [&pauses] { return pauses.Draw(); }, nullptr},
      options);
}

// The server goes, with a batch to be appended, and is back after an attempt to reconnect has
// failed. Milliseconds from its going to the ack, but for the pauses drawn.
double RecoverMs(Emulator& emulator) {
  const std::string address = "127.0.0.1:";
  const int port = Check(emulator.Listen(absl::StrCat(address, 0)));
  Pauses pauses;
  AppendSession session = Open(port, pauses);
  Check(Check(session.Submit(OneRecord())).Wait().status());

  const absl::Time gone = absl::Now();
  emulator.StopListening();
  const AppendTicket ticket = Check(session.Submit(OneRecord()));
  pauses.Await(2);
  Check(emulator.Listen(absl::StrCat(address, port)).status());
  Check(ticket.Wait().status());
  const absl::Duration elapsed = absl::Now() - gone;

  Check(session.Close());
  emulator.StopListening();
  return absl::ToDoubleMilliseconds(elapsed - pauses.Total());
}

Figures Recover(const Effort& effort) {
  Emulator emulator;
  const Client client = Check(MakeClient(emulator.InProcessChannel()));
  Check(client.CreateBasin("bench-basin").status());
  Check(client.Basin("bench-basin").CreateStream("bench").status());
  std::vector<double> runs;
  for (int i = 0; i < effort.pairs; ++i) runs.push_back(RecoverMs(emulator));
  Figures figures;
  figures.value = Median(runs);
  figures.unit = "ms";
  return figures;
}

}  // namespace

Benchmark RecoveryBenchmark() { return {"recover_ms", Bar::ValueAtMost(50), Recover}; }

}  // namespace s2::bench
