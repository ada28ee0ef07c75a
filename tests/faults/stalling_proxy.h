// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_FAULTS_STALLING_PROXY_H_
#define S2_TESTS_FAULTS_STALLING_PROXY_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2::testing {

// Passes bytes between TCP connections and a port of this machine, until it is told to stall: then
// the peer is gone without a word, as when packets get lost.
class StallingProxy {
 public:
  enum class Stall {
    kSwallow,  // bytes are taken, and go nowhere
    kBlock,    // bytes are not even taken
  };

  explicit StallingProxy(int port);
  ~StallingProxy();

  // Where to connect.
  std::string endpoint() const;

  // From now on nothing passes on the connections there are, in either direction. New ones pass.
  void StallConnections(Stall how) ABSL_LOCKS_EXCLUDED(mu_);

  // Connections accepted, ever.
  int connections() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Connection {
    Connection(int c, int s) : client(c), server(s) {}
    const int client;
    const int server;
    absl::Mutex mu;
    bool swallows ABSL_GUARDED_BY(mu) = false;
    bool blocks ABSL_GUARDED_BY(mu) = false;
    bool over ABSL_GUARDED_BY(mu) = false;
    std::thread up;
    std::thread down;
  };

  void Accept() ABSL_LOCKS_EXCLUDED(mu_);
  static void Pump(Connection& connection, int from, int to);
  static bool MayPass(Connection& connection);

  const int server_port_;
  int listener_;
  int port_ = 0;
  mutable absl::Mutex mu_;
  std::vector<std::unique_ptr<Connection>> connections_ ABSL_GUARDED_BY(mu_);
  std::thread acceptor_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_FAULTS_STALLING_PROXY_H_
