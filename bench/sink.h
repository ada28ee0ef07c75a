// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_BENCH_SINK_H_
#define S2_BENCH_SINK_H_

#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>
#include <vector>

#include "s2/bench/shape.h"
#include "s2/client/client.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

namespace s2::bench {

// What lies between client and server.
enum class Wire { kTcp, kInProcess };

inline std::string Name(Wire wire) { return wire == Wire::kTcp ? "tcp" : "inproc"; }

// A server of one stream that costs as little as a server can, so that the clients' cost shows:
// appends are acked without being decoded, and forgotten; reads are sent from frames made
// beforehand.
class Sink {
 public:
  // `batches`: what each read session is given before its clean end. 0: a heartbeat, and no end.
  Sink(const Shape& shape, size_t batches);
  ~Sink();

  // A new one.
  std::shared_ptr<grpc::Channel> Channel(Wire wire) const;

  const std::string& address() const { return address_; }

 private:
  using RawSessions = rpc::v1::StreamService::WithRawCallbackMethod_AppendSession<
      rpc::v1::StreamService::WithRawCallbackMethod_ReadSession<rpc::v1::StreamService::Service>>;

  class Service final : public RawSessions {
   public:
    explicit Service(const Shape& shape) : shape_(shape) {}
    grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendSession(
        grpc::CallbackServerContext* context) override;
    grpc::ServerWriteReactor<grpc::ByteBuffer>* ReadSession(
        grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;

    std::vector<grpc::ByteBuffer> frames;
    bool ends = true;

   private:
    const Shape shape_;
  };

  Service service_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// Its stream.
Stream BenchStream(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace s2::bench

#endif  // S2_BENCH_SINK_H_
