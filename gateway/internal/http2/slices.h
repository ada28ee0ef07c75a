// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_SLICES_H_
#define S2_GATEWAY_INTERNAL_HTTP2_SLICES_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace s2::http2 {

// Bytes in pieces, which copies of this share.
using Slices = std::vector<grpc::Slice>;

// The number of bytes.
inline size_t TotalSize(absl::Span<const grpc::Slice> slices) {
  size_t size = 0;
  for (const grpc::Slice& slice : slices) size += slice.size();
  return size;
}

// A copy of all bytes.
inline std::string Join(absl::Span<const grpc::Slice> slices) {
  std::string text;
  text.reserve(TotalSize(slices));
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_SLICES_H_
