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

// What a unary call does, and how faults can interfere.
struct UnaryEffect {
  // Does what the request asks for, and fills in the response.
  absl::FunctionRef<absl::Status()> run;
  // Has the request take effect later, as the faults LateBefore and LateAfter want it. Null: these
  // faults cut the call, and nothing more.
  std::function<void(bool after)> run_late;
  // Changes the response as the faults MutateAck and MutateBatch want it. Null: they do nothing.
  std::function<void(const FaultAction&)> mutate;
};

// Runs `effect` and answers the call, both as the faults that strike at `point`, whose `message` is
// ignored, have it. An error of the call's metadata is the answer, and nothing is run.
grpc::ServerUnaryReactor* AnswerUnary(const std::shared_ptr<Core>& core,
                                      grpc::CallbackServerContext* context, FaultPoint point,
                                      const UnaryEffect& effect);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_UNARY_CALL_H_
