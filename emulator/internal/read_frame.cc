// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/read_frame.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include "s2/emulator/internal/record_codec.h"

namespace s2::emulator {

grpc::ByteBuffer MakeFrame(const EncodedBatch& batch,
                           const std::optional<v1::StreamPosition>& tail) {
  if (!tail) return grpc::ByteBuffer(batch.slices.data(), batch.slices.size());
  auto slices = batch.slices;
  slices.emplace_back(EncodeTail(*tail));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

void MutateFrame(const std::function<void(v1::ReadBatch&)>& mutate, grpc::ByteBuffer& frame) {
  v1::ReadBatch batch;
  grpc::SerializationTraits<v1::ReadBatch>::Deserialize(&frame, &batch);
  mutate(batch);
  bool own_buffer;
  grpc::SerializationTraits<v1::ReadBatch>::Serialize(batch, &frame, &own_buffer);
}

}  // namespace s2::emulator
