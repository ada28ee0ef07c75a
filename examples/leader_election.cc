// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// One leader at a time: whoever leads has fenced the stream with a token, and each of its batches
// carries it. A leader that was replaced learns so at its next append, and has no effect.

#include <iostream>

#include "absl/strings/str_cat.h"
#include "s2/examples/run_example.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"

namespace {

// The token of a new term, unless somebody else was elected first. An ack that is lost looks the
// same; then the next election decides.
absl::StatusOr<std::string> Elect(const s2::Stream& stream, absl::string_view name) {
  const absl::StatusOr<s2::v1::StreamPosition> tail = stream.CheckTail();
  if (!tail.ok()) return tail.status();
  std::string token = absl::StrCat(name, "@", tail->seq_num());
  s2::v1::AppendInput fence = s2::MakeInput({s2::MakeFenceRecord(token)});
  fence.set_match_seq_num(tail->seq_num());
  const absl::StatusOr<s2::v1::AppendAck> ack = stream.Append(std::move(fence));
  if (!ack.ok()) return ack.status();
  std::cout << token << " leads\n";
  return token;
}

// False: this leader was replaced.
absl::StatusOr<bool> Lead(const s2::Stream& stream, const std::string& token) {
  s2::v1::AppendInput decision = s2::MakeInput({s2::MakeRecord("a decision")});
  decision.set_fencing_token(token);
  const absl::StatusOr<s2::v1::AppendAck> ack = stream.Append(std::move(decision));
  const bool replaced = s2::GetErrorCode(ack.status()) == s2::ErrorCode::kFencingTokenMismatch;
  if (!ack.ok() && !replaced) return ack.status();
  std::cout << token << (replaced ? " was replaced\n" : " decided\n");
  return !replaced;
}

absl::Status TwoTerms(const s2::Stream& stream) {
  const absl::StatusOr<std::string> ann = Elect(stream, "ann");
  if (!ann.ok()) return ann.status();
  if (const auto leads = Lead(stream, *ann); !leads.ok()) return leads.status();
  const absl::StatusOr<std::string> ben = Elect(stream, "ben");
  if (!ben.ok()) return ben.status();
  if (const auto leads = Lead(stream, *ann); !leads.ok()) return leads.status();
  return Lead(stream, *ben).status();
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, TwoTerms); }
