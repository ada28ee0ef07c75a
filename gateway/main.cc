// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The gateway as a server, beside those who use it: with gRPC's health service, which says whether
// S2 answers, and reflection, until SIGTERM or SIGINT; then it drains.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "s2/endpoint/endpoint.h"
#include "s2/gateway/gateway.h"
#include "s2/gateway/internal/token_file.h"
#include "s2/program/flags.h"
#include "s2/program/log.h"
#include "s2/program/program.h"
#include "s2/retry/clock.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/rpc/v1/account.grpc.pb.h"

namespace {

constexpr char kUsage[] =
    "usage: s2-gateway --upstream URL [FLAG]...\n"
    "  --upstream URL          S2: http[s]://HOST[:PORT][?OPTION&...] with the options "
    "basin=HOST,\n"
    "                          compression=CODING and roots=FILE\n"
    "  --token-file FILE       ask S2 with the access token in FILE, whoever calls; it is read "
    "again\n"
    "                          when it changes. Default: each caller's own\n"
    "  --token-for WHOM        who may use that token: local (loopback, unix sockets and clients\n"
    "                          with certificates; the default) or any\n"
    "  --probe-seconds N       how often S2 is asked whether it answers; default 5\n";

constexpr char kLimitsUsage[] =
    "Beyond these limits, calls fail with RESOURCE_EXHAUSTED. 0: no limit.\n"
    "  --max-message-bytes N   of a client's message; default 16777216, at least 1\n"
    "  --max-calls N           under way; default 10000\n"
    "  --max-connections N     with sessions, those of unix sockets counted as one; default 1000\n"
    "  --max-held-bytes N      of messages that wait here; default 1073741824\n";

struct Options {
  s2::program::Options program;
  std::string upstream;
  std::string token_file;
  std::string token_for = "local";
  uint64_t probe_seconds = 5;
  uint64_t max_message_bytes = s2::GatewayOptions().max_message_bytes;
  uint64_t max_calls = 10000;
  uint64_t max_connections = 1000;
  uint64_t max_held_bytes = 1 << 30;
};

int Fail(const absl::Status& status) {
  std::cerr << "s2-gateway: " << status.message() << std::endl;
  return 1;
}

absl::Status Parse(const std::vector<std::string>& arguments, Options& options) {
  s2::program::Flags flags;
  s2::program::AddFlags(options.program, flags);
  flags.Add("--upstream", &options.upstream);
  flags.Add("--token-file", &options.token_file);
  flags.Add("--token-for", &options.token_for);
  flags.Add("--probe-seconds", &options.probe_seconds);
  flags.Add("--max-message-bytes", &options.max_message_bytes);
  flags.Add("--max-calls", &options.max_calls);
  flags.Add("--max-connections", &options.max_connections);
  flags.Add("--max-held-bytes", &options.max_held_bytes);
  if (absl::Status s = s2::program::Parse(flags, arguments, options.program); !s.ok()) return s;
  if (options.program.help) return absl::OkStatus();
  if (options.upstream.empty()) return absl::InvalidArgumentError("--upstream is missing");
  if (options.probe_seconds == 0) {
    return absl::InvalidArgumentError("--probe-seconds is 0; the least is 1");
  }
  if (options.token_for != "local" && options.token_for != "any") {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-for is \"", options.token_for, "\"; it must be local or any"));
  }
  if (options.token_file.empty() || options.token_for == "any") return absl::OkStatus();
  return s2::gateway::ValidateExposure(options.program.listen,
                                       !options.program.client_roots_file.empty());
}

absl::StatusOr<std::unique_ptr<s2::Gateway>> MakeGateway(const Options& options) {
  absl::StatusOr<s2::endpoint::Http> upstream = s2::endpoint::ParseHttp(options.upstream);
  if (!upstream.ok()) return s2::WithContext(upstream.status(), "--upstream");
  s2::GatewayOptions made;
  made.upstream = *std::move(upstream);
  made.max_message_bytes = options.max_message_bytes;
  made.max_calls = options.max_calls;
  made.max_connections = options.max_connections;
  made.max_held_bytes = options.max_held_bytes;
  if (!options.token_file.empty()) {
    auto token = s2::gateway::TokenFile::Open(options.token_file);
    if (!token.ok()) return token.status();
    const std::shared_ptr<s2::gateway::TokenFile> file = *std::move(token);
    made.access_token = [file] { return file->Get(); };
    made.access_token_refused = [file] { file->ReadAgain(); };
  }
  return s2::Gateway::Make(made);
}

// Does S2 answer through this gateway, whatever it says? Blocks for a second at the most.
bool Answers(const std::shared_ptr<grpc::Channel>& gateway) {
  const auto context = std::make_shared<grpc::ClientContext>();
  const std::shared_ptr<s2::Clock> clock = s2::Clock::System();
  const auto timer =
      clock->CallAt(clock->Now() + absl::Seconds(1), [context] { context->TryCancel(); });
  s2::rpc::v1::ListBasinsRequest request;
  request.set_limit(1);
  s2::rpc::v1::ListBasinsResponse response;
  const absl::Status status = s2::FromGrpc(
      s2::rpc::v1::AccountService::NewStub(gateway)->ListBasins(context.get(), request, &response));
  // A refusal is an answer too: without a token there is nothing else. That the gateway itself is
  // at a limit is no news of S2.
  const int http_status = static_cast<int>(s2::GetErrorInfo(status).http_status());
  return status.ok() || (http_status >= 400 && http_status < 500) ||
         s2::GetErrorCode(status) == s2::ErrorCode::kRateLimited;
}

void LogUpstream(s2::program::Log& log, bool answers) {
  if (answers) {
    log.Info("upstream_answers");
  } else {
    log.Error("upstream_does_not_answer");
  }
}

int Serve(const Options& options, s2::program::Signals& signals) {
  s2::program::Log log(STDERR_FILENO, options.program.log);
  const auto gateway = MakeGateway(options);
  if (!gateway.ok()) return Fail(gateway.status());
  s2::Gateway& served = **gateway;
  s2::program::LogFailedSessions(served.meter(), log);
  const auto metrics = s2::program::ServeMetrics(options.program, served.meter(),
                                                 [&served] { return served.held_bytes(); });
  if (!metrics.ok()) return Fail(metrics.status());

  const auto s2 = served.InProcessChannel(grpc::ChannelArguments(), {});
  bool answers = Answers(s2);
  served.SetServing(answers);
  if (absl::Status s = s2::program::Listen(served, options.program, log); !s.ok()) return Fail(s);
  LogUpstream(log, answers);
  while (!signals.Wait(absl::Seconds(options.probe_seconds))) {
    const bool now = Answers(s2);
    if (now == answers) continue;
    answers = now;
    served.SetServing(now);
    LogUpstream(log, now);
  }
  s2::program::Drain(served, options.program, log);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (absl::Status s = Parse({argv + 1, argv + argc}, options); !s.ok()) return Fail(s);
  if (options.program.help) {
    std::cout << kUsage << s2::program::kUsage << kLimitsUsage;
    return 0;
  }
  s2::program::Signals signals;
  s2::program::ConfigureProcess();
  return Serve(options, signals);
}
