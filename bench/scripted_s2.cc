// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/scripted_s2.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/s2s/frame.h"
#include "s2/tests/gateway/frames.h"
#include "s2/v1/s2.pb.h"

namespace s2::bench {
namespace {

using testing::HttpServer;
using testing::HttpServerOptions;

HttpServerOptions WithoutBodies() {
  HttpServerOptions options;
  options.keep_bodies = false;
  return options;
}

const http2::Headers& Accepted() {
  static const auto& headers = *new http2::Headers{{"content-type", "s2s/proto"}};
  return headers;
}

// Acks the frames of an append session, which it looks into no further than it must.
class Acker {
 public:
  Acker(HttpServer::Stream stream, size_t records)
      : stream_(std::move(stream)), records_(records) {}

  void Take(absl::string_view part) {
    if (part.empty()) return stream_->Send("", /*end=*/true);
    std::string acks;
    while (!part.empty()) {
      if (body_left_ > 0) {
        const size_t taken = std::min(body_left_, part.size());
        part.remove_prefix(taken);
        body_left_ -= taken;
        if (body_left_ == 0) absl::StrAppend(&acks, Ack());
      } else {
        length_.push_back(part.front());
        part.remove_prefix(1);
        if (length_.size() < 3) continue;
        for (const unsigned char byte : std::exchange(length_, ""))
          body_left_ = body_left_ << 8 | byte;
      }
    }
    if (!acks.empty()) stream_->Send(acks);
  }

 private:
  std::string Ack() {
    v1::AppendAck ack;
    ack.mutable_start()->set_seq_num(next_);
    next_ += records_;
    ack.mutable_end()->set_seq_num(next_);
    ack.mutable_tail()->set_seq_num(next_);
    return gateway::MakeFrameBytes(ack.SerializeAsString());
  }

  const HttpServer::Stream stream_;
  const size_t records_;
  std::string length_;  // of a frame, as far as it has come
  size_t body_left_ = 0;
  uint64_t next_ = 0;
};

std::vector<grpc::Slice> MakeFrames(const Shape& shape, size_t batches) {
  std::vector<grpc::Slice> frames;
  for (size_t i = 0; i < batches; ++i) {
    v1::ReadBatch batch;
    for (size_t j = 0; j < shape.records; ++j) {
      v1::SequencedRecord& record = *batch.add_records();
      record.set_seq_num(i * shape.records + j);
      record.set_body(std::string(shape.body_bytes, 'x'));
    }
    const std::string bytes = gateway::MakeFrameBytes(batch.SerializeAsString());
    frames.emplace_back(bytes.data(), bytes.size());
  }
  return frames;
}

}  // namespace

std::unique_ptr<HttpServer> MakeAcker(const Shape& shape) {
  return std::make_unique<HttpServer>(
      WithoutBodies(), [records = shape.records](const HttpServer::Stream& stream) {
        stream->Respond(200, Accepted());
        stream->OnBody([acker = std::make_shared<Acker>(stream, records)](absl::string_view part) {
          acker->Take(part);
        });
      });
}

std::unique_ptr<HttpServer> MakeReader(const Shape& shape, size_t batches) {
  return std::make_unique<HttpServer>(
      WithoutBodies(), [frames = MakeFrames(shape, batches)](const HttpServer::Stream& stream) {
        stream->Respond(200, Accepted());
        for (const grpc::Slice& frame : frames) stream->SendSlice(frame);
        stream->Send("", /*end=*/true);
      });
}

std::unique_ptr<HttpServer> MakeIdler() {
  v1::ReadBatch heartbeat;
  heartbeat.mutable_tail();
  return std::make_unique<HttpServer>(
      WithoutBodies(), [frame = gateway::MakeFrameBytes(heartbeat.SerializeAsString())](
                           const HttpServer::Stream& stream) {
        stream->Respond(200, Accepted());
        stream->Send(frame);
      });
}

std::string Endpoint(const HttpServer& server) {
  return absl::StrCat("http://127.0.0.1:", server.port());
}

}  // namespace s2::bench
