// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_UNARY_CALL_H_
#define S2_EMULATOR_INTERNAL_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>

#include "absl/functional/function_ref.h"
#include "s2/emulator/internal/core.h"

namespace s2::emulator {

// What a unary call does, and what the faults can do to it.
struct UnaryEffect {
  // Does it and fills the response.
  absl::FunctionRef<absl::Status()> run;
  // Keeps the request for later (LateBefore, LateAfter). Null: these faults only cut.
  std::function<void(bool after)> run_late;
  // Changes the response as MutateAck or MutateBatch want it. Null: they do nothing.
  std::function<void(const FaultAction&)> mutate;
};

// Runs `effect` and answers the call, both under the faults that strike at `point` (its `message`
// is ignored).
grpc::ServerUnaryReactor* AnswerUnary(const std::shared_ptr<Core>& core,
                                      grpc::CallbackServerContext* context, FaultPoint point,
                                      const UnaryEffect& effect);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_UNARY_CALL_H_
