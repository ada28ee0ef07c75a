// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_S2S_FRAME_H_
#define S2_GATEWAY_INTERNAL_S2S_FRAME_H_

#include <grpcpp/support/slice.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/http2/slices.h"

// Messages of S2's sessions (content type s2s/proto): three bytes of length, big-endian, then a
// byte of flags and a body, which the length counts both.
namespace s2::gateway {

// The most that a length may say.
inline constexpr size_t kMaxFrameBytes = 2 * 1024 * 1024;
// The most that a body may be, also before it was encoded.
inline constexpr size_t kMaxFrameBodyBytes = kMaxFrameBytes - 1;

struct Frame {
  // The session is over, and the body says why (see response_error.h).
  bool terminal = false;
  // The server is about to go.
  bool reconnect_advised = false;
  // Of the body; kNone in a terminal frame.
  http2::Coding coding = http2::Coding::kNone;
  grpc::Slice body;
};

// Takes frames out of a stream of bytes. A body is copied once, from the bytes to its slice.
class FrameParser {
 public:
  // Takes bytes from the front of `data` until a frame is complete; nothing when all of them are
  // taken before. An error, of code kInvalidAnswer, is the end: what follows makes no sense.
  absl::StatusOr<std::optional<Frame>> Next(absl::Span<const uint8_t>& data);

  // How much of an incomplete frame there is; 0 where a stream may end.
  size_t pending() const { return have_; }

 private:
  static constexpr size_t kHeadBytes = 4;

  // The head is complete.
  absl::Status Begin();

  std::array<uint8_t, kHeadBytes> head_;
  size_t have_ = 0;  // bytes of head and body
  Frame frame_;      // its body is allocated when the head is complete
};

// `body` in this coding, as a frame; it is not copied unless it is encoded. Error, of code
// kInvalid: it is too large.
absl::StatusOr<http2::Slices> MakeFrame(http2::Slices body, http2::Coding coding);

// The message of a frame that is not terminal. Errors, of code kInvalidAnswer: as Decode.
absl::StatusOr<http2::Slices> DecodeBody(const Frame& frame);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_S2S_FRAME_H_
