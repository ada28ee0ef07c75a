// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_CALL_NAMES_H_
#define S2_EMULATOR_INTERNAL_CALL_NAMES_H_

#include <grpcpp/server_context.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "s2/rpc/v1/config.pb.h"

// What a call says in its metadata.
namespace s2::emulator {

inline constexpr char kSessionKey[] = "s2-session";

// The value of a metadata key; nothing when it is missing.
std::optional<absl::string_view> GetMetadata(const grpc::ServerContextBase& context,
                                             absl::string_view key);

// `s2-basin`. Errors: kBadHeader.
absl::StatusOr<std::string> GetBasin(const grpc::ServerContextBase& context);

// `s2-stream`, decoded. Errors: kBadPath.
absl::StatusOr<std::string> GetStream(const grpc::ServerContextBase& context);

// `s2-stream-config-bin`; the empty configuration when it is missing. Errors: kBadHeader, kInvalid.
absl::StatusOr<rpc::v1::StreamConfig> GetStreamConfig(const grpc::ServerContextBase& context);

// Is there an `s2-encryption-key`?
bool HasEncryptionKey(const grpc::ServerContextBase& context);

// `text` without its percent-encoding; nothing when that is malformed.
std::optional<std::string> PercentDecode(absl::string_view text);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_CALL_NAMES_H_
