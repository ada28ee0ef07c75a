// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_COMPRESSION_H_
#define S2_GATEWAY_INTERNAL_HTTP2_COMPRESSION_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "s2/gateway/internal/http2/slices.h"

// The content codings of bodies. All functions are pure and thread safe.
namespace s2::http2 {

// How a body is coded. The numbers are those in the flags of a frame of S2's (s2s/frame.h).
enum class Coding : uint8_t { kNone = 0, kZstd = 1, kGzip = 2 };

// A body of less than this is not worth coding.
inline constexpr size_t kMinCodedBytes = 1024;

// What HTTP calls the coding; empty for kNone.
absl::string_view CodingName(Coding coding);

// The coding of that name, or kNone for "" and "identity"; nothing for one that is not known here.
std::optional<Coding> FindCoding(absl::string_view name);

struct CodedBody {
  Coding coding = Coding::kNone;
  Slices slices;
};

// Encodes `body`, if it has at least kMinCodedBytes and becomes smaller; else it stays as it is.
CodedBody Encode(Slices body, Coding coding);

// The bytes that were encoded as `body`. Errors, of code kInvalidAnswer: the body is malformed, cut
// short, or decodes to more than `limit` bytes; no more memory than that is spent on it.
absl::StatusOr<Slices> Decode(absl::Span<const grpc::Slice> body, Coding coding, size_t limit);

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_COMPRESSION_H_
