// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>
#include <utility>

#include "s2/emulator/internal/services.h"
#include "s2/emulator/internal/unary_call.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/server/internal/unary_services.h"

namespace s2::emulator {
namespace {

// The stream that a request names, for faults to match.
template <typename Request>
std::string StreamOf(const Request& request) {
  return request.stream();
}
std::string StreamOf(const rpc::v1::ListStreamsRequest&) { return ""; }

// Answers each request with what the account does about it in the basin of the call.
struct BasinHandler {
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Handle(const char* name, grpc::CallbackServerContext* context,
                                   const Request& request, Response* response) const {
    const absl::StatusOr<std::string> basin = server::GetBasin(*context);
    const auto run = [&] {
      if (!basin.ok()) return basin.status();
      absl::StatusOr<Response> result = core->account().Do(*basin, request);
      if (!result.ok()) return result.status();
      *response = *std::move(result);
      return absl::OkStatus();
    };
    return AnswerUnary(core, context,
                       {name, basin.value_or(""), StreamOf(request), std::nullopt, nullptr},
                       {run, nullptr, nullptr});
  }

  std::shared_ptr<Core> core;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeBasinService(std::shared_ptr<Core> core) {
  return std::make_unique<server::BasinService<BasinHandler>>(BasinHandler{std::move(core)});
}

}  // namespace s2::emulator
