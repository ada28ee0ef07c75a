// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/out_queue.h"

#include <algorithm>
#include <utility>

namespace s2::http2 {
namespace {

// Asio hands no more buffers to one system call.
constexpr size_t kMaxBuffers = 64;

}  // namespace

void OutQueue::Append(const uint8_t* data, size_t size) {
  // A slice this small, as all headers of DATA frames are, needs no allocation.
  Append(grpc::Slice(data, size), 0, size);
}

void OutQueue::Append(grpc::Slice slice, size_t begin, size_t end) {
  if (begin == end) return;
  pieces_.push_back({std::move(slice), begin, end});
  size_ += end - begin;
}

absl::Span<const asio::const_buffer> OutQueue::Front() {
  front_.clear();
  for (const Piece& piece : pieces_) {
    if (front_.size() == kMaxBuffers) break;
    front_.emplace_back(piece.slice.begin() + piece.begin, piece.end - piece.begin);
  }
  return front_;
}

void OutQueue::Pop(size_t size) {
  size_ -= size;
  while (size > 0) {
    Piece& first = pieces_.front();
    const size_t taken = std::min(size, first.end - first.begin);
    first.begin += taken;
    size -= taken;
    if (first.begin == first.end) pieces_.pop_front();
  }
}

}  // namespace s2::http2
