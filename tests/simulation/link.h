// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_LINK_H_
#define S2_TESTS_SIMULATION_LINK_H_

#include <memory>
#include <string>
#include <vector>

#include "s2/session/internal/transport.h"
#include "s2/tests/simulation/connection.h"
#include "s2/tests/simulation/server.h"

namespace s2::simulation {

// The transport of one session: its connections to the server, one after another.
class Link : public internal::Transport {
 public:
  // `name` says in traces whose it is; `owner` tells the server.
  Link(World* world, Server* server, Dice dice, std::string name, int owner, Observer* observer);

  std::shared_ptr<internal::AppendCall> Append(
      std::shared_ptr<internal::CallEvents> events) override;
  std::shared_ptr<internal::ReadCall> Read(const rpc::v1::ReadRequest& request,
                                           std::shared_ptr<internal::CallEvents> events) override;

  // The one that the session counts on; null: none.
  std::shared_ptr<Connection> current() const;
  // Connections that somebody still holds.
  size_t alive() const;

 private:
  std::shared_ptr<Connection> Connect(Observer* observer,
                                      std::shared_ptr<internal::CallEvents> events);

  World* const world_;
  Server* const server_;
  const Dice dice_;
  const std::string name_;
  const int owner_;
  Observer* const observer_;
  std::vector<std::weak_ptr<Connection>> connections_;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_LINK_H_
