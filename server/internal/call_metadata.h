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

// What the metadata of a call of our services say. wire/metadata.h has the keys.
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

// `s2-stream-config-bin`, which may hold a configuration that S2 would refuse; the empty
// configuration when it is missing. Errors, of code kBadHeader: it is no configuration at all.
absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(const grpc::ServerContextBase& context);

// `s2-encryption-key`; nothing when it is missing.
std::optional<absl::string_view> GetEncryptionKey(const grpc::ServerContextBase& context);

// For the meter: the end of a session for the stream that its metadata name.
SessionEnd DescribeEnd(SessionKind kind, const grpc::ServerContextBase& context,
                       const absl::Status& status);

}  // namespace s2::server

#endif  // S2_SERVER_INTERNAL_CALL_METADATA_H_
