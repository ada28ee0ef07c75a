// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/grpc_connection.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/client/internal/grpc_transport.h"
#include "s2/client/internal/operation_table.h"
#include "s2/record/validate.h"
#include "s2/retry/internal/background.h"
#include "s2/retry/internal/forked.h"
#include "s2/retry/internal/one_line.h"
#include "s2/retry/internal/random.h"
#include "s2/session/internal/background_executor.h"
#include "s2/session/internal/make_session.h"

namespace s2::internal {
namespace {

// The sink of these options as something that is shared, and that gets one line at a time: names of
// streams may have any character. Null: none.
LogSink ShareSink(const LogSink& sink) {
  if (sink == nullptr) return nullptr;
  return [shared = ReleasedInBackground(std::make_shared<LogSink>(sink))](absl::string_view line) {
    (*shared)(OneLine(line));
  };
}

Runtime MakeRuntime(const ClientOptions& options) {
  Runtime runtime;
  runtime.clock = options.clock != nullptr ? ReleasedInBackground(options.clock) : Clock::System();
  runtime.executor =
      options.executor != nullptr ? ReleasedInBackground(options.executor) : Executor::Default();
  runtime.random = DrawNumber;
  runtime.log = ShareSink(options.log);
  return runtime;
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
    : environment_{MakeRuntime(options),
                   options.unary_retry,
                   options.request_timeout,
                   options.append_policy,
                   std::make_shared<const AccessToken>(options, carriage, BackgroundExecutor()),
                   std::move(account),
                   std::move(basin)},
      append_session_(options.append_session),
      read_session_(options.read_session) {}

GrpcConnection::~GrpcConnection() {
  if (Forked()) Leak(std::make_shared<const UnaryEnvironment>(environment_));
}

absl::StatusOr<AppendSession> GrpcConnection::OpenAppendSession(const AppendSessionParams& params) {
  if (Forked()) return ForkedError();
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  const AppendSessionOptions& options =
      params.options.has_value() ? *params.options : append_session_;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  return MakeAppendSession(UrlOf(target), MakeTransport(target), environment_.runtime, options);
}

absl::StatusOr<ReadSession> GrpcConnection::OpenReadSession(const ReadSessionParams& params) {
  if (Forked()) return ForkedError();
  const CallTarget target = {params.basin, params.stream, params.encryption_key};
  if (absl::Status s = ValidateTarget(target); !s.ok()) return s;
  if (absl::Status s = Validate(params.request); !s.ok()) return s;
  const ReadSessionOptions& options = params.options.has_value() ? *params.options : read_session_;
  if (absl::Status s = Validate(options); !s.ok()) return s;
  return MakeReadSession(UrlOf(target), MakeTransport(target), environment_.runtime, params.request,
                         options);
}

absl::Status GrpcConnection::CallUnary(const UnaryCall& call, google::protobuf::Message& response) {
  if (Forked()) return ForkedError();
  const OperationRow* row = FindOperationRow(call.request.GetDescriptor());
  return row == nullptr ? Connection::CallUnary(call, response)
                        : row->call(environment_, call, response);
}

std::shared_ptr<Transport> GrpcConnection::MakeTransport(CallTarget target) const {
  return std::make_shared<GrpcTransport>(environment_.basin, environment_.token, std::move(target),
                                         BackgroundExecutor());
}

}  // namespace s2::internal
