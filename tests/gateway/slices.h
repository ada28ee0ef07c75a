// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SLICES_H_
#define S2_TESTS_GATEWAY_SLICES_H_

#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace s2::gateway {

inline grpc::Slice MakeSlice(absl::string_view text) {
  return grpc::Slice(text.data(), text.size());
}

// `text` in slices of at most `size` bytes.
inline std::vector<grpc::Slice> MakeSlices(absl::string_view text, size_t size) {
  std::vector<grpc::Slice> slices;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    slices.push_back(MakeSlice(text.substr(0, size)));
  }
  return slices;
}

inline std::string Join(absl::Span<const grpc::Slice> slices) {
  std::string text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

inline absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace s2::gateway

#endif  // S2_TESTS_GATEWAY_SLICES_H_
