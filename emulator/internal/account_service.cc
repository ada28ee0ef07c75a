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

// Which operation of the account does what a request asks for; none for what the emulator does not
// implement.
auto OperationOf(const rpc::v1::ListBasinsRequest&) { return &Account::ListBasins; }
auto OperationOf(const rpc::v1::CreateBasinRequest&) { return &Account::CreateBasin; }
auto OperationOf(const rpc::v1::EnsureBasinRequest&) { return &Account::EnsureBasin; }
auto OperationOf(const rpc::v1::GetBasinConfigRequest&) { return &Account::GetBasinConfig; }
auto OperationOf(const rpc::v1::ReconfigureBasinRequest&) { return &Account::ReconfigureBasin; }
auto OperationOf(const rpc::v1::DeleteBasinRequest&) { return &Account::DeleteBasin; }
template <typename Request>
std::nullptr_t OperationOf(const Request&) {
  return nullptr;
}

// The basin that a request names, for faults to match.
template <typename Request>
std::string BasinOf(const Request& request) {
  return request.basin();
}
std::string BasinOf(const rpc::v1::ListBasinsRequest&) { return ""; }

// Answers each request with what its operation does.
struct Handler {
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Handle(const char* name, grpc::CallbackServerContext* context,
                                   const Request& request, Response* response) const {
    if constexpr (std::is_null_pointer_v<decltype(OperationOf(request))>) {
      const auto run = [&] {
        return MakeError(ErrorCode::kNotImplemented,
                         absl::StrCat("the emulator does not implement ", name));
      };
      return AnswerUnary(core, context, {name, "", "", std::nullopt, nullptr},
                         {run, nullptr, nullptr});
    } else {
      const auto run = [&] {
        absl::StatusOr<Response> result = (core->account().*OperationOf(request))(request);
        if (result.ok()) *response = *std::move(result);
        return result.status();
      };
      return AnswerUnary(core, context, {name, BasinOf(request), "", std::nullopt, nullptr},
                         {run, nullptr, nullptr});
    }
  }

  std::shared_ptr<Core> core;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAccountService(std::shared_ptr<Core> core) {
  return std::make_unique<server::AccountService<Handler>>(Handler{std::move(core)});
}

}  // namespace s2::emulator
