// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_CONFIG_RESOLVE_H_
#define S2_EMULATOR_INTERNAL_CONFIG_RESOLVE_H_

#include <google/protobuf/field_mask.pb.h>

#include "absl/status/status.h"
#include "s2/rpc/v1/config.pb.h"

// How configurations are checked, completed and changed. Pure.
namespace s2::emulator {

// OK, or an error of code kInvalid that names the field.
absl::Status ValidateConfig(const rpc::v1::StreamConfig& config);
absl::Status ValidateConfig(const rpc::v1::BasinConfig& config);

// The same configuration without parts that are set, but empty: so equal configurations have equal
// bytes.
rpc::v1::StreamConfig Normalize(const rpc::v1::StreamConfig& config);
// The same for a basin, whose two flags are set to what they are.
rpc::v1::BasinConfig Normalize(const rpc::v1::BasinConfig& config);

// `config`, completed by the basin's defaults and then the system's: every field set.
rpc::v1::StreamConfig Resolve(const rpc::v1::StreamConfig& config,
                              const rpc::v1::StreamConfig& basin_defaults);

// Replaces the fields of `config` that `mask` names by those of `update`; a named field that
// `update` leaves unset is cleared. kInvalid for an unknown path, or a flag of a basin that would
// be cleared; then `config` is as before.
absl::Status Update(const rpc::v1::StreamConfig& update, const google::protobuf::FieldMask& mask,
                    rpc::v1::StreamConfig& config);
absl::Status Update(const rpc::v1::BasinConfig& update, const google::protobuf::FieldMask& mask,
                    rpc::v1::BasinConfig& config);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_CONFIG_RESOLVE_H_
