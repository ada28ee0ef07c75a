// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/compression.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::http2 {
namespace {

// This is how zlib is told to use its largest window and the format of gzip.
constexpr int kGzipWindowBits = 15 + 16;
// A window of 8 MiB, which every decoder of zstd should take. A body may ask for more; we would
// have to allocate it.
constexpr int kZstdWindowLog = 23;

constexpr size_t kLeastChunk = 4096;

uint8_t* Begin(const grpc::Slice& slice) { return const_cast<uint8_t*>(slice.begin()); }

absl::Status Malformed(Coding coding, absl::string_view what) {
  return MakeError(ErrorCode::kInvalidAnswer,
                   absl::StrCat("a body of ", CodingName(coding), " is malformed: ", what));
}

// How much of the input and of the room for the output has been used.
struct Progress {
  size_t in = 0;
  size_t out = 0;
};

class GzipDecoder {
 public:
  GzipDecoder() { inflateInit2(&stream_, kGzipWindowBits); }
  ~GzipDecoder() { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  absl::StatusOr<Progress> Step(absl::Span<const uint8_t> in, absl::Span<uint8_t> out) {
    if (ended_ && !in.empty()) return Malformed(Coding::kGzip, "there is more behind its end");
    stream_.next_in = const_cast<uint8_t*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    ended_ = ended_ || result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return Malformed(Coding::kGzip, stream_.msg != nullptr ? stream_.msg : zError(result));
    }
    return Progress{in.size() - stream_.avail_in, out.size() - stream_.avail_out};
  }
  bool ended() const { return ended_; }

 private:
  z_stream stream_ = {};
  bool ended_ = false;
};

class ZstdDecoder {
 public:
  ZstdDecoder() { ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLog); }

  absl::StatusOr<Progress> Step(absl::Span<const uint8_t> in, absl::Span<uint8_t> out) {
    if (ended_ && in.empty()) return Progress{};
    ZSTD_inBuffer from = {in.data(), in.size(), 0};
    ZSTD_outBuffer to = {out.data(), out.size(), 0};
    const size_t result = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(result)) return Malformed(Coding::kZstd, ZSTD_getErrorName(result));
    ended_ = result == 0;
    return Progress{from.pos, to.pos};
  }
  bool ended() const { return ended_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  const std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  bool ended_ = false;
};

// Decoded bytes in ever larger slices.
class Output {
 public:
  Output(size_t first, size_t limit) : next_(first), room_(limit) {}

  // Where to write; empty when the limit is reached.
  absl::Span<uint8_t> Room() {
    if (used_ == chunk_.size() && room_ > 0) {
      Close();
      chunk_ = grpc::Slice(std::min(next_, room_));
      next_ *= 2;
      room_ -= chunk_.size();
    }
    return {Begin(chunk_) + used_, chunk_.size() - used_};
  }
  void Wrote(size_t size) { used_ += size; }

  Slices Take() {
    Close();
    return std::move(slices_);
  }

 private:
  void Close() {
    if (used_ > 0) slices_.push_back(chunk_.sub(0, used_));
    used_ = 0;
  }

  size_t next_;  // size of the next chunk
  size_t room_;  // of the limit, beyond the current chunk
  grpc::Slice chunk_;
  size_t used_ = 0;  // of the chunk
  Slices slices_;
};

template <typename Decoder>
absl::StatusOr<Slices> DecodeWith(absl::Span<const grpc::Slice> body, Coding coding, size_t limit) {
  Decoder decoder;
  const size_t size = TotalSize(body);
  // One byte beyond the limit tells what reaches it from what exceeds it.
  Output output(std::max(kLeastChunk, size * 4), limit + 1);
  size_t decoded = 0;
  for (const grpc::Slice& slice : body) {
    absl::Span<const uint8_t> in(slice.begin(), slice.size());
    bool may_have_more = true;
    while (!in.empty() || may_have_more) {
      const absl::Span<uint8_t> room = output.Room();
      const absl::StatusOr<Progress> progress = decoder.Step(in, room);
      if (!progress.ok()) return progress.status();
      in.remove_prefix(progress->in);
      output.Wrote(progress->out);
      decoded += progress->out;
      if (decoded > limit) {
        return MakeError(ErrorCode::kInvalidAnswer,
                         absl::StrCat("a body of ", CodingName(coding), " of ", size,
                                      " bytes decodes to more than ", limit, " bytes"));
      }
      may_have_more = progress->out == room.size();
    }
  }
  if (!decoder.ended()) return Malformed(coding, "it ends too early");
  return output.Take();
}

