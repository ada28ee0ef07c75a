// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/exactly_once/settlement.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/retry/error.h"

namespace s2::internal {
namespace {

bool IsSame(const v1::AppendRecord& ours, const v1::SequencedRecord& read) {
  return ours.body() == read.body() &&
         std::equal(ours.headers().begin(), ours.headers().end(), read.headers().begin(),
                    read.headers().end(), [](const v1::Header& a, const v1::Header& b) {
                      return a.name() == b.name() && a.value() == b.value();
                    });
}

}  // namespace

void Settlement::Add(v1::ReadBatch&& batch) {
  if (!batch.records().empty()) read_to_ = batch.records().rbegin()->seq_num() + 1;
  for (v1::SequencedRecord& record : *batch.mutable_records()) {
    records_.push_back(std::move(record));
  }
}

void Settlement::Skip(const SeqNumRange& range) {
  read_to_ = std::min(range.end, std::min(asked_.end, tail_.value_or(asked_.end)));
}

void Settlement::End(const absl::Status& status) {
  ended_ = true;
  end_ = status;
  if (const rpc::v1::ErrorInfo info = GetErrorInfo(status); info.has_tail()) {
    tail_ = info.tail().seq_num();
  } else if (status.ok() && !tail_.has_value()) {
    tail_ = read_to_;
  }
}

Settlement::Verdict Settlement::Judge(const v1::AppendInput& batch) {
  const uint64_t begin = batch.match_seq_num();
  const uint64_t end = begin + batch.records_size();
  if (begin < asked_.begin || end > asked_.end) return Verdict::kNotAsked;
  while (!records_.empty() && records_.front().seq_num() < begin) records_.pop_front();
  ack_.Clear();
  ack_.mutable_start()->set_seq_num(begin);
  ack_.mutable_end()->set_seq_num(end);
  uint64_t same = 0;
  bool more = !ended_;
  for (const v1::SequencedRecord& record : records_) {
    if (record.seq_num() >= end - 1) more = false;
    if (record.seq_num() >= end) break;
    if (!IsSame(batch.records(static_cast<int>(record.seq_num() - begin)), record)) {
      return record.seq_num() == begin ? Verdict::kForeign : Verdict::kPartly;
    }
    ++same;
    if (record.seq_num() == begin) ack_.mutable_start()->set_timestamp(record.timestamp());
    if (record.seq_num() == end - 1) ack_.mutable_end()->set_timestamp(record.timestamp());
  }
  *ack_.mutable_tail() = ack_.end();
  if (same == end - begin) return Verdict::kOurs;
  if (more) return Verdict::kMore;
  return JudgeMissing(begin, end);
}

// No more is read of a batch at [begin, end), some of which is missing.
Settlement::Verdict Settlement::JudgeMissing(uint64_t begin, uint64_t end) const {
  if (std::max(read_to_, tail_) >= end) {
    return owned_.begin <= begin && end <= owned_.end ? Verdict::kOurs : Verdict::kUnreadable;
  }
  if (!tail_.has_value()) return Verdict::kUnreadable;
  if (*tail_ < begin) return Verdict::kReplaced;
  return *tail_ == begin ? Verdict::kAbsent : Verdict::kPartly;
}

std::string Settlement::Describe(Verdict verdict, uint64_t pin) const {
  switch (verdict) {
    case Verdict::kForeign:
      return absl::StrCat("record ", pin, " is another writer's");
    case Verdict::kPartly:
      return absl::StrCat("only a part of the batch at record ", pin, " is like ours");
    case Verdict::kUnreadable:
      return absl::StrCat("record ", pin, " cannot be read back (",
                          end_.ok() ? "it was trimmed" : end_.message(), ")");
    case Verdict::kReplaced:
      return absl::StrCat("the stream ends before record ", pin,
                          ": it was replaced or has lost records");
    case Verdict::kAbsent:
      return absl::StrCat("record ", pin, " is not there");
    case Verdict::kMore:
    case Verdict::kNotAsked:
    case Verdict::kOurs:
      break;
  }
  return "";
}

}  // namespace s2::internal
