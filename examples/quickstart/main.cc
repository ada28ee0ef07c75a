// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Appends the lines of a file to a stream through an append session, while a read session follows
// the same stream, and compares: see --help.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "s2/connect/connect.h"
#include "s2/examples/create_if_missing.h"
#include "s2/examples/quickstart/append_lines.h"
#include "s2/examples/quickstart/flags.h"
#include "s2/examples/quickstart/transfer.h"

namespace quickstart {
namespace {

absl::StatusOr<s2::Client> Connect(const std::string& endpoint) {
  s2::ConnectOptions options;
  const char* token = std::getenv("S2_ACCESS_TOKEN");
  if (token != nullptr) options.client.access_token = token;
  return s2::Connect(endpoint, std::move(options));
}

double PercentileMs(std::vector<absl::Duration> all, size_t percent) {
  if (all.empty()) return 0;
  const auto nth = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) * percent / 100);
  std::nth_element(all.begin(), nth, all.end());
  return absl::ToDoubleMilliseconds(*nth);
}

absl::Status Report(const Transferred& done) {
  const std::string records =
      absl::StrCat(done.records, " records, seq_num ", done.range.begin, "..", done.range.end);
  if (!done.input.ok()) {
    return absl::Status(done.input.code(),
                        absl::StrCat(done.input.message(), "; in the stream: ", records));
  }
  const double seconds = absl::ToDoubleSeconds(done.append_time);
  const double mib = static_cast<double>(done.bytes) / (1024 * 1024);
  std::cout << absl::StreamFormat("appended %.1f MiB in %.2f s: %.1f MiB/s, %.0f records/s\n", mib,
                                  seconds, mib / seconds, done.records / seconds)
            << absl::StreamFormat("ack latency p50 %.2f ms, p99 %.2f ms\n",
                                  PercentileMs(done.latencies, 50),
                                  PercentileMs(done.latencies, 99))
            << absl::StreamFormat("all was read back %.2f s after the last ack\n",
                                  absl::ToDoubleSeconds(done.read_time - done.append_time))
            << "ok " << records << ", sha256 " << done.sha256 << std::endl;
  return std::cout ? absl::OkStatus() : absl::DataLossError("cannot write to standard output");
}

absl::Status Run(const Flags& flags) {
  Stop stop;
  absl::StatusOr<Input> input = OpenInput(flags.file);
  if (!input.ok()) return input.status();
  LineReader lines(*std::move(input), stop.fd(), kMaxLineBytes);

  const absl::StatusOr<s2::Client> client = Connect(flags.endpoint);
  if (!client.ok()) return client.status();
  const auto tail = examples::CreateIfMissing(*client, flags.basin, flags.stream);
  if (!tail.ok()) return tail.status();

  std::cout << "appending the lines of " << lines.name() << " to s2://" << flags.basin << "/"
            << flags.stream << " on " << flags.endpoint << std::endl;
  stop.CatchInterrupt();
  const s2::Stream stream = client->Basin(flags.basin).Stream(flags.stream);
  const absl::StatusOr<Transferred> done = Transfer(stream, tail->seq_num(), lines, stop);
  return done.ok() ? Report(*done) : done.status();
}

}  // namespace
}  // namespace quickstart

int main(int argc, char** argv) {
  setenv("GRPC_VERBOSITY", "NONE", 0);  // errors are ours to tell
  const absl::StatusOr<quickstart::Flags> flags = quickstart::ParseFlags(argc, argv);
  if (flags.ok() && flags->help) {
    std::cout << quickstart::kUsage;
    return 0;
  }
  const absl::Status status = flags.ok() ? quickstart::Run(*flags) : flags.status();
  if (status.ok()) return 0;
  std::cerr << "quickstart: " << status.message() << std::endl;
  return 1;
}