// Writes the coded `body` to `out`. Returns its size, or 0 when it does not fit.
size_t EncodeGzip(absl::Span<const grpc::Slice> body, absl::Span<uint8_t> out) {
  z_stream stream = {};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY);
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  for (const grpc::Slice& slice : body) {
    stream.next_in = Begin(slice);
    stream.avail_in = static_cast<uInt>(slice.size());
    deflate(&stream, Z_NO_FLUSH);
    if (stream.avail_in > 0) break;
  }
  const bool whole = stream.avail_in == 0 && deflate(&stream, Z_FINISH) == Z_STREAM_END;
  deflateEnd(&stream);
  return whole ? out.size() - stream.avail_out : 0;
}

size_t EncodeZstd(absl::Span<const grpc::Slice> body, absl::Span<uint8_t> out) {
  const std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                   &ZSTD_freeCCtx);
  ZSTD_CCtx_setPledgedSrcSize(context.get(), TotalSize(body));
  ZSTD_outBuffer to = {out.data(), out.size(), 0};
  for (const grpc::Slice& slice : body) {
    ZSTD_inBuffer from = {slice.begin(), slice.size(), 0};
    while (from.pos < from.size) {
      const size_t result = ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_continue);
      if (ZSTD_isError(result) || to.pos == to.size) return 0;
    }
  }
  ZSTD_inBuffer none = {nullptr, 0, 0};
  return ZSTD_compressStream2(context.get(), &to, &none, ZSTD_e_end) == 0 ? to.pos : 0;
}

}  // namespace

absl::string_view CodingName(Coding coding) {
  switch (coding) {
    case Coding::kNone:
      return "";
    case Coding::kZstd:
      return "zstd";
    case Coding::kGzip:
      return "gzip";
  }
  return "";
}

std::optional<Coding> FindCoding(absl::string_view name) {
  if (name.empty() || absl::EqualsIgnoreCase(name, "identity")) return Coding::kNone;
  for (const Coding coding : {Coding::kZstd, Coding::kGzip}) {
    if (absl::EqualsIgnoreCase(name, CodingName(coding))) return coding;
  }
  return std::nullopt;
}

CodedBody Encode(Slices body, Coding coding) {
  const size_t size = TotalSize(body);
  if (coding == Coding::kNone || size < kMinCodedBytes) return {Coding::kNone, std::move(body)};
  const grpc::Slice out(size - 1);
  const absl::Span<uint8_t> room(Begin(out), out.size());
  const size_t used = coding == Coding::kGzip ? EncodeGzip(body, room) : EncodeZstd(body, room);
  if (used == 0) return {Coding::kNone, std::move(body)};
  return {coding, {out.sub(0, used)}};
}

absl::StatusOr<Slices> Decode(absl::Span<const grpc::Slice> body, Coding coding, size_t limit) {
  switch (coding) {
    case Coding::kNone:
      break;
    case Coding::kZstd:
      return DecodeWith<ZstdDecoder>(body, coding, limit);
    case Coding::kGzip:
      return DecodeWith<GzipDecoder>(body, coding, limit);
  }
  const size_t size = TotalSize(body);
  if (size > limit) {
    return MakeError(ErrorCode::kInvalidAnswer,
                     absl::StrCat("a body of ", size, " bytes exceeds ", limit, " bytes"));
  }
  return Slices(body.begin(), body.end());
}

}  // namespace s2::http2
