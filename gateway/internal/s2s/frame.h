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

// The frames of S2's sessions (content type s2s/proto). A frame is three bytes of length,
// big-endian, then a byte of flags, then a body, which is a message; the length counts the flags
// and the body.
namespace s2::gateway {

// The largest length that a frame may have.
inline constexpr size_t kMaxFrameBytes = 2 * 1024 * 1024;
// The largest body that a frame may have, before it is encoded and after.
inline constexpr size_t kMaxFrameBodyBytes = kMaxFrameBytes - 1;

struct Frame {
  // The session is over, and the body says why (see ErrorFromTerminalFrame in
  // json/response_error.h).
  bool terminal = false;
  // The server is about to go, and advises to connect anew.
  bool reconnect_advised = false;
  // How the body is coded; kNone in a terminal frame.
  http2::Coding coding = http2::Coding::kNone;
  grpc::Slice body;
};

// Takes frames out of a stream of bytes. A body is copied once, from the bytes to its slice. Not
// thread safe.
class FrameParser {
 public:
  // Takes bytes from the front of `data` until a frame is complete, and returns that frame; nothing
  // when all bytes are taken and the frame is not complete. An error, of code kInvalidAnswer, is
  // the end: what follows makes no sense.
  absl::StatusOr<std::optional<Frame>> Next(absl::Span<const uint8_t>& data);

  // How many bytes of an incomplete frame have been taken; 0 where a stream may end.
  size_t pending() const { return have_; }

 private:
  static constexpr size_t kHeadBytes = 4;

  // Judges the head of a frame, which is complete, and makes room for the body.
  absl::Status Begin();

  std::array<uint8_t, kHeadBytes> head_;
  size_t have_ = 0;  // bytes of the head and the body that have been taken
  Frame frame_;      // its body is allocated when the head is complete
};

// A frame with this body, in this coding if that makes it smaller. The body is not copied unless it
// is encoded. Error, of code kInvalid: it is too large.
absl::StatusOr<http2::Slices> MakeFrame(http2::Slices body, http2::Coding coding);

// The message that a frame which is not terminal carries. Errors: those of http2::Decode.
absl::StatusOr<http2::Slices> DecodeBody(const Frame& frame);

}  // namespace s2::gateway

#endif  // S2_GATEWAY_INTERNAL_S2S_FRAME_H_
