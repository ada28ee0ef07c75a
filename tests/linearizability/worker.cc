// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/linearizability/worker.h"

#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::linearizability {
namespace {

// Each leaves the checker with one more operation that may take effect at any time.
constexpr int kMostUnknown = 20;
// Of so many operations of a client, the appends among the first few make the token its own.
constexpr int kFenceEvery = 20;
constexpr int kFences = 3;

std::string Quote(absl::string_view token) { return absl::StrCat("\"", token, "\""); }

// The batch as the history tells it.
std::string AppendJson(const v1::AppendInput& batch) {
  std::vector<uint64_t> hashes;
  std::string set_token = "null";
  for (const v1::AppendRecord& record : batch.records()) {
    hashes.push_back(HashBody(record.body()));
    if (IsCommand(record)) set_token = Quote(record.body());
  }
  return absl::StrCat(
      R"({"Append":{"num_records":)", batch.records_size(), R"(,"record_hashes":[)",
      absl::StrJoin(hashes, ","), R"(],"set_fencing_token":)", set_token, R"(,"fencing_token":)",
      batch.has_fencing_token() ? Quote(batch.fencing_token()) : "null", R"(,"match_seq_num":)",
      batch.has_match_seq_num() ? absl::StrCat(batch.match_seq_num()) : "null", "}}");
}

std::string MakeToken(std::mt19937_64& random) {
  std::string token;
  while (token.size() < 6) token += static_cast<char>('a' + random() % 26);
  return token;
}

}  // namespace

Worker::Worker(s2::Stream stream, const WorkerOptions& options, uint64_t seed, History& history)
    : stream_(std::move(stream)),
      options_(options),
      history_(history),
      random_(seed),
      token_(MakeToken(random_)),
      client_(history.NewClient()) {}

void Worker::Run() {
  for (; operation_ < options_.operations && unknown_ < kMostUnknown; ++operation_) {
    switch (Draw(0, 2)) {
      case 0:
        Append();
        break;
      case 1:
        Read();
        break;
      case 2:
        CheckTail();
        break;
    }
  }
}

void Worker::Append() {
  const bool fence = options_.workflow == Workflow::kFencing && operation_ % kFenceEvery < kFences;
  v1::AppendInput batch = MakeBatch(fence);
  const int operation = history_.Start(client_, AppendJson(batch));
  const absl::StatusOr<v1::AppendAck> ack = Send(std::move(batch));
  if (ack.ok()) {
    tail_ = ack->end().seq_num();
    history_.Finish(client_, operation, absl::StrCat(R"({"AppendSuccess":{"tail":)", tail_, "}}"));
  } else if (HasNoSideEffects(ack.status())) {
    history_.Finish(client_, operation, R"("AppendDefiniteFailure")");
  } else {
    history_.FinishAtEnd(client_, operation, R"("AppendIndefiniteFailure")");
    client_ = history_.NewClient();
    ++unknown_;
  }
}

void Worker::Read() {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(std::numeric_limits<uint64_t>::max());  // bounded, so that it ends at the tail
  ReadSessionOptions options;
  options.retry = options_.retry;

  const int operation = history_.Start(client_, R"("Read")");
  absl::StatusOr<ReadSession> session = stream_.OpenReadSession(request, options);
  absl::Status end = session.status();
  uint64_t tail = 0;
  uint64_t hash = 0;
  while (end.ok()) {
    const absl::StatusOr<ReadResult> next = session->Next();
    end = next.status();
    if (!end.ok() || next->end) break;
    for (const v1::SequencedRecord& record : next->batch.records()) {
      hash = HashStream(hash, record.body());
      tail = record.seq_num() + 1;
    }
  }
  const bool empty = GetErrorCode(end) == ErrorCode::kReadUnwritten && tail == 0 &&
                     GetErrorInfo(end).tail().seq_num() == 0;
  if (!end.ok() && !empty) return history_.Finish(client_, operation, R"("ReadFailure")");
  tail_ = tail;
  history_.Finish(
      client_, operation,
      absl::StrCat(R"({"ReadSuccess":{"tail":)", tail, R"(,"stream_hash":)", hash, "}}"));
}

void Worker::CheckTail() {
  const int operation = history_.Start(client_, R"("CheckTail")");
  const absl::StatusOr<v1::StreamPosition> tail = stream_.CheckTail();
  if (!tail.ok()) return history_.Finish(client_, operation, R"("CheckTailFailure")");
  tail_ = tail->seq_num();
  history_.Finish(client_, operation, absl::StrCat(R"({"CheckTailSuccess":{"tail":)", tail_, "}}"));
}

v1::AppendInput Worker::MakeBatch(bool fence) {
  v1::AppendInput batch;
  if (fence) {
    *batch.add_records() = MakeFenceRecord(token_);
    batch.set_match_seq_num(tail_);
    return batch;
  }
  for (int n = Draw(1, 20); n > 0; --n) {
    std::string body(Draw(0, 40), '\0');
    for (char& c : body) c = static_cast<char>(random_());
    *batch.add_records() = MakeRecord(std::move(body));
  }
  if (options_.workflow == Workflow::kMatchSeqNum) batch.set_match_seq_num(tail_);
  if (options_.workflow == Workflow::kFencing) batch.set_fencing_token(token_);
  return batch;
}

absl::StatusOr<v1::AppendAck> Worker::Send(v1::AppendInput batch) {
  if (!options_.session) return stream_.Append(std::move(batch));
  if (!session_) {
    AppendSessionOptions options;
    options.policy = options_.policy;
    options.retry = options_.retry;
    absl::StatusOr<AppendSession> session = stream_.OpenAppendSession(options);
    if (!session.ok()) return session.status();
    session_ = *std::move(session);
  }
  const absl::StatusOr<AppendTicket> ticket = session_->Submit(std::move(batch));
  absl::StatusOr<v1::AppendAck> ack = ticket.ok() ? ticket->Wait() : ticket.status();
  if (!ack.ok()) session_.reset();  // an append that fails ends its session
  return ack;
}

int Worker::Draw(int least, int most) {
  return std::uniform_int_distribution<int>(least, most)(random_);
}

}  // namespace s2::linearizability
