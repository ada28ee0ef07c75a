// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_GATEWAY_INTERNAL_HTTP2_OUT_QUEUE_H_
#define S2_GATEWAY_INTERNAL_HTTP2_OUT_QUEUE_H_

#include <grpcpp/support/slice.h>

#include <asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/types/span.h"

namespace s2::http2 {

// Bytes on their way to a socket, in order. It refers to the bytes of slices, and copies others.
// Not thread safe.
class OutQueue {
 public:
  bool empty() const { return pieces_.empty(); }
  size_t size() const { return size_; }

  void Append(const uint8_t* data, size_t size);
  // The bytes [begin, end) of the slice.
  void Append(grpc::Slice slice, size_t begin, size_t end);

  // The first bytes, in no more buffers than one system call takes. They stay valid until the next
  // Pop.
  absl::Span<const asio::const_buffer> Front();
  // Drops the first `size` bytes, which have been written.
  void Pop(size_t size);

 private:
  struct Piece {
    grpc::Slice slice;
    size_t begin;
    size_t end;
  };

  std::deque<Piece> pieces_;
  size_t size_ = 0;
  std::vector<asio::const_buffer> front_;
};

}  // namespace s2::http2

#endif  // S2_GATEWAY_INTERNAL_HTTP2_OUT_QUEUE_H_
