// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/stream.h"

#include <algorithm>
#include <cstddef>

#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace s2::simulation {
namespace {

// Of the tokens that sessions draw.
constexpr size_t kSecretSize = 32;

absl::Status TokenMismatch(absl::string_view token) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kFencingTokenMismatch, "fenced"));
  info.set_expected_fencing_token(std::string(token));
  return MakeError(info, "fenced");
}

absl::Status PositionMismatch(uint64_t next) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kSeqNumMismatch, "moved on"));
  info.set_expected_seq_num(next);
  return MakeError(info, "moved on");
}

uint64_t BigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

Verdict Stream::Append(const Input& input, int writer, bool stray) {
  Verdict verdict;
  if (input->has_fencing_token() && input->fencing_token() != token()) {
    verdict.error = TokenMismatch(token());
    verdict.needs = fences_.empty() ? 0 : fences_.back().seq_num + 1;
    return verdict;
  }
  if (input->has_match_seq_num() && input->match_seq_num() != next()) {
    verdict.error = PositionMismatch(next());
    verdict.needs = next();
    return verdict;
  }
  verdict.start = next();
  for (int i = 0; i < input->records_size(); ++i) {
    const v1::AppendRecord& record = input->records(i);
    if (IsCommand(record) && record.headers(0).value() == "fence") {
      fences_.push_back({next(), record.body()});
    }
    log_.push_back({input, i, writer, stray});
  }
  verdict.end = verdict.needs = next();
  return verdict;
}

void Stream::MakeDurable(uint64_t end) {
  for (; durable_ < end; ++durable_) {
    const v1::AppendRecord& record = log_[durable_].record();
    if (IsCommand(record) && record.headers(0).value() == "trim") {
      Drop(0, std::min(BigEndian(record.body()), durable_ + 1));
    }
  }
}

void Stream::LosePending() {
  log_.erase(log_.begin() + static_cast<int64_t>(durable_), log_.end());
  while (!fences_.empty() && fences_.back().seq_num >= durable_) fences_.pop_back();
}

void Stream::Drop(uint64_t begin, uint64_t end) {
  for (uint64_t i = begin; i < std::min<uint64_t>(end, log_.size()); ++i) log_[i].gone = true;
}

absl::string_view Stream::known_token() const {
  for (auto fence = fences_.rbegin(); fence != fences_.rend(); ++fence) {
    if (fence->token.size() != kSecretSize) return fence->token;
  }
  return "";
}

v1::StreamPosition Stream::Before(uint64_t seq_num) const {
  v1::StreamPosition position;
  position.set_seq_num(seq_num);
  position.set_timestamp(seq_num == 0 ? 0 : Timestamp(seq_num - 1));
  return position;
}

v1::AppendAck Stream::Ack(uint64_t start, uint64_t end) const {
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(start);
  ack.mutable_start()->set_timestamp(Timestamp(start));
  *ack.mutable_end() = Before(end);
  *ack.mutable_tail() = Before(durable_);
  return ack;
}

v1::SequencedRecord Stream::Read(uint64_t seq_num) const {
  const v1::AppendRecord& record = log_[seq_num].record();
  v1::SequencedRecord result;
  result.set_seq_num(seq_num);
  result.set_timestamp(Timestamp(seq_num));
  *result.mutable_headers() = record.headers();
  result.set_body(record.body());
  return result;
}

}  // namespace s2::simulation
