// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_MODEL_SERVER_H_
#define S2_TESTS_SESSION_MODEL_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "s2/tests/session/fake_read_call.h"
#include "s2/tests/session/fake_transport.h"
#include "s2/v1/s2.pb.h"

namespace s2::internal {

// The server of one stream, at the other end of a FakeTransport, with the conditions of S2. It does
// things at random: takes and applies inputs (those of streams that are over, too), acks, breaks
// streams. But it tells no lie.
class ModelServer {
 public:
  ModelServer(FakeTransport& transport, std::mt19937& random);

  // Something at random.
  void Step();
  // Something that a healthy server would do; false: there is nothing to do.
  bool StepWell();
  // Another client's append.
  void AppendForeign(const v1::AppendInput& input) { (void)Append(input); }
  // Drops the records before this one, of those there are.
  void Trim(uint64_t seq_num);
  // All that was ever taken is applied, late, and all streams end.
  void End();

  // All records, trimmed ones included.
  const std::vector<v1::SequencedRecord>& log() const { return log_; }
  size_t reads() const { return reads_.size(); }

 private:
  struct AppendStream {
    bool accepted = false;
    bool gone = false;  // its client will hear no more
    std::deque<v1::AppendInput> taken;
    std::vector<v1::AppendAck> acks;  // of what was applied
    size_t acked = 0;
    absl::Status refusal;  // of an input; those behind it are dropped
  };
  struct ReadStream {
    std::shared_ptr<FakeReadCall> call;
    bool accepted = false;
    bool done = false;
    uint64_t next = 0;
    uint64_t end = 0;   // it stops there
    uint64_t left = 0;  // or after so many
  };

  size_t Pick(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Pick(n) == 0; }

  absl::StatusOr<v1::AppendAck> Append(const v1::AppendInput& input);
  void Take(FakeAppendCall& call, AppendStream& stream);
  void Apply(AppendStream& stream);
  void Ack(FakeAppendCall& call, AppendStream& stream);
  void Finish(FakeAppendCall& call, AppendStream& stream);
  std::shared_ptr<ReadCall> Open(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events);
  void Serve(ReadStream& stream);

  FakeTransport& transport_;
  std::mt19937& random_;
  std::vector<v1::SequencedRecord> log_;
  uint64_t first_ = 0;  // before it all is trimmed
  std::string token_;
  std::vector<AppendStream> appends_;  // as in transport_
  std::deque<ReadStream> reads_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_MODEL_SERVER_H_
