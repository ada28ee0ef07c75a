// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/operation_table.h"

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "s2/record/validate.h"
#include "s2/retry/internal/random.h"
#include "s2/wire/limits.h"

namespace s2::internal {
namespace {

using rpc::v1::AccountService;
using rpc::v1::BasinService;
using rpc::v1::StreamService;
using Account = AccountService::StubInterface::async_interface;
using Basin = BasinService::StubInterface::async_interface;
using Stream = StreamService::StubInterface::async_interface;

// Where the stubs of one of our services are: which pool has them, and which of its stubs they are.
template <typename Service>
struct ServiceStubs {
  std::shared_ptr<StubPool> UnaryEnvironment::*pool;
  std::shared_ptr<typename Service::StubInterface> Stubs::*stub;
};

constexpr ServiceStubs<AccountService> kAccount = {&UnaryEnvironment::account, &Stubs::account};
constexpr ServiceStubs<BasinService> kBasin = {&UnaryEnvironment::basin, &Stubs::basin};
constexpr ServiceStubs<StreamService> kStream = {&UnaryEnvironment::basin, &Stubs::stream};

// What a call is about.
struct Subject {
  // How errors and log lines call it, behind the verb.
  std::string name;
  // Where the call goes.
  CallTarget target;
};

absl::StatusOr<Subject> BasinNamed(absl::string_view basin, CallTarget target) {
  if (absl::Status s = ValidateBasinName(basin); !s.ok()) return s;
  return Subject{absl::StrCat(" s2://", basin), std::move(target)};
}

absl::StatusOr<Subject> StreamNamed(absl::string_view basin, absl::string_view stream,
                                    CallTarget target) {
  if (absl::Status s = ValidateBasinName(basin); !s.ok()) return s;
  if (absl::Status s = ValidateStreamName(stream); !s.ok()) return s;
  if (absl::Status s = ValidateEncryptionKey(target.encryption_key); !s.ok()) return s;
  return Subject{absl::StrCat(" s2://", basin, "/", stream), std::move(target)};
}

// The subjects that there are. A call names its basin and stream; the requests of those with Named
// name the basin, or the stream, that the operation is about.
template <typename Request>
absl::StatusOr<Subject> TheAccount(const UnaryCall&, const Request&) {
  return Subject();
}
template <typename Request>
absl::StatusOr<Subject> ANamedBasin(const UnaryCall&, const Request& request) {
  return BasinNamed(request.basin(), {});
}
template <typename Request>
absl::StatusOr<Subject> TheBasin(const UnaryCall& call, const Request&) {
  return BasinNamed(call.basin, {std::string(call.basin), "", ""});
}
template <typename Request>
absl::StatusOr<Subject> ANamedStream(const UnaryCall& call, const Request& request) {
  return StreamNamed(call.basin, request.stream(), {std::string(call.basin), "", ""});
}
template <typename Request>
absl::StatusOr<Subject> TheStream(const UnaryCall& call, const Request&) {
  return StreamNamed(call.basin, call.stream,
                     {std::string(call.basin), std::string(call.stream), ""});
}
template <typename Request>
absl::StatusOr<Subject> TheRecords(const UnaryCall& call, const Request&) {
  return StreamNamed(
      call.basin, call.stream,
      {std::string(call.basin), std::string(call.stream), std::string(call.encryption_key)});
}

// Gives the request a token, the same for all attempts, unless the caller has given it one.
template <typename Request>
absl::Status AddRequestToken(Request& request) {
  if (absl::Status s = ValidateRequestToken(request.request_token()); !s.ok()) return s;
  if (request.request_token().empty()) request.set_request_token(DrawUniqueId(DrawNumber));
  return absl::OkStatus();
}

// Checks and completes a request before it is sent: nothing to be done, but for these.
template <typename Request>
absl::Status Prepare(Request&) {
  return absl::OkStatus();
}
absl::Status Prepare(rpc::v1::CreateBasinRequest& request) { return AddRequestToken(request); }
absl::Status Prepare(rpc::v1::CreateStreamRequest& request) { return AddRequestToken(request); }
absl::Status Prepare(v1::AppendInput& input) { return Validate(input); }
absl::Status Prepare(rpc::v1::ReadRequest& request) { return Validate(request); }

// How long a server may take on purpose: no time, but for reads that wait.
template <typename Request>
absl::Duration ServersWait(const Request&) {
  return absl::ZeroDuration();
}
absl::Duration ServersWait(const rpc::v1::ReadRequest& request) {
  return wire::UnaryWait(request.wait());
}

// An operation that does `verb` to `subject` by a method of a service. `if_done`: see Operation.
template <typename Service, typename Request, typename Response>
OperationRow Row(absl::string_view verb,
                 absl::StatusOr<Subject> (*subject)(const UnaryCall&, const Request&),
                 ServiceStubs<Service> service, UnaryMethod<Service, Request, Response> method,
                 ErrorCode if_done = ErrorCode::kNone) {
  return {Request::descriptor(), [=](const UnaryEnvironment& environment, const UnaryCall& call,
                                     google::protobuf::Message& response) {
            const auto request =
                std::make_shared<Request>(static_cast<const Request&>(call.request));
            const absl::StatusOr<Subject> about = subject(call, *request);
            if (!about.ok()) return about.status();
            if (absl::Status s = Prepare(*request); !s.ok()) return s;
            Operation operation = {absl::StrCat(verb, about->name),
                                   environment.request_timeout + ServersWait(*request)};
            operation.if_done = if_done;
            if constexpr (std::is_same_v<Request, v1::AppendInput>) {
              operation.is_append = true;
              operation.policy = environment.append_policy;
            }
            absl::StatusOr<Response> answer = CallWithRetries<Service, Request, Response>(
                environment, *(environment.*service.pool), operation, about->target, request,
                call.options, service.stub, method);
            if (answer.ok()) static_cast<Response&>(response) = *std::move(answer);
            return answer.status();
          }};
}

}  // namespace

const OperationRow* FindOperationRow(const google::protobuf::Descriptor* request) {
  constexpr auto kBasinGone = ErrorCode::kBasinNotFound;
  constexpr auto kStreamGone = ErrorCode::kStreamNotFound;
  static const auto* const table = new std::vector<OperationRow>{
      Row("list basins", TheAccount, kAccount, &Account::ListBasins),
      Row("create", ANamedBasin, kAccount, &Account::CreateBasin),
      Row("ensure", ANamedBasin, kAccount, &Account::EnsureBasin),
      Row("get configuration of", ANamedBasin, kAccount, &Account::GetBasinConfig),
      Row("reconfigure", ANamedBasin, kAccount, &Account::ReconfigureBasin),
      Row("delete", ANamedBasin, kAccount, &Account::DeleteBasin, kBasinGone),
      Row("list streams of", TheBasin, kBasin, &Basin::ListStreams),
      Row("create", ANamedStream, kBasin, &Basin::CreateStream),
      Row("ensure", ANamedStream, kBasin, &Basin::EnsureStream),
      Row("get configuration of", ANamedStream, kBasin, &Basin::GetStreamConfig),
      Row("reconfigure", ANamedStream, kBasin, &Basin::ReconfigureStream),
      Row("delete", ANamedStream, kBasin, &Basin::DeleteStream, kStreamGone),
      Row("check tail of", TheStream, kStream, &Stream::CheckTail),
      Row("append to", TheRecords, kStream, &Stream::Append),
      Row("read", TheRecords, kStream, &Stream::Read),
  };
  const auto row = std::find_if(table->begin(), table->end(), [request](const OperationRow& row) {
    return row.request == request;
  });
  return row == table->end() ? nullptr : &*row;
}

}  // namespace s2::internal
