// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/target.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "s2/endpoint/endpoint.h"
#include "s2/endpoint/host.h"
#include "s2/gateway/internal/calls/core.h"
#include "s2/gateway/internal/calls/query.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/json/requests.h"
#include "s2/record/validate.h"
#include "s2/retry/error.h"
#include "s2/retry/internal/call_user.h"
#include "s2/server/internal/call_metadata.h"
#include "s2/wire/metadata.h"
#include "s2/wire/percent.h"

namespace s2::gateway {
namespace {

http2::Origin ToOrigin(const endpoint::HttpHost& host) { return {host.tls, host.host, host.port}; }

std::optional<std::string> Authorization(const GatewayOptions& options,
                                         const grpc::ServerContextBase& context) {
  if (options.access_token != nullptr) {
    return absl::StrCat(wire::kBearer,
                        internal::CallUser("GatewayOptions.access_token", options.access_token));
  }
  const auto callers = server::GetMetadata(context, wire::kAuthorizationKey);
  return callers ? std::make_optional<std::string>(*callers) : std::nullopt;
}

absl::StatusOr<http2::Request> MakeRequest(const GatewayOptions& options,
                                           const grpc::ServerContextBase& context,
                                           http2::Origin origin, const Resource& resource) {
  http2::Request request;
  request.origin = std::move(origin);
  request.method = resource.method;
  request.path = absl::StrCat("/v1", resource.path);
  request.headers.emplace_back("user-agent", "s2-cpp/" S2_VERSION);
  if (std::optional<std::string> authorization = Authorization(options, context)) {
    if (!request.origin.tls && !endpoint::IsLoopback(request.origin.host)) {
      return MakeError(ErrorCode::kInvalid,
                       absl::StrCat("an access token would go to ", request.origin.host,
                                    " in the clear; expected an endpoint of https://, or a host "
                                    "that is this machine"));
    }
    request.headers.emplace_back("authorization", *std::move(authorization));
  }
  const http2::Coding coding = ToCoding(options.upstream.compression);
  if (coding != http2::Coding::kNone)
    request.headers.emplace_back("accept-encoding", http2::CodingName(coding));
  return request;
}

absl::StatusOr<http2::Request> MakeRecordsRequest(const GatewayOptions& options,
                                                  const grpc::ServerContextBase& context,
                                                  const char* method, const std::string& query) {
  absl::StatusOr<http2::Request> request =
      MakeStreamRequest(options, context, {method, absl::StrCat("/records", query)});
  if (!request.ok()) return request;
  if (const auto key = server::GetEncryptionKey(context)) {
    request->headers.emplace_back("s2-encryption-key", *key);
  }
  const absl::StatusOr<rpc::v1::StreamConfig> config = server::GetStreamConfig(context);
  if (!config.ok()) return config.status();
  if (config->ByteSizeLong() == 0) return request;
  absl::StatusOr<std::string> header = MakeHeader(*config);
  if (!header.ok()) return WithContext(header.status(), wire::kStreamConfigKey);
  request->headers.emplace_back("s2-stream-config", *std::move(header));
  return request;
}

}  // namespace

absl::StatusOr<http2::Request> MakeAccountRequest(const GatewayOptions& options,
                                                  const grpc::ServerContextBase& context,
                                                  const Resource& resource) {
  return MakeRequest(options, context, ToOrigin(options.upstream.account), resource);
}

absl::StatusOr<http2::Request> MakeBasinRequest(const GatewayOptions& options,
                                                const grpc::ServerContextBase& context,
                                                const Resource& resource) {
  absl::StatusOr<std::string> basin = server::GetBasin(context);
  if (!basin.ok()) return basin.status();
  const endpoint::Http& upstream = options.upstream;
  const endpoint::HttpHost& host = upstream.basin ? *upstream.basin : upstream.account;
  http2::Origin origin = ToOrigin(host);
  if (host.basin_in_host) origin.host = absl::StrCat(*basin, ".", origin.host);
  absl::StatusOr<http2::Request> request =
      MakeRequest(options, context, std::move(origin), resource);
  if (request.ok() && !host.basin_in_host) {
    request->headers.emplace_back("s2-basin", *std::move(basin));
  }
  return request;
}

absl::StatusOr<http2::Request> MakeStreamRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context,
                                                 const Resource& resource) {
  const absl::StatusOr<std::string> stream = server::GetStream(context);
  if (!stream.ok()) return stream.status();
  return MakeBasinRequest(
      options, context,
      {resource.method, absl::StrCat("/streams/", PercentEncode(*stream), resource.path)});
}

absl::StatusOr<http2::Request> MakeAppendRequest(const GatewayOptions& options,
                                                 const grpc::ServerContextBase& context) {
  return MakeRecordsRequest(options, context, "POST", "");
}

absl::StatusOr<http2::Request> MakeReadRequest(const GatewayOptions& options,
                                               const grpc::ServerContextBase& context,
                                               const rpc::v1::ReadRequest& read) {
  Query query;
  switch (read.start_case()) {
    case rpc::v1::ReadRequest::kSeqNum:
      query.Add("seq_num", read.seq_num());
      break;
    case rpc::v1::ReadRequest::kTimestamp:
      query.Add("timestamp", read.timestamp());
      break;
    case rpc::v1::ReadRequest::kTailOffset:
      query.Add("tail_offset", read.tail_offset());
      break;
    case rpc::v1::ReadRequest::START_NOT_SET:
      break;
  }
  if (read.clamp()) query.Add("clamp", "true");
  if (read.has_count()) query.Add("count", read.count());
  if (read.has_bytes()) query.Add("bytes", read.bytes());
  if (read.has_until()) query.Add("until", read.until());
  if (read.has_wait()) query.Add("wait", read.wait());
  absl::StatusOr<http2::Request> request =
      MakeRecordsRequest(options, context, "GET", query.text());
  if (request.ok()) request->no_body = true;
  return request;
}

absl::StatusOr<http2::Request> WithRequestToken(absl::StatusOr<http2::Request> request,
                                                const std::string& token) {
  if (!request.ok() || token.empty()) return request;
  if (absl::Status s = ValidateRequestToken(token); !s.ok()) return s;
  if (!std::all_of(token.begin(), token.end(), absl::ascii_isgraph)) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("request_token is \"", absl::CHexEscape(token),
                                  "\"; it must be printable ASCII without spaces"));
  }
  request->headers.emplace_back("s2-request-token", token);
  return request;
}

}  // namespace s2::gateway
