// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/call_metadata.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "s2/record/validate.h"
#include "s2/retry/error.h"
#include "s2/wire/metadata.h"
#include "s2/wire/percent.h"

namespace s2::server {

absl::Status CheckMetadata(const grpc::ServerContextBase& context) {
  for (const char* const key : wire::kRequestKeys) {
    const size_t n = context.client_metadata().count(key);
    if (n <= 1) continue;
    return MakeError(ErrorCode::kBadHeader, absl::StrCat("the metadata have ", n, " values of ",
                                                         key, "; there must not be more than one"));
  }
  return absl::OkStatus();
}

std::optional<absl::string_view> GetMetadata(const grpc::ServerContextBase& context,
                                             absl::string_view key) {
  const auto found = context.client_metadata().find(grpc::string_ref(key.data(), key.size()));
  if (found == context.client_metadata().end()) return std::nullopt;
  return absl::string_view(found->second.data(), found->second.size());
}

absl::StatusOr<std::string> GetBasin(const grpc::ServerContextBase& context) {
  const auto basin = GetMetadata(context, wire::kBasinKey);
  if (!basin) return MakeError(ErrorCode::kBadHeader, "the metadata has no s2-basin");
  if (absl::Status s = ValidateBasinName(*basin); !s.ok()) {
    return MakeError(ErrorCode::kBadHeader, absl::StrCat("s2-basin: ", s.message()));
  }
  return std::string(*basin);
}

absl::StatusOr<std::string> GetStream(const grpc::ServerContextBase& context) {
  const auto encoded = GetMetadata(context, wire::kStreamKey);
  if (!encoded) return MakeError(ErrorCode::kBadPath, "the metadata has no s2-stream");
  std::optional<std::string> stream = PercentDecode(*encoded);
  if (!stream) {
    return MakeError(ErrorCode::kBadPath,
                     absl::StrCat("s2-stream is \"", absl::CHexEscape(*encoded),
                                  "\"; it must be percent-encoded"));
  }
  if (absl::Status s = ValidateStreamName(*stream); !s.ok()) {
    return MakeError(ErrorCode::kBadPath, absl::StrCat("s2-stream: ", s.message()));
  }
  return *std::move(stream);
}

absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(const grpc::ServerContextBase& context) {
  rpc::v1::StreamConfig config;
  const auto bytes = GetMetadata(context, wire::kStreamConfigKey);
  if (!bytes) return config;
  if (!config.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    return MakeError(ErrorCode::kBadHeader, "s2-stream-config-bin is not a StreamConfig");
  }
  return config;
}

std::optional<absl::string_view> GetEncryptionKey(const grpc::ServerContextBase& context) {
  return GetMetadata(context, wire::kEncryptionKeyKey);
}

SessionEnd DescribeEnd(SessionKind kind, const grpc::ServerContextBase& context,
                       const absl::Status& status) {
  return {kind, GetMetadata(context, wire::kBasinKey).value_or(""),
          GetMetadata(context, wire::kStreamKey).value_or(""), status};
}

}  // namespace s2::server
