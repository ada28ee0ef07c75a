// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONNECT_TEST_SERVER_H_
#define S2_TESTS_CONNECT_TEST_SERVER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/emulator/internal/core.h"
#include "s2/emulator/internal/services.h"

namespace s2::testing {

// The emulator's services on a server of the test's own: with TLS, limits, and eyes for tokens.
class TestServer {
 public:
  struct Options {
    std::string address = "127.0.0.1:0";
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    int max_streams_per_connection = 0;  // 0: no limit
  };

  TestServer() : TestServer(Options()) {}
  explicit TestServer(const Options& options);
  ~TestServer();

  std::string port() const { return std::to_string(port_); }
  // Faults to install on the emulator.
  Faults& faults() { return core_->faults(); }
  // What came as `authorization`, call by call; empty for a call without.
  std::vector<std::string> authorizations() const ABSL_LOCKS_EXCLUDED(mu_);
  // The connections on which calls came, ever.
  size_t connections() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Eye;
  class EyeFactory;

  const std::shared_ptr<emulator::Core> core_;
  const std::unique_ptr<grpc::Service> stream_service_;
  const std::unique_ptr<grpc::Service> basin_service_;
  const std::unique_ptr<grpc::Service> account_service_;
  int port_ = 0;
  mutable absl::Mutex mu_;
  std::vector<std::string> authorizations_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> peers_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_CONNECT_TEST_SERVER_H_
