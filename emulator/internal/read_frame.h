// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EMULATOR_INTERNAL_READ_FRAME_H_
#define S2_EMULATOR_INTERNAL_READ_FRAME_H_

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <optional>

#include "s2/emulator/internal/stream_log.h"
#include "s2/v1/s2.pb.h"

// The messages of reads are bytes, so that records go out as the log keeps them.
namespace s2::emulator {

// The serialised ReadBatch of these records and, if it is set, this tail.
grpc::ByteBuffer MakeFrame(const EncodedBatch& batch,
                           const std::optional<v1::StreamPosition>& tail);

// Has `mutate` change the ReadBatch that is serialised in `frame`.
void MutateFrame(const std::function<void(v1::ReadBatch&)>& mutate, grpc::ByteBuffer& frame);

}  // namespace s2::emulator

#endif  // S2_EMULATOR_INTERNAL_READ_FRAME_H_
