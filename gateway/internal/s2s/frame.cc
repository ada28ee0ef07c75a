// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/s2s/frame.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

constexpr uint8_t kTerminal = 0x80;
constexpr uint8_t kReconnectAdvised = 0x10;
constexpr int kCodingShift = 5;
constexpr uint8_t kCodingMask = 0x3;

}  // namespace

absl::StatusOr<std::optional<Frame>> FrameParser::Next(absl::Span<const uint8_t>& data) {
  const auto take = [&](uint8_t* to, size_t most) {
    const size_t size = std::min(most, data.size());
    if (size > 0) std::memcpy(to, data.data(), size);
    data.remove_prefix(size);
    have_ += size;
  };
  if (have_ < kHeadBytes) {
    take(head_.data() + have_, kHeadBytes - have_);
    if (have_ < kHeadBytes) return std::nullopt;
    if (absl::Status s = Begin(); !s.ok()) return s;
  }
  const size_t size = have_ - kHeadBytes;
  take(const_cast<uint8_t*>(frame_.body.begin()) + size, frame_.body.size() - size);
  if (have_ < kHeadBytes + frame_.body.size()) return std::nullopt;
  have_ = 0;
  return std::exchange(frame_, {});
}

absl::Status FrameParser::Begin() {
  const size_t length = head_[0] << 16 | head_[1] << 8 | head_[2];
  const uint8_t flags = head_[3];
  if (length == 0 || length > kMaxFrameBytes) {
    return MakeError(ErrorCode::kInvalidAnswer,
                     absl::StrCat("a frame's length is ", length, "; it must be 1 to ",
                                  kMaxFrameBytes, " bytes"));
  }
  frame_.terminal = (flags & kTerminal) != 0;
  if (!frame_.terminal) {
    const int coding = flags >> kCodingShift & kCodingMask;
    if (coding > static_cast<int>(http2::Coding::kGzip)) {
      return MakeError(
          ErrorCode::kInvalidAnswer,
          absl::StrFormat("a frame's flags are %#04x; compression %d is not known", flags, coding));
    }
    frame_.coding = static_cast<http2::Coding>(coding);
    frame_.reconnect_advised = (flags & kReconnectAdvised) != 0;
  }
  frame_.body = grpc::Slice(length - 1);
  return absl::OkStatus();
}

absl::StatusOr<http2::Slices> MakeFrame(http2::Slices body, http2::Coding coding) {
  if (const size_t size = http2::TotalSize(body); size > kMaxFrameBodyBytes) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("a message has ", size, " bytes; the most that S2 takes is ",
                                  kMaxFrameBodyBytes));
  }
  http2::CodedBody coded = http2::Encode(std::move(body), coding);
  const size_t length = 1 + http2::TotalSize(coded.slices);
  const uint8_t head[] = {static_cast<uint8_t>(length >> 16), static_cast<uint8_t>(length >> 8),
                          static_cast<uint8_t>(length),
                          static_cast<uint8_t>(static_cast<int>(coded.coding) << kCodingShift)};
  coded.slices.insert(coded.slices.begin(), grpc::Slice(head, sizeof(head)));
  return std::move(coded.slices);
}

absl::StatusOr<http2::Slices> DecodeBody(const Frame& frame) {
  return http2::Decode(absl::MakeConstSpan(&frame.body, 1), frame.coding, kMaxFrameBodyBytes);
}

}  // namespace s2::gateway
