// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_LITE_LITE_H_
#define S2_TESTS_LITE_LITE_H_

#include <optional>
#include <string>
#include <vector>

#include "s2/client/client.h"
#include "s2/connect/connect.h"
#include "s2/tests/examples-run/program.h"

// S2's official program, as a server and as a client. S2_BINARY says where it is.
namespace s2::lite {

inline constexpr char kBasin[] = "basin-one";

// A new directory for a test.
std::string NewDirectory();
// A port that is free, and that no outgoing connection takes while the server is away.
int FreePort();

// `s2 lite` on a port of its own, until it is killed.
class Lite {
 public:
  struct Options {
    // Are its data on a disk, and there again when it is started again?
    bool on_disk = false;
    // How long it gathers appends before it makes them durable, such as "3s". Empty: its default.
    std::string flush_interval;
  };

  Lite() : Lite(Options()) {}
  explicit Lite(const Options& options);

  // Starts it again, on the same port.
  void Start();
  // As `kill -9`.
  void Kill() { program_.reset(); }

  int port() const { return port_; }
  std::string endpoint() const;

 private:
  const int port_;
  const std::vector<std::string> command_;
  std::optional<testing::Program> program_;
};

// A client of an endpoint on this machine, patient enough for a server that just starts.
Client MustConnect(const std::string& endpoint);
// The basin, and a stream in it, made if they are missing.
s2::Stream MakeStream(const Client& client, const std::string& name);

// `s2 ARGUMENTS...`, with this server.
std::vector<std::string> CliCommand(const Lite& lite, const std::vector<std::string>& arguments);
// The output of `s2 ARGUMENTS... s2://kBasin/STREAM` with this input.
std::string RunCli(const Lite& lite, std::vector<std::string> arguments, const std::string& stream,
                   const std::string& input = "");

}  // namespace s2::lite

#endif  // S2_TESTS_LITE_LITE_H_
