// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// A gRPC service that appends what it receives. It reads a caller's next event only when the
// session has room for it, so the stream's backpressure reaches the callers: their writes wait.
//
// Arguments: ENDPOINT ADDRESS

#include <grpcpp/grpcpp.h>

#include "s2/examples/ingest/ingest_service.h"
#include "s2/examples/run_example.h"

namespace {

absl::Status Serve(const s2::Stream& stream, const std::string& address) {
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession();
  if (!session.ok()) return session.status();
  examples::Ingest service(*std::move(session));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::UnavailableError("cannot listen on " + address);
  server->Wait();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string address = argc > 2 ? argv[2] : "127.0.0.1:50052";
  const auto story = [&](const s2::Stream& stream) { return Serve(stream, address); };
  return examples::RunExample(argc, argv, story);
}
