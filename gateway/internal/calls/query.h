// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_CALLS_QUERY_H_
#define S2_GATEWAY_INTERNAL_CALLS_QUERY_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "s2/wire/percent.h"

namespace s2::gateway {

// Builds the query of a path.
class Query {
 public:
  void Add(absl::string_view name, const absl::AlphaNum& value) {
    absl::StrAppend(&text_, text_.empty() ? "?" : "&", name, "=", PercentEncode(value.Piece()));
  }
  // "?NAME=VALUE&...", percent-encoded; empty without parameters.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The query of a request for one page of a list.
template <typename Request>
std::string ListQuery(const Request& request) {
  Query query;
  if (!request.prefix().empty()) query.Add("prefix", request.prefix());
  if (!request.start_after().empty()) query.Add("start_after", request.start_after());
  if (request.limit() != 0) query.Add("limit", request.limit());
  return query.text();
}

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_CALLS_QUERY_H_
