// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/shrink.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace s2::simulation {

// Leaves out runs of half of what there is, then of a quarter, and so on to single ones, and again
// until none can go.
std::vector<size_t> Shrink(size_t n, const std::function<bool(const std::vector<size_t>&)>& fails) {
  std::vector<size_t> kept(n);
  std::iota(kept.begin(), kept.end(), 0);
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (size_t run = std::max<size_t>(kept.size() / 2, 1); run > 0; run /= 2) {
      for (size_t begin = 0; begin < kept.size();) {
        const size_t end = std::min(begin + run, kept.size());
        std::vector<size_t> rest = kept;
        rest.erase(rest.begin() + static_cast<int64_t>(begin),
                   rest.begin() + static_cast<int64_t>(end));
        if (fails(rest)) {
          kept = std::move(rest);
          smaller = true;
        } else {
          begin = end;
        }
      }
    }
  }
  return kept;
}

}  // namespace s2::simulation
