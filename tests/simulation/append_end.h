// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SIMULATION_APPEND_END_H_
#define S2_TESTS_SIMULATION_APPEND_END_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "s2/tests/simulation/server.h"

namespace s2::simulation {

// The server's end of an append session: acks in order, each when its batch is durable; the first
// failure, told behind the acks that are owed, is the end, and what comes after it is dropped.
class AppendEnd : public ServerEnd {
 public:
  using ServerEnd::ServerEnd;

  void OnInput(Input input) override;
  void OnHalfClose() override;
  void OnDurable() override;
  void Leave() override;
  // Its client has left, or will. What a proxy still brings may be taken all the same.
  void OnLoss() override;

 private:
  v1::AppendAck MakeLie(const Verdict& verdict);

  std::deque<Verdict> owed_;
  std::optional<Verdict> acked_;  // the last
  std::optional<Verdict> failure_;
  uint64_t taken_ = 0;  // batches
  bool half_closed_ = false;
  bool stray_ = false;
};

}  // namespace s2::simulation

#endif  // S2_TESTS_SIMULATION_APPEND_END_H_
