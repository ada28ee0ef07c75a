// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Processes each record once over many runs: where to go on is kept in a file, and written only
// behind what was processed. After a crash the last batch comes again.
//
// Arguments: ENDPOINT FILE

#include <cstdio>
#include <fstream>
#include <iostream>

#include "s2/examples/run_example.h"

namespace {

uint64_t Load(const std::string& file) {
  uint64_t seq_num = 0;
  std::ifstream(file) >> seq_num;
  return seq_num;
}

// By a rename, so that the file is never half written.
absl::Status Save(const std::string& file, uint64_t seq_num) {
  const std::string next = file + ".next";
  const bool written = static_cast<bool>(std::ofstream(next) << seq_num << std::flush);
  if (written && std::rename(next.c_str(), file.c_str()) == 0) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + file);
}

absl::Status Resume(const s2::Stream& stream, const std::string& file) {
  s2::rpc::v1::ReadRequest request;
  request.set_seq_num(Load(file));
  request.set_wait(0);
  absl::StatusOr<s2::ReadSession> session = stream.OpenReadSession(request);
  if (!session.ok()) return session.status();
  uint64_t next = request.seq_num();
  for (const s2::ReadResult& result : session->Batches()) {
    if (result.skipped) {
      next = result.skipped->end;
      std::cout << "trimmed before it was read: " << result.skipped->begin << " to "
                << result.skipped->end << "\n";
    }
    for (const s2::v1::SequencedRecord& record : result.batch.records()) {
      std::cout << record.seq_num() << ": " << record.body() << "\n";
      next = record.seq_num() + 1;
    }
    if (absl::Status s = Save(file, next); !s.ok()) return s;
  }
  return session->status();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc > 2 ? argv[2] : "checkpoint";
  const auto story = [&](const s2::Stream& stream) { return Resume(stream, file); };
  return examples::RunExample(argc, argv, story);
}
