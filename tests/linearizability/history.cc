// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/linearizability/history.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"

namespace s2::linearizability {
namespace {

std::string Line(absl::string_view what, int client, int operation, absl::string_view json) {
  return absl::StrCat(R"({"event":{")", what, R"(":)", json, R"(},"client_id":)", client,
                      R"(,"op_id":)", operation, "}\n");
}

}  // namespace

int History::NewClient() {
  absl::MutexLock lock(&mu_);
  return ++clients_;
}

int History::Start(int client, absl::string_view json) {
  absl::MutexLock lock(&mu_);
  out_ << Line("Start", client, ++operations_, json);
  return operations_;
}

void History::Finish(int client, int operation, absl::string_view json) {
  absl::MutexLock lock(&mu_);
  out_ << Line("Finish", client, operation, json);
}

void History::FinishAtEnd(int client, int operation, absl::string_view json) {
  absl::MutexLock lock(&mu_);
  at_end_.push_back(Line("Finish", client, operation, json));
}

bool History::Close() {
  absl::MutexLock lock(&mu_);
  for (const std::string& line : at_end_) out_ << line;
  out_.close();
  return !out_.fail();
}

uint64_t HashBody(absl::string_view body) { return XXH3_64bits(body.data(), body.size()); }

uint64_t HashStream(uint64_t before, absl::string_view body) {
  uint64_t hash = HashBody(body);
  unsigned char bytes[sizeof hash];  // little-endian
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(hash);
    hash >>= 8;
  }
  return XXH3_64bits_withSeed(bytes, sizeof bytes, before);
}

}  // namespace s2::linearizability
