// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_ACCOUNT_HELPERS_H_
#define S2_EMULATOR_INTERNAL_ACCOUNT_HELPERS_H_

#include <google/protobuf/message_lite.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/basin.pb.h"

// What operations on basins and on streams have in common.
namespace s2::emulator {

inline constexpr size_t kMaxPage = 1000;

inline absl::Status Error(ErrorCode code, absl::string_view what, absl::string_view name,
                          absl::string_view rest) {
  return MakeError(code, absl::StrCat(what, " \"", absl::CHexEscape(name), "\" ", rest));
}

// The same error under another of S2's codes.
inline absl::Status WithCode(ErrorCode code, const absl::Status& status) {
  return status.ok() ? status : MakeError(code, status.message());
}

inline void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const timespec ts = absl::ToTimespec(time);
  out.set_seconds(ts.tv_sec);
  out.set_nanos(static_cast<int32_t>(ts.tv_nsec));
}

// What identifies a creation: a repeat has the same token and asks for the same.
template <typename Config>
std::optional<std::string> CreationKey(const std::string& token, const Config& normalized) {
  if (token.empty()) return std::nullopt;
  return absl::StrCat(token.size(), ":", token, normalized.SerializeAsString());
}

template <typename Entry>
bool IsRepeat(const std::optional<std::string>& key, const Entry& existing) {
  return key.has_value() && existing.creation_key == key;
}

inline bool SameConfig(const google::protobuf::MessageLite& a,
                       const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

template <typename Info, typename Entry>
Info MakeInfo(const std::string& name, const Entry& entry) {
  Info info;
  info.set_name(name);
  SetTime(entry.created_at, *info.mutable_created_at());
  if (entry.deleting()) SetTime(entry.deleted_at, *info.mutable_deleted_at());
  return info;
}

template <typename Entry>
rpc::v1::StreamInfo MakeStreamInfo(const std::string& name, const Entry& entry) {
  auto info = MakeInfo<rpc::v1::StreamInfo>(name, entry);
  if (entry.cipher) info.set_cipher(*entry.cipher);
  return info;
}

// Calls `add` for the entries of one page, in order; returns whether there are more.
template <typename Map, typename Request, typename Add>
bool ListPage(const Map& map, const Request& request, Add add) {
  const size_t limit =
      request.limit() == 0 ? kMaxPage : std::min<size_t>(request.limit(), kMaxPage);
  auto it = map.lower_bound(request.prefix());
  if (!request.start_after().empty() && request.start_after() >= request.prefix()) {
    it = map.upper_bound(request.start_after());
  }
  for (size_t n = 0; it != map.end() && absl::StartsWith(it->first, request.prefix()); ++it, ++n) {
    if (n == limit) return true;
    add(it->first, it->second);
  }
  return false;
}

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_ACCOUNT_HELPERS_H_
