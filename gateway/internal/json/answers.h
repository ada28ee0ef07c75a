// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_
#define S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/config.pb.h"
#include "s2/rpc/v1/stream.pb.h"

// S2's answers in JSON. Errors, of code kInvalidAnswer, name the field that is missing or wrong,
// and what it is.
namespace s2::gateway {

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListBasinsResponse& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::BasinInfo& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::BasinConfig& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListAccessTokensResponse& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::IssueAccessTokenResponse& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListLocationsResponse& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::LocationInfo& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::MetricSet& answer);

absl::Status ReadAnswer(absl::string_view text, rpc::v1::ListStreamsResponse& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::StreamInfo& answer);
absl::Status ReadAnswer(absl::string_view text, rpc::v1::StreamConfig& answer);

absl::Status ReadAnswer(absl::string_view text, rpc::v1::CheckTailResponse& answer);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_JSON_ANSWERS_H_
