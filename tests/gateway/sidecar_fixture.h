// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_GATEWAY_SIDECAR_FIXTURE_H_
#define S2_TESTS_GATEWAY_SIDECAR_FIXTURE_H_

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/rpc/v1/account.grpc.pb.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/tests/gateway/frames.h"
#include "s2/tests/gateway/http_server.h"
#include "s2/tests/server/client_calls.h"
#include "s2/tests/server/server_program.h"

// The program s2-gateway in front of an S2 that the test plays.
namespace s2::testing {

// Such an S2: it has no basins, which answers the gateway's probes too. Other requests wait for the
// test.
class PlayedS2 {
 public:
  explicit PlayedS2(uint16_t port = 0)
      : server_(Options(port), [this](const HttpServer::Stream& request) { OnRequest(request); }) {}

  std::string url() const { return absl::StrCat("http://127.0.0.1:", server_.port()); }
  uint16_t port() const { return server_.port(); }

  // The next request that is not for basins; null when none comes.
  HttpServer::Stream Await() ABSL_LOCKS_EXCLUDED(mu_) {
    const auto some = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !requests_.empty(); };
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithTimeout(absl::Condition(&some), absl::Seconds(20))) return nullptr;
    HttpServer::Stream request = std::move(requests_.front());
    requests_.pop_front();
    return request;
  }
  // The next session, accepted.
  HttpServer::Stream Accept() {
    HttpServer::Stream session = Await();
    if (session != nullptr) session->Respond(200, {{"content-type", "s2s/proto"}});
    return session;
  }
  // The `authorization` of the last request for basins.
  std::string authorization() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return authorization_;
  }

 private:
  static HttpServerOptions Options(uint16_t port) {
    HttpServerOptions options;
    options.port = port;
    return options;
  }
  void OnRequest(const HttpServer::Stream& request) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!absl::StartsWith(request->path(), "/v1/basins")) return requests_.push_back(request);
    authorization_ = request->header("authorization");
    request->Respond(200, {{"content-type", "application/json"}});
    request->Send(R"({"basins":[],"has_more":false})", /*end=*/true);
  }

  mutable absl::Mutex mu_;
  std::deque<HttpServer::Stream> requests_ ABSL_GUARDED_BY(mu_);
  std::string authorization_ ABSL_GUARDED_BY(mu_);
  HttpServer server_;
};

class GatewayProgram : public ServerProgram {
 public:
  explicit GatewayProgram(std::vector<std::string> arguments)
      : ServerProgram(S2_GATEWAY_BINARY, std::move(arguments)) {}
  // On a free port.
  explicit GatewayProgram(const PlayedS2& s2, std::vector<std::string> more = {})
      : GatewayProgram(With(s2, std::move(more))) {}

 private:
  static std::vector<std::string> With(const PlayedS2& s2, std::vector<std::string> more) {
    more.insert(more.end(), {"--upstream", s2.url(), "--listen=127.0.0.1:0"});
    return more;
  }
};

class SidecarTest : public ::testing::Test {
 protected:
  static std::string WriteFile(const std::string& name, const std::string& content) {
    const std::string path = absl::StrCat(::testing::TempDir(), "s2-sidecar-test-", name);
    std::ofstream(path) << content;
    return path;
  }
  // A call that S2 answers.
  static absl::Status ListBasins(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& token = "") {
    CallContext context("", "");
    if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    rpc::v1::ListBasinsResponse response;
    return FromGrpc(rpc::v1::AccountService::NewStub(channel)->ListBasins(&context, {}, &response));
  }
  static v1::AppendInput Input(const std::string& body) {
    v1::AppendInput input;
    input.add_records()->set_body(body);
    return input;
  }
  static std::string InputFrame(const std::string& body) {
    return gateway::MakeFrameBytes(Input(body).SerializeAsString());
  }
  static std::string AckFrame(uint64_t seq_num) {
    v1::AppendAck ack;
    ack.mutable_start()->set_seq_num(seq_num);
    ack.mutable_end()->set_seq_num(seq_num + 1);
    return gateway::MakeFrameBytes(ack.SerializeAsString());
  }
};

}  // namespace s2::testing

#endif  // S2_TESTS_GATEWAY_SIDECAR_FIXTURE_H_
