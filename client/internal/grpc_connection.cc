// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/grpc_connection.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "s2/client/internal/grpc_transport.h"
#include "s2/record/validate.h"
#include "s2/session/internal/make_session.h"
#include "s2/wire/limits.h"

namespace s2::internal {
namespace {

using rpc::v1::AccountService;
using rpc::v1::BasinService;
using rpc::v1::StreamService;
using AccountStub = AccountService::StubInterface::async_interface;
using BasinStub = BasinService::StubInterface::async_interface;
using StreamStub = StreamService::StubInterface::async_interface;

Runtime MakeRuntime(const ClientOptions& options) {
  Runtime runtime;
  runtime.clock = options.clock != nullptr ? options.clock : Clock::System();
  runtime.executor = options.executor != nullptr ? options.executor : Executor::Default();
  runtime.random = [] {
    thread_local absl::InsecureBitGen generator;
    return absl::Uniform(generator, 0.0, 1.0);
  };
  runtime.log = options.log;
  return runtime;
}

// 32 random hexadecimal digits.
std::string MakeRequestToken() {
  absl::BitGen generator;
  const auto high = absl::Uniform<uint64_t>(generator);
  const auto low = absl::Uniform<uint64_t>(generator);
  return absl::StrFormat("%016x%016x", high, low);
}

// The request, with a request token if it has none: the same for all attempts.
template <typename Request>
absl::StatusOr<Request> WithRequestToken(Request request) {
  if (absl::Status s = ValidateRequestToken(request.request_token()); !s.ok()) return s;
  if (request.request_token().empty()) request.set_request_token(MakeRequestToken());
  return request;
}

std::string UrlOf(const CallTarget& target) {
  return absl::StrCat("s2://", target.basin, "/", target.stream);
}

absl::Status ValidateTarget(const CallTarget& target) {
  if (absl::Status s = ValidateBasinName(target.basin); !s.ok()) return s;
  if (absl::Status s = ValidateStreamName(target.stream); !s.ok()) return s;
  return ValidateEncryptionKey(target.encryption_key);
}

}  // namespace

GrpcConnection::GrpcConnection(std::shared_ptr<StubPool> account, std::shared_ptr<StubPool> basin,
                               TokenCarriage carriage, const ClientOptions& options)
    : environment_{MakeRuntime(options), options.unary_retry,
                   std::make_shared<const AccessToken>(options, carriage)},
      request_timeout_(options.request_timeout),
      append_policy_(options.append_policy),
      append_session_(options.append_session),
      read_session_(options.read_session),
      account_(std::move(account)),
      basin_(std::move(basin)) {}

absl::StatusOr<rpc::v1::ListBasinsResponse> GrpcConnection::ListBasins(
    const CallParams<rpc::v1::ListBasinsRequest>& params) {
  const Operation operation = {"list basins", request_timeout_};
  return CallUnary<AccountService>(environment_, *account_, operation, CallTarget(), params.request,
                                   params.options, &Stubs::account, &AccountStub::ListBasins);
}

absl::StatusOr<rpc::v1::CreateBasinResponse> GrpcConnection::CreateBasin(
    const CallParams<rpc::v1::CreateBasinRequest>& params) {
  auto request = WithRequestToken(params.request);
  if (!request.ok()) return request.status();
  return OnNamedBasin("create", *request, params.options, &AccountStub::CreateBasin);
}

absl::StatusOr<rpc::v1::EnsureBasinResponse> GrpcConnection::EnsureBasin(
    const CallParams<rpc::v1::EnsureBasinRequest>& params) {
  return OnNamedBasin("ensure", params.request, params.options, &AccountStub::EnsureBasin);
}

absl::StatusOr<rpc::v1::BasinConfig> GrpcConnection::GetBasinConfig(
    const CallParams<rpc::v1::GetBasinConfigRequest>& params) {
  return OnNamedBasin("get configuration of", params.request, params.options,
                      &AccountStub::GetBasinConfig);
}

absl::StatusOr<rpc::v1::BasinConfig> GrpcConnection::ReconfigureBasin(
    const CallParams<rpc::v1::ReconfigureBasinRequest>& params) {
  return OnNamedBasin("reconfigure", params.request, params.options,
                      &AccountStub::ReconfigureBasin);
}

absl::Status GrpcConnection::DeleteBasin(const CallParams<rpc::v1::DeleteBasinRequest>& params) {
  return OnNamedBasin("delete", params.request, params.options, &AccountStub::DeleteBasin,
                      ErrorCode::kBasinNotFound)
      .status();
}

absl::StatusOr<rpc::v1::ListStreamsResponse> GrpcConnection::ListStreams(
    const CallParams<rpc::v1::ListStreamsRequest>& params) {
  if (absl::Status s = ValidateBasinName(params.basin); !s.ok()) return s;
  const Operation operation = {absl::StrCat("list streams of s2://", params.basin),
                               request_timeout_};
  return CallUnary<BasinService>(environment_, *basin_, operation, CallTarget{params.basin, "", ""},
                                 params.request, params.options, &Stubs::basin,
                                 &BasinStub::ListStreams);
}

absl::StatusOr<rpc::v1::CreateStreamResponse> GrpcConnection::CreateStream(
    const CallParams<rpc::v1::CreateStreamRequest>& params) {
  auto request = WithRequestToken(params.request);
  if (!request.ok()) return request.status();
  return OnNamedStream("create", params.basin, *request, params.options, &BasinStub::CreateStream);
}

absl::StatusOr<rpc::v1::EnsureStreamResponse> GrpcConnection::EnsureStream(
    const CallParams<rpc::v1::EnsureStreamRequest>& params) {
  return OnNamedStream("ensure", params.basin, params.request, params.options,
                       &BasinStub::EnsureStream);
}

absl::StatusOr<rpc::v1::StreamConfig> GrpcConnection::GetStreamConfig(
    const CallParams<rpc::v1::GetStreamConfigRequest>& params) {
  return OnNamedStream("get configuration of", params.basin, params.request, params.options,
                       &BasinStub::GetStreamConfig);
}

absl::StatusOr<rpc::v1::StreamConfig> GrpcConnection::ReconfigureStream(
    const CallParams<rpc::v1::ReconfigureStreamRequest>& params) {
  return OnNamedStream("reconfigure", params.basin, params.request, params.options,
                       &BasinStub::ReconfigureStream);
}

absl::Status GrpcConnection::DeleteStream(const CallParams<rpc::v1::DeleteStreamRequest>& params) {
  return OnNamedStream("delete", params.basin, params.request, params.options,
                       &BasinStub::DeleteStream, ErrorCode::kStreamNotFound)
      .status();
}

absl::StatusOr<v1::StreamPosition> GrpcConnection::CheckTail(
    const CallParams<rpc::v1::CheckTailRequest>& params) {
  const CallTarget target = {params.basin, params.stream, ""};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  const Operation operation = {"check tail of " + UrlOf(target), request_timeout_};
  auto response = CallUnary<StreamService>(environment_, *basin_, operation, target, params.request,
                                           params.options, &Stubs::stream, &StreamStub::CheckTail);
  if (!response.ok()) return response.status();
  return response->tail();
}

absl::StatusOr<v1::AppendAck> GrpcConnection::Append(const CallParams<v1::AppendInput>& params) {
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  if (absl::Status s = Validate(params.request); !s.ok()) return s;
  Operation operation = {"append to " + UrlOf(target), request_timeout_};
  operation.is_append = true;
  operation.policy = append_policy_;
  return CallUnary<StreamService>(environment_, *basin_, operation, target, params.request,
                                  params.options, &Stubs::stream, &StreamStub::Append);
}

absl::StatusOr<v1::ReadBatch> GrpcConnection::Read(const CallParams<rpc::v1::ReadRequest>& params) {
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  if (absl::Status s = Validate(params.request); !s.ok()) return s;
  const Operation operation = {"read " + UrlOf(target),
                               request_timeout_ + wire::UnaryWait(params.request.wait())};
  return CallUnary<StreamService>(environment_, *basin_, operation, target, params.request,
                                  params.options, &Stubs::stream, &StreamStub::Read);
}

absl::StatusOr<AppendSession> GrpcConnection::OpenAppendSession(const AppendSessionParams& params) {
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  const AppendSessionOptions& options =
      params.options.has_value() ? *params.options : append_session_;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  return MakeAppendSession(UrlOf(target), MakeTransport(target), environment_.runtime, options);
}

absl::StatusOr<ReadSession> GrpcConnection::OpenReadSession(const ReadSessionParams& params) {
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  if (absl::Status s = Validate(params.request); !s.ok()) return s;
  const ReadSessionOptions& options = params.options.has_value() ? *params.options : read_session_;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  return MakeReadSession(UrlOf(target), MakeTransport(target), environment_.runtime, params.request,
                         options);
}

template <typename Request, typename Response>
absl::StatusOr<Response> GrpcConnection::OnNamedBasin(
    absl::string_view verb, const Request& request, const CallOptions& options,
    UnaryMethod<AccountService, Request, Response> method, ErrorCode if_done) {
  if (absl::Status s = ValidateBasinName(request.basin()); !s.ok()) return s;
  Operation operation = {absl::StrCat(verb, " s2://", request.basin()), request_timeout_};
  operation.if_done = if_done;
  return CallUnary<AccountService>(environment_, *account_, operation, CallTarget(), request,
                                   options, &Stubs::account, method);
}

template <typename Request, typename Response>
absl::StatusOr<Response> GrpcConnection::OnNamedStream(
    absl::string_view verb, const std::string& basin, const Request& request,
    const CallOptions& options, UnaryMethod<BasinService, Request, Response> method,
    ErrorCode if_done) {
  const CallTarget named = {basin, request.stream(), ""};
  if (absl::Status s = ValidateTarget(named); !s.ok()) return s;
  Operation operation = {absl::StrCat(verb, " ", UrlOf(named)), request_timeout_};
  operation.if_done = if_done;
  return CallUnary<BasinService>(environment_, *basin_, operation, CallTarget{basin, "", ""},
                                 request, options, &Stubs::basin, method);
}

std::shared_ptr<Transport> GrpcConnection::MakeTransport(CallTarget target) const {
  return std::make_shared<GrpcTransport>(basin_, environment_.token, std::move(target),
                                         environment_.runtime.executor);
}

}  // namespace s2::internal
