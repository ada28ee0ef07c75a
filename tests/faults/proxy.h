// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_FAULTS_PROXY_H_
#define S2_TESTS_FAULTS_PROXY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace s2::testing {

// Passes bytes between TCP connections and a port of this machine, and does what networks do. When
// nobody listens on the port, connections end at once.
class Proxy {
 public:
  // What becomes of the bytes of a connection whose peer is gone without a word, as when packets
  // get lost.
  enum class Stall {
    kSwallow,  // they are taken, and go nowhere
    kBlock,    // they are held back, and no more are taken
  };

  explicit Proxy(int server_port);
  // Breaks all connections.
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  // Where to connect, on 127.0.0.1.
  int port() const { return port_; }

  // From now on nothing passes on the connections there are, in either direction. New ones pass.
  void StallConnections(Stall how) ABSL_LOCKS_EXCLUDED(mu_);
  // All pass again; what was held back goes first.
  void Resume() ABSL_LOCKS_EXCLUDED(mu_);

  // Connections made from now on break after so many bytes in one direction, a number for each.
  // Null: never.
  void CutAfter(std::function<size_t()> bytes) ABSL_LOCKS_EXCLUDED(mu_);
  // Waits for the n-th connection that broke so.
  void AwaitCuts(int n) const ABSL_LOCKS_EXCLUDED(mu_);

  // Connections accepted, ever.
  int connections() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The proxy's mutex guards what is not const.
  struct Connection {
    Connection(int c, int s) : client(c), server(s) {}
    const int client;
    const int server;
    bool swallows = false;
    bool blocks = false;
    std::thread up;
    std::thread down;
  };

  void Accept() ABSL_LOCKS_EXCLUDED(mu_);
  void Pump(Connection& connection, int from, int to) ABSL_LOCKS_EXCLUDED(mu_);
  bool MayPass(const Connection& connection) const ABSL_LOCKS_EXCLUDED(mu_);
  static void Break(const Connection& connection);

  const int server_port_;
  const int listener_;
  int port_ = 0;
  mutable absl::Mutex mu_;
  std::vector<std::unique_ptr<Connection>> connections_ ABSL_GUARDED_BY(mu_);
  std::function<size_t()> cut_after_ ABSL_GUARDED_BY(mu_);
  int cuts_ ABSL_GUARDED_BY(mu_) = 0;
  std::thread acceptor_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_FAULTS_PROXY_H_
