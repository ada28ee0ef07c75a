// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "s2/gateway/internal/http2/slices.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/gateway/internal/s2s/frame.h"
#include "s2/retry/error.h"
#include "s2/tests/fuzz/require.h"

namespace s2::gateway {
namespace {

using Bytes = absl::Span<const uint8_t>;

struct Parsed {
  std::vector<Frame> frames;
  absl::Status status;
  size_t pending = 0;
};

// Parses `data` given in pieces of this size.
Parsed Parse(Bytes data, size_t piece) {
  Parsed parsed;
  FrameParser parser;
  while (!data.empty()) {
    Bytes part = data.first(std::min(piece, data.size()));
    data.remove_prefix(part.size());
    while (!part.empty()) {
      auto frame = parser.Next(part);
      if (!frame.ok()) {
        parsed.status = frame.status();
        return parsed;
      }
      Require(frame->has_value() || part.empty(), "without a frame, all bytes are taken");
      if (*frame) parsed.frames.push_back(**std::move(frame));
    }
  }
  parsed.pending = parser.pending();
  return parsed;
}

void RequireSame(const Parsed& a, const Parsed& b) {
  Require(a.status == b.status && a.pending == b.pending, "pieces do not matter");
  Require(a.frames.size() == b.frames.size(), "pieces do not matter to the number of frames");
  for (size_t i = 0; i < a.frames.size(); ++i) {
    Require(a.frames[i].terminal == b.frames[i].terminal &&
                a.frames[i].reconnect_advised == b.frames[i].reconnect_advised &&
                a.frames[i].coding == b.frames[i].coding &&
                http2::Join({a.frames[i].body}) == http2::Join({b.frames[i].body}),
            "pieces do not matter to a frame");
  }
}

void RequireRoundTrip(const http2::Slices& body, http2::Coding coding) {
  const auto frame = MakeFrame(body, coding);
  Require(frame.ok(), "what was decoded can be framed");
  const std::string text = http2::Join(*frame);
  const Parsed parsed = Parse({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 4096);
  Require(parsed.frames.size() == 1 && parsed.pending == 0, "a frame is a frame");
  const auto decoded = DecodeBody(parsed.frames[0]);
  Require(decoded.ok() && http2::Join(*decoded) == http2::Join(body), "a frame holds its body");
}

void Run(Bytes data) {
  if (data.empty()) return;
  const size_t piece = 1 + data[0];
  data.remove_prefix(1);
  const Parsed whole = Parse(data, std::max<size_t>(data.size(), 1));
  RequireSame(whole, Parse(data, piece));
  Require(whole.status.ok() || GetErrorCode(whole.status) == ErrorCode::kInvalidAnswer,
          "an error of a frame promises nothing");
  for (const Frame& frame : whole.frames) {
    if (frame.terminal) {
      Require(!ErrorFromTerminalFrame(frame.body).ok(), "a terminal frame is an error");
      continue;
    }
    const auto body = DecodeBody(frame);
    if (!body.ok()) {
      Require(GetErrorCode(body.status()) == ErrorCode::kInvalidAnswer, "so does one of a body");
      continue;
    }
    Require(http2::TotalSize(*body) <= kMaxFrameBodyBytes, "a body has its limit");
    RequireRoundTrip(*body, frame.coding);
  }
}

}  // namespace
}  // namespace s2::gateway

// Input: the size of the pieces, then a stream of frames.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  s2::gateway::Run({data, size});
  return 0;
}
