// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-bench-idle bare|session STREAMS ADDRESS
// Opens read streams that have nothing to read and prints what they cost this process: its threads,
// and KiB of memory a stream beyond the first. A process of its own, so that nothing else counts.

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "s2/bench/bare_read.h"
#include "s2/bench/check.h"
#include "s2/bench/shape.h"
#include "s2/client/make_client.h"

namespace s2::bench {
namespace {

size_t ResidentBytes() {
  malloc_trim(0);
  size_t total_pages = 0;
  size_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

size_t Threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

// Opens a session and returns when it is at the tail.
ReadSession OpenSession(const Stream& stream) {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  ReadSession session = Check(stream.OpenReadSession(request));
  Check(session.WaitCaughtUp().status());
  return session;
}

std::unique_ptr<BareRead> OpenBare(rpc::v1::StreamService::StubInterface& stub) {
  auto read = std::make_unique<BareRead>(stub, kWindow);
  if (!read->Next().has_value()) Die("a stream ended");
  return read;
}

template <typename Open>
void Report(size_t streams, const Open& open) {
  std::vector<decltype(open())> all;
  all.reserve(streams);
  all.push_back(open());
  const size_t before = ResidentBytes();
  while (all.size() < streams) all.push_back(open());
  const double bytes = static_cast<double>(ResidentBytes()) - static_cast<double>(before);
  std::cout << Threads() << " "
            << (streams > 1 ? bytes / 1024 / static_cast<double>(streams - 1) : 0) << std::endl;
  std::_Exit(0);  // the streams go with the process
}

void Main(const std::vector<std::string>& args) {
  size_t streams;
  if (args.size() != 3 || !absl::SimpleAtoi(args[1], &streams) || streams == 0) {
    Die("usage: s2-bench-idle bare|session STREAMS ADDRESS");
  }
  const auto channel = grpc::CreateChannel(args[2], grpc::InsecureChannelCredentials());
  if (args[0] == "session") {
    const Stream stream = Check(MakeClient(channel)).Basin("bench-basin").Stream("bench");
    Report(streams, [&] { return OpenSession(stream); });
  } else {
    const auto stub = rpc::v1::StreamService::NewStub(channel);
    Report(streams, [&] { return OpenBare(*stub); });
  }
}

}  // namespace
}  // namespace s2::bench

int main(int argc, char** argv) { s2::bench::Main({argv + 1, argv + argc}); }
