// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SERVER_INTERNAL_CALL_METADATA_H_
#define S2_SERVER_INTERNAL_CALL_METADATA_H_

#include <grpcpp/server_context.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/rpc/v1/config.pb.h"
#include "s2/server/internal/meter.h"

// What calls of our services say in their metadata, and are told there.
namespace s2::server {

// OK if no key of ours stands twice, for then nobody can tell which value is meant. Errors:
// kBadHeader. It is checked before a call reads any value below.
absl::Status CheckMetadata(const grpc::ServerContextBase& context);

// The value of a key; nothing when it is missing.
std::optional<absl::string_view> GetMetadata(const grpc::ServerContextBase& context,
                                             absl::string_view key);

// `s2-basin`. Errors: kBadHeader.
absl::StatusOr<std::string> GetBasin(const grpc::ServerContextBase& context);

// `s2-stream`, decoded. Errors: kBadPath.
absl::StatusOr<std::string> GetStream(const grpc::ServerContextBase& context);

// `s2-stream-config-bin`, whatever it says; the empty configuration when it is missing. Errors:
// kBadHeader.
absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(const grpc::ServerContextBase& context);

// `s2-encryption-key`; nothing when it is missing.
std::optional<absl::string_view> GetEncryptionKey(const grpc::ServerContextBase& context);

// The end of a session that names a stream so.
SessionEnd DescribeEnd(SessionKind kind, const grpc::ServerContextBase& context,
                       const absl::Status& status);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_CALL_METADATA_H_
