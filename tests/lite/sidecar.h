// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LITE_SIDECAR_H_
#define S2_TESTS_LITE_SIDECAR_H_

#include <optional>
#include <string>
#include <vector>

#include "s2/tests/examples-run/program.h"

namespace s2::lite {

// `s2-gateway`, with these flags. The constructor starts it.
class Sidecar {
 public:
  Sidecar(const std::string& upstream, const std::string& listen,
          const std::vector<std::string>& flags = {});
  ~Sidecar();
  Sidecar(const Sidecar&) = delete;
  Sidecar& operator=(const Sidecar&) = delete;

  // Starts it again, and waits until it serves.
  void Start();
  // As who deploys it does: SIGTERM, and it has to exit in order.
  void Stop();

  // Where it listens.
  const std::string& address() const { return address_; }
  pid_t pid() const { return program_->pid(); }

 private:
  const std::string address_;
  std::vector<std::string> command_;
  std::optional<testing::Program> program_;
  int out_ = -1;  // the end of its stdout's pipe
};

}  // namespace s2::lite

#endif  // S2_TESTS_LITE_SIDECAR_H_
