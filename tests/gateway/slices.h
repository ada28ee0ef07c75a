// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SLICES_H_
#define S2_TESTS_GATEWAY_SLICES_H_

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "s2/gateway/internal/http2/slices.h"

namespace s2::gateway {

inline grpc::Slice MakeSlice(absl::string_view text) {
  return grpc::Slice(text.data(), text.size());
}

// `text` in slices of at most `size` bytes.
inline http2::Slices MakeSlices(absl::string_view text, size_t size) {
  http2::Slices slices;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    slices.push_back(MakeSlice(text.substr(0, size)));
  }
  return slices;
}

inline absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_SLICES_H_
