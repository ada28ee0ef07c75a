// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_FAULTS_H_
#define S2_TESTS_SIMULATION_FAULTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "s2/tests/simulation/dice.h"

namespace s2::simulation {

// What a server, a gateway or a proxy might end a stream with: any row of the error table, a code
// that is not in it, one under a foreign HTTP status, what gRPC says by itself, or the refusal of a
// token by somebody who can bring another.
absl::Status DrawError(Dice& dice);

// May a new attempt succeed after it? Also after the refusal of a token that can be replaced.
bool MayPass(const absl::Status& error);

// Does it say that the batch it is the answer to had no effect, nor any behind it? By S2's own
// table.
bool IsHarmless(const absl::Status& error);

// A server that leaves, having taken so many batches.
absl::Status Leaving(uint64_t forwarded);

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_FAULTS_H_
