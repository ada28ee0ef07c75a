// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/emulator/internal/services.h"
#include "s2/emulator/internal/unary_call.h"
#include "s2/retry/error.h"
#include "s2/server/internal/unary_services.h"

namespace s2::emulator {
namespace {

// Does the account know what to do about such a request? The emulator does not implement access
// tokens, locations and metrics.
template <typename Request, typename = void>
constexpr bool kImplemented = false;
template <typename Request>
constexpr bool kImplemented<
    Request, std::void_t<decltype(std::declval<Account&>().Do(std::declval<const Request&>()))>> =
    true;

// The basin that a request names, for faults to match.
template <typename Request>
std::string BasinOf(const Request& request) {
  return request.basin();
}
std::string BasinOf(const rpc::v1::ListBasinsRequest&) { return ""; }

// Answers each request with what the account does about it.
struct AccountHandler {
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Handle(const char* name, grpc::CallbackServerContext* context,
                                   const Request& request, Response* response) const {
    if constexpr (!kImplemented<Request>) {
      const auto run = [&] {
        return MakeError(ErrorCode::kNotImplemented,
                         absl::StrCat("the emulator does not implement ", name));
      };
      return AnswerUnary(core, context, {name, "", "", std::nullopt, nullptr},
                         {run, nullptr, nullptr});
    } else {
      const auto run = [&] {
        absl::StatusOr<Response> result = core->account().Do(request);
        if (!result.ok()) return result.status();
        *response = *std::move(result);
        return absl::OkStatus();
      };
      return AnswerUnary(core, context, {name, BasinOf(request), "", std::nullopt, nullptr},
                         {run, nullptr, nullptr});
    }
  }

  std::shared_ptr<Core> core;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core) {
  return std::make_unique<server::AccountService<AccountHandler>>(AccountHandler{std::move(core)});
}

}  // namespace s2::emulator
