// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/random.h"

#include <array>
#include <cstdint>
#include <optional>
#include <random>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "s2/retry/internal/forked.h"

namespace s2::internal {
namespace {

absl::InsecureBitGen SeededBySystem() {
  std::random_device system;
  std::array<uint32_t, 8> words;
  for (uint32_t& word : words) word = system();
  std::seed_seq seed(words.begin(), words.end());
  return absl::InsecureBitGen(seed);
}

}  // namespace

double DrawNumber() {
  thread_local std::optional<absl::InsecureBitGen> generator;
  thread_local uint64_t forks = 0;  // when it was seeded
  if (!generator || forks != Forks()) {
    generator = SeededBySystem();
    forks = Forks();
  }
  return absl::Uniform(*generator, 0.0, 1.0);
}

std::string DrawUniqueId(const Random& random) {
  std::string id;
  for (int i = 0; i < 4; ++i) {
    absl::StrAppendFormat(&id, "%08x", static_cast<uint32_t>(random() * 4294967296.0));
  }
  return id;
}

}  // namespace s2::internal
