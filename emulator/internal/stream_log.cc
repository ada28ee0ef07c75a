// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/internal/stream_log.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "s2/emulator/internal/record_codec.h"
#include "s2/record/record.h"

namespace s2::emulator {
namespace {

constexpr size_t kLeastChunk = 256;
constexpr size_t kMostChunk = 64 * 1024;
// An append of this size or more gets a chunk of its own, without room for others.
constexpr size_t kLargeAppend = 16 * 1024;

size_t Capacity(const grpc_slice& slice) { return GRPC_SLICE_LENGTH(slice); }

bool Allows(const ReadLimit& limit, const EncodedBatch& batch, uint64_t count, size_t metered,
            uint64_t timestamp) {
  return batch.count + count <= limit.count && batch.metered + metered <= limit.bytes &&
         (!limit.until || timestamp < *limit.until);
}

bool Fits(const EncodedBatch& batch, uint64_t count, size_t metered) {
  return batch.count + count <= kMaxBatchRecords && batch.metered + metered <= kMaxBatchBytes;
}

// Adds to `batch` the encoded records in [data, end) that come before `end_seq_num`, until `limit`
// refuses one or the batch is full; returns the end of the last one it added.
const uint8_t* Take(const uint8_t* data, const uint8_t* end, uint64_t end_seq_num,
                    const ReadLimit& limit, EncodedBatch& batch) {
  while (data != end) {
    const RecordView record = Decode(data);
    if (record.seq_num >= end_seq_num || !Fits(batch, 1, record.metered)) break;
    if (!Allows(limit, batch, 1, record.metered, record.timestamp)) {
      batch.limited = true;
      break;
    }
    batch.count += 1;
    batch.metered += record.metered;
    batch.next_seq_num = record.seq_num + 1;
    data = record.end;
  }
  return data;
}

void AddSlice(const grpc_slice& data, size_t begin, size_t end, EncodedBatch& batch) {
  if (begin == end) return;
  batch.slices.emplace_back(grpc_slice_sub(data, begin, end), grpc::Slice::STEAL_REF);
}

}  // namespace

StreamLog::~StreamLog() {
  for (const Chunk& chunk : chunks_) {
    memory_->DropRecords(chunk.count, chunk.metered);
    grpc_slice_unref(chunk.data);
  }
  memory_->Release(held_);
}

uint64_t StreamLog::first_seq_num() const {
  if (chunks_.empty()) return tail_.seq_num();
  return std::max(trim_point_, chunks_.front().first_seq_num);
}

bool StreamLog::Append(const v1::AppendInput& input, Timestamps timestamps, absl::Time now,
                       absl::Duration kept_for) {
  size_t bytes = 0;
  bool commands = true;
  v1::StreamPosition end = tail_;
  for (const v1::AppendRecord& record : input.records()) {
    end.set_timestamp(timestamps(record, end.timestamp()));
    bytes += EncodedSize(record, end.seq_num(), end.timestamp());
    end.set_seq_num(end.seq_num() + 1);
    commands = commands && IsCommand(record);
  }
  Chunk* chunk = Room(bytes, commands, now, kept_for);
  if (chunk == nullptr) return false;

  uint8_t* out = GRPC_SLICE_START_PTR(chunk->data) + chunk->used;
  const size_t begin_offset = chunk->used;
  last_append_ = tail_.seq_num();
  for (const v1::AppendRecord& record : input.records()) {
    tail_.set_timestamp(timestamps(record, tail_.timestamp()));
    out = Encode(record, tail_.seq_num(), tail_.timestamp(), out);
    tail_.set_seq_num(tail_.seq_num() + 1);
  }
  const size_t metered = MeteredBytes(input);
  chunk->used += bytes;
  chunk->count += input.records_size();
  chunk->metered += metered;
  chunk->last_timestamp = tail_.timestamp();
  chunk->expires = std::max(chunk->expires, now + kept_for);
  memory_->AddRecords(input.records_size(), metered);

  recent_.push_back({last_append_, tail_, end_chunk() - 1, begin_offset, chunk->used, metered});
  if (recent_.size() > kMaxLag) recent_.pop_front();
  return true;
}

StreamLog::Chunk* StreamLog::Room(size_t bytes, bool anyway, absl::Time now,
                                  absl::Duration kept_for) {
  if (!chunks_.empty()) {
    Chunk& last = chunks_.back();
    const bool fresh = now - last.opened <= kept_for / 64;
    if (fresh && last.used + bytes <= Capacity(last.data)) return &last;
    CloseLast();
  }
  size_t capacity = bytes;
  if (bytes < kLargeAppend) {
    capacity = std::max(bytes, std::clamp(held_ / 4, kLeastChunk, kMostChunk));
  }
  if (!memory_->Reserve(capacity)) {
    capacity = bytes;
    if (!memory_->Reserve(capacity)) {
      if (!anyway) return nullptr;
      memory_->ReserveAnyway(capacity);
    }
  }
  held_ += capacity;
  chunks_.push_back(NewChunk(capacity, now));
  return &chunks_.back();
}

StreamLog::Chunk StreamLog::NewChunk(size_t capacity, absl::Time now) const {
  Chunk chunk;
  chunk.data = grpc_slice_malloc_large(capacity);
  chunk.first_seq_num = tail_.seq_num();
  chunk.opened = now;
  chunk.expires = absl::InfinitePast();
  return chunk;
}

void StreamLog::CloseLast() {
  Chunk& last = chunks_.back();
  const size_t slack = Capacity(last.data) - last.used;
  if (slack <= last.used / 8) return;
  grpc_slice exact = grpc_slice_malloc_large(last.used);
  std::memcpy(GRPC_SLICE_START_PTR(exact), GRPC_SLICE_START_PTR(last.data), last.used);
  grpc_slice_unref(last.data);
  last.data = exact;
  held_ -= slack;
  memory_->Release(slack);
}

void StreamLog::Trim(uint64_t seq_num) {
  trim_point_ = std::max(trim_point_, std::min(seq_num, tail_.seq_num()));
  const uint64_t before = first_chunk_;
  while (!chunks_.empty() && chunks_.front().end_seq_num() <= std::min(trim_point_, last_append_)) {
    DropFront();
  }
  if (first_chunk_ != before) CloseLast();
}

void StreamLog::Expire(absl::Time now) {
  while (!chunks_.empty() && chunks_.front().expires <= now) DropFront();
}

void StreamLog::DropFront() {
  const Chunk& front = chunks_.front();
  held_ -= Capacity(front.data);
  memory_->Release(Capacity(front.data));
  memory_->DropRecords(front.count, front.metered);
  grpc_slice_unref(front.data);
  chunks_.pop_front();
  ++first_chunk_;
  while (!recent_.empty() && recent_.front().chunk < first_chunk_) recent_.pop_front();
}

uint64_t StreamLog::FindTimestamp(uint64_t timestamp) const {
  const auto found = std::partition_point(
      chunks_.begin(), chunks_.end(), [&](const Chunk& c) { return c.last_timestamp < timestamp; });
  if (found == chunks_.end()) return tail_.seq_num();
  const uint8_t* data = found->begin();
  RecordView record = Decode(data);
  while (record.timestamp < timestamp) record = Decode(record.end);
  return std::max(record.seq_num, first_seq_num());
}

bool StreamLog::Seek(Cursor& cursor) const {
  if (cursor.chunk >= first_chunk_ && cursor.chunk < end_chunk()) {
    if (cursor.offset < chunk(cursor.chunk).used) return true;
    if (cursor.chunk + 1 == end_chunk()) return false;
    cursor = {cursor.seq_num, cursor.chunk + 1, 0};
    return true;
  }
  const auto behind =
      std::upper_bound(chunks_.begin(), chunks_.end(), cursor.seq_num,
                       [](uint64_t s, const Chunk& c) { return s < c.end_seq_num(); });
  if (behind == chunks_.end()) return false;
  const uint8_t* data = behind->begin();
  for (RecordView record = Decode(data); record.seq_num < cursor.seq_num; record = Decode(data)) {
    data = record.end;
  }
  cursor.chunk = first_chunk_ + (behind - chunks_.begin());
  cursor.offset = data - behind->begin();
  return true;
}

EncodedBatch StreamLog::Scan(Cursor& cursor, uint64_t end, const ReadLimit& limit) const {
  EncodedBatch batch;
  if (cursor.seq_num < first_seq_num()) cursor = {first_seq_num()};
  while (!batch.limited && cursor.seq_num < end && Seek(cursor)) {
    const Chunk& c = chunk(cursor.chunk);
    size_t taken = c.used;
    if (cursor.offset == 0 && c.end_seq_num() <= end && Fits(batch, c.count, c.metered) &&
        Allows(limit, batch, c.count, c.metered, c.last_timestamp)) {
      batch.count += c.count;
      batch.metered += c.metered;
      batch.next_seq_num = c.end_seq_num();
    } else {
      taken = Take(c.begin() + cursor.offset, c.begin() + c.used, end, limit, batch) - c.begin();
    }
    AddSlice(c.data, cursor.offset, taken, batch);
    const bool full = taken < c.used;
    if (batch.count > 0) cursor = {batch.next_seq_num, cursor.chunk, taken};
    if (full) break;
  }
  return batch;
}

std::optional<EncodedBatch> StreamLog::Live(Cursor& cursor, const ReadLimit& limit,
                                            v1::StreamPosition& tail) const {
  const auto found =
      std::lower_bound(recent_.begin(), recent_.end(), cursor.seq_num,
                       [](const Recent& r, uint64_t seq_num) { return r.first_seq_num < seq_num; });
  if (found == recent_.end() || found->first_seq_num != cursor.seq_num) return std::nullopt;
  const Chunk& c = chunk(found->chunk);
  EncodedBatch batch;
  size_t taken = found->end_offset;
  if (Allows(limit, batch, found->end.seq_num() - found->first_seq_num, found->metered,
             found->end.timestamp())) {
    batch.count = found->end.seq_num() - found->first_seq_num;
    batch.metered = found->metered;
    batch.next_seq_num = found->end.seq_num();
  } else {
    taken = Take(c.begin() + found->begin_offset, c.begin() + found->end_offset,
                 found->end.seq_num(), limit, batch) -
            c.begin();
  }
  AddSlice(c.data, found->begin_offset, taken, batch);
  if (batch.count > 0) cursor = {batch.next_seq_num, found->chunk, taken};
  tail = found->end;
  return batch;
}

}  // namespace s2::emulator
