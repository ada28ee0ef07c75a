// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/examples/quickstart/transfer.h"

#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "s2/examples/quickstart/acks.h"
#include "s2/examples/quickstart/append_lines.h"
#include "s2/examples/quickstart/line_digest.h"
#include "s2/examples/quickstart/live_line.h"
#include "s2/examples/quickstart/read_back.h"

namespace quickstart {
namespace {

std::string Live(const s2::AppendSession& session, const Acks& acks, absl::Time begin) {
  const s2::AppendSessionStats stats = session.Stats();
  const double mib = static_cast<double>(stats.acked_bytes) / (1024 * 1024);
  return absl::StrFormat("%d records, %.1f MiB/s, %d bytes unacked, tail %d", stats.acked_records,
                         mib / absl::ToDoubleSeconds(absl::Now() - begin), stats.unacked_bytes,
                         acks.tail());
}

absl::Status Compare(const LineDigest& sent, const LineDigest& received) {
  if (sent.lines() == received.lines() && sent.Hex() == received.Hex()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "what was read back differs from what was sent: ", received.lines(), " records, sha256 ",
      received.Hex(), ", instead of ", sent.lines(), " records, sha256 ", sent.Hex()));
}

}  // namespace

absl::StatusOr<Transferred> Transfer(const s2::Stream& stream, uint64_t tail, LineReader& lines,
                                     Stop& stop) {
  absl::StatusOr<s2::AppendSession> appender = stream.OpenAppendSession();
  if (!appender.ok()) return appender.status();
  s2::rpc::v1::ReadRequest from_tail;
  from_tail.set_seq_num(tail);
  absl::StatusOr<s2::ReadSession> follower = stream.OpenReadSession(from_tail);
  if (!follower.ok()) return follower.status();

  Transferred result;
  const absl::Time begin = absl::Now();
  const auto acks = std::make_shared<Acks>(tail, stop);
  auto live = std::make_unique<LiveLine>([&] { return Live(*appender, *acks, begin); });

  LineDigest received;
  absl::Status read;
  std::thread reader([&] {
    read = ReadBack(*follower, *acks, received);
    if (!read.ok()) stop.Set();
  });
  LineDigest sent;
  result.input = AppendLines(lines, *appender, *acks, sent);
  const absl::Status closed = appender->Close();  // every record is durable now, or never
  result.append_time = absl::Now() - begin;
  acks->Finish();
  if (!closed.ok()) follower->Cancel();
  reader.join();
  result.read_time = absl::Now() - begin;
  live.reset();

  if (!closed.ok()) return closed;
  if (!read.ok()) return read;
  if (absl::Status s = Compare(sent, received); !s.ok()) return s;
  result.records = received.lines();
  result.bytes = received.bytes();
  result.range = acks->range();
  result.sha256 = received.Hex();
  result.latencies = acks->latencies();
  return result;
}

}  // namespace quickstart
