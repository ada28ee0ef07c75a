// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/bench/gateway_limit.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/bench/append_run.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/read_run.h"
#include "s2/bench/shape.h"
#include "s2/connect/connect.h"
#include "s2/gateway/internal/s2s_frame.h"
#include "s2/tests/gateway/frames.h"
#include "s2/tests/gateway/http_server.h"

namespace s2::bench {
namespace {

using testing::HttpServer;
using testing::HttpServerOptions;

HttpServerOptions WithoutBodies() {
  HttpServerOptions options;
  options.keep_bodies = false;
  return options;
}

const gateway::HttpHeaders& Accepted() {
  static const auto& headers = *new gateway::HttpHeaders{{"content-type", "s2s/proto"}};
  return headers;
}

// Acks the frames of an append session, which it looks into no further than it must.
class Acker {
 public:
  explicit Acker(HttpServer::Stream stream) : stream_(std::move(stream)) {}

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
    next_ += kBigRecords.records;
    ack.mutable_end()->set_seq_num(next_);
    ack.mutable_tail()->set_seq_num(next_);
    return gateway::MakeFrameBytes(ack.SerializeAsString());
  }

  const HttpServer::Stream stream_;
  std::string length_;  // of a frame, as far as it has come
  size_t body_left_ = 0;
  uint64_t next_ = 0;
};

s2::Client ConnectTo(const HttpServer& server) {
  return Check(Connect(absl::StrCat("http://127.0.0.1:", server.port())));
}

std::vector<grpc::Slice> MakeFrames(size_t batches) {
  std::vector<grpc::Slice> frames;
  for (size_t i = 0; i < batches; ++i) {
    v1::ReadBatch batch;
    for (size_t j = 0; j < kBigRecords.records; ++j) {
      v1::SequencedRecord& record = *batch.add_records();
      record.set_seq_num(i * kBigRecords.records + j);
      record.set_body(std::string(kBigRecords.body_bytes, 'x'));
    }
    const std::string bytes = gateway::MakeFrameBytes(batch.SerializeAsString());
    frames.emplace_back(bytes.data(), bytes.size());
  }
  return frames;
}

Figures MedianOf(const Effort& effort, const Side& run) {
  run();
  std::vector<double> values;
  for (int i = 0; i < effort.pairs; ++i) values.push_back(run());
  Figures figures;
  figures.value = Median(values);
  figures.unit = "MiB/s";
  return figures;
}

}  // namespace

Figures GatewayLimitAppend(const Effort& effort) {
  const size_t batches = kBigRecords.batches(effort.quick);
  const HttpServer server(WithoutBodies(), [](const HttpServer::Stream& stream) {
    stream->Respond(200, Accepted());
    stream->OnBody(
        [acker = std::make_shared<Acker>(stream)](absl::string_view part) { acker->Take(part); });
  });
  const s2::Stream stream = ConnectTo(server).Basin("bench-basin").Stream("bench");
  return MedianOf(effort, [&] {
    return kBigRecords.rate(batches, RunAppendSession(stream, kBigRecords, batches));
  });
}

Figures GatewayLimitRead(const Effort& effort) {
  const std::vector<grpc::Slice> frames = MakeFrames(kBigRecords.batches(effort.quick));
  const HttpServer server(WithoutBodies(), [&](const HttpServer::Stream& stream) {
    stream->Respond(200, Accepted());
    for (const grpc::Slice& frame : frames) stream->SendSlice(frame);
    stream->Send("", /*end=*/true);
  });
  const s2::Stream stream = ConnectTo(server).Basin("bench-basin").Stream("bench");
  return MedianOf(effort, [&] {
    return kBigRecords.rate(frames.size(),
                            RunReadSession(stream, frames.size() * kBigRecords.records));
  });
}

}  // namespace s2::bench
