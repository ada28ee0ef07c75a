// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_SHRINK_H_
#define S2_TESTS_SIMULATION_SHRINK_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace s2::simulation {

// Some of the numbers 0 to n - 1, in order, of which `fails` is true still, and of which none can
// be left out (delta debugging). It is true of all of them.
std::vector<size_t> Shrink(size_t n, const std::function<bool(const std::vector<size_t>&)>& fails);

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_SHRINK_H_
