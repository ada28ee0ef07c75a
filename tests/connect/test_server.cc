// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/connect/test_server.h"

#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <utility>

namespace s2::testing {

class TestServer::Eye : public grpc::experimental::Interceptor {
 public:
  explicit Eye(TestServer* server) : server_(server) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_INITIAL_METADATA)) {
      const auto* metadata = methods->GetRecvInitialMetadata();
      const auto it = metadata->find("authorization");
      absl::MutexLock lock(&server_->mu_);
      server_->authorizations_.push_back(
          it == metadata->end() ? "" : std::string(it->second.data(), it->second.size()));
    }
    methods->Proceed();
  }

 private:
  TestServer* const server_;
};

class TestServer::EyeFactory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit EyeFactory(TestServer* server) : server_(server) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    {
      absl::MutexLock lock(&server_->mu_);
      server_->peers_.insert(info->server_context()->peer());
    }
    return new Eye(server_);
  }

 private:
  TestServer* const server_;
};

TestServer::TestServer(const Options& options)
    : core_(std::make_shared<emulator::Core>(
          Clock::System(), [] { return 0.5; }, 0, absl::Seconds(1))),
      stream_service_(emulator::MakeStreamService(core_)),
      basin_service_(emulator::MakeBasinService(core_)),
      account_service_(emulator::MakeAccountService(core_)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.address, options.credentials, &port_);
  if (options.max_streams_per_connection > 0) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams_per_connection);
  }
  builder.RegisterService(stream_service_.get());
  builder.RegisterService(basin_service_.get());
  builder.RegisterService(account_service_.get());
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<EyeFactory>(this));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  server_ = builder.BuildAndStart();
}

TestServer::~TestServer() {
  core_->calls().Stop();
  server_->Shutdown(std::chrono::system_clock::now());
}

size_t TestServer::connections() const {
  absl::MutexLock lock(&mu_);
  return peers_.size();
}

std::vector<std::string> TestServer::authorizations() const {
  absl::MutexLock lock(&mu_);
  return authorizations_;
}

}  // namespace s2::testing
