// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-record-history FILE: concurrent clients on one new stream, and what they saw, into FILE.

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "s2/client/make_client.h"
#include "s2/connect/connect.h"
#include "s2/emulator/emulator.h"
#include "s2/tests/linearizability/history.h"
#include "s2/tests/linearizability/mishaps.h"
#include "s2/tests/linearizability/troubled_lite.h"
#include "s2/tests/linearizability/worker.h"

ABSL_FLAG(std::string, workflow, "regular", "regular, match-seq-num or fencing");
ABSL_FLAG(
    std::string, server, "emulator",
    "emulator, with faults; lite, killed again and again behind a broken network; or an endpoint");
ABSL_FLAG(std::string, plant, "", "make the emulator lie: lost, doubled or reordered");
ABSL_FLAG(int, clients, 5, "clients at once");
ABSL_FLAG(int, operations, 60, "operations of each");
ABSL_FLAG(uint64_t, seed, 1, "of all that is random");

namespace s2::linearizability {
namespace {

[[noreturn]] void Die(const std::string& why) {
  std::cerr << why << "\n";
  std::exit(1);
}

WorkerOptions Options() {
  WorkerOptions options;
  const std::string workflow = absl::GetFlag(FLAGS_workflow);
  if (workflow == "match-seq-num") {
    options.workflow = Workflow::kMatchSeqNum;
  } else if (workflow == "fencing") {
    options.workflow = Workflow::kFencing;
  } else if (workflow != "regular") {
    Die(absl::StrCat("--workflow is ", workflow, "; it must be regular, match-seq-num or fencing"));
  }
  options.operations = absl::GetFlag(FLAGS_operations);
  options.retry.min_backoff = absl::Milliseconds(10);
  options.retry.max_backoff = absl::Milliseconds(500);
  options.retry.budget = RetryBudget::Elapsed(absl::Seconds(20));
  if (absl::GetFlag(FLAGS_plant) == "doubled") options.policy = AppendRetryPolicy::kAtLeastOnce;
  return options;
}

void Run(const std::string& path) {
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  WorkerOptions options = Options();
  ClientOptions client_options;
  client_options.append_policy = options.policy;
  client_options.unary_retry = options.retry;

  const std::string server = absl::GetFlag(FLAGS_server);
  std::optional<Emulator> emulator;
  std::optional<TroubledLite> lite;
  absl::StatusOr<Client> client;
  if (server == "emulator") {
    emulator.emplace();
    client = MakeClient(emulator->InProcessChannel(), client_options);
  } else {
    if (server == "lite") lite.emplace(seed);
    ConnectOptions connect_options;
    connect_options.client = client_options;
    client = Connect(lite ? lite->endpoint() : server, connect_options);
  }
  if (!client.ok()) Die(client.status().ToString());
  const std::string name = absl::StrCat("stream-", seed, "-", absl::GetFlag(FLAGS_workflow));
  const Basin basin = client->Basin("linearizability");
  for (const absl::Status& made :
       {client->EnsureBasin(basin.name()).status(), basin.EnsureStream(name).status()}) {
    if (!made.ok()) Die(made.ToString());
  }
  if (emulator) {
    const std::string plant = absl::GetFlag(FLAGS_plant);
    if (!Install(plant.empty() ? "faults" : plant, seed, emulator->faults())) {
      Die(absl::StrCat("--plant is ", plant, "; it must be lost, doubled or reordered"));
    }
  }

  if (lite) lite->BeginKilling();

  History history(path);
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < absl::GetFlag(FLAGS_clients); ++i) {
    options.session = i % 2 == 0;
    workers.push_back(
        std::make_unique<Worker>(basin.Stream(name), options, seed * 1000 + i, history));
  }
  std::vector<std::thread> threads;
  threads.reserve(workers.size());
  for (const auto& worker : workers) threads.emplace_back([&worker] { worker->Run(); });
  for (std::thread& thread : threads) thread.join();
  if (!history.Close()) Die(absl::StrCat("cannot write ", path));
}

}  // namespace
}  // namespace s2::linearizability

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("s2-record-history FILE: records what concurrent clients saw");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() != 2) s2::linearizability::Die("usage: s2-record-history [FLAGS] FILE");
  setenv("GRPC_VERBOSITY", "NONE", 0);
  s2::linearizability::Run(rest[1]);
}
