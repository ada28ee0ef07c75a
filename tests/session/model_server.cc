// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/session/model_server.h"

#include <algorithm>
#include <utility>

#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/session/server_answers.h"

namespace s2::internal {

ModelServer::ModelServer(FakeTransport& transport, std::mt19937& random)
    : transport_(transport), random_(random) {
  transport.set_reader([this](const rpc::v1::ReadRequest& request, auto events) {
    return Open(request, std::move(events));
  });
}

void ModelServer::Step() {
  if (!reads_.empty() && OneIn(3)) {
    ReadStream& read = reads_[OneIn(4) ? Pick(reads_.size()) : reads_.size() - 1];
    if (read.done || !OneIn(8)) return Serve(read);
    read.done = true;
    return read.call->Finish(Broken());
  }
  appends_.resize(transport_.appends());
  const size_t i = OneIn(4) ? Pick(appends_.size()) : appends_.size() - 1;
  FakeAppendCall& call = transport_.append(i);
  AppendStream& stream = appends_[i];
  if (stream.gone) return Apply(stream);
  switch (Pick(8)) {
    case 0:
      if (!std::exchange(stream.accepted, true)) call.Accept();
      return;
    case 1:
    case 2:
      Take(call, stream);
      if (call.writing() && OneIn(2)) call.CompleteWrite(!OneIn(20));
      return;
    case 3:
      if (call.writing() && call.write_taken()) call.CompleteWrite();
      return;
    case 4:
      return Apply(stream);
    case 5:
    case 6:
      if (stream.acked == stream.acks.size()) Apply(stream);
      return Ack(call, stream);
    case 7:
      if (OneIn(6)) Finish(call, stream);
      return;
  }
}

bool ModelServer::StepWell() {
  for (ReadStream& read : reads_) {
    if (read.done || read.call->cancelled()) continue;
    Serve(read);
    return true;
  }
  appends_.resize(transport_.appends());
  AppendStream& stream = appends_.back();
  FakeAppendCall& call = transport_.last_append();
  if (stream.gone || call.cancelled()) return false;
  if (!std::exchange(stream.accepted, true)) {
    call.Accept();
    return true;
  }
  if (call.writing()) {
    Take(call, stream);
    call.CompleteWrite();
    return true;
  }
  Apply(stream);
  const size_t before = stream.acked;
  Ack(call, stream);
  return stream.acked > before || stream.gone;
}

void ModelServer::Trim(uint64_t seq_num) {
  first_ = std::max(first_, std::min<uint64_t>(seq_num, log_.size()));
}

void ModelServer::End() {
  appends_.resize(transport_.appends());
  for (AppendStream& stream : appends_) {
    while (!stream.taken.empty()) Apply(stream);
  }
  for (size_t i = 0; i < transport_.appends(); ++i) {
    FakeAppendCall& call = transport_.append(i);
    if (call.writing() && !call.write_taken()) call.TakeWrite();
    if (!call.finished()) call.Finish(absl::CancelledError(""));
  }
  for (ReadStream& read : reads_) {
    if (!std::exchange(read.done, true)) read.call->Finish(absl::CancelledError(""));
  }
}

absl::StatusOr<v1::AppendAck> ModelServer::Append(const v1::AppendInput& input) {
  if (input.has_fencing_token() && input.fencing_token() != token_) return TokenMismatch(token_);
  if (input.has_match_seq_num() && input.match_seq_num() != log_.size()) {
    return SeqNumMismatch(log_.size());
  }
  v1::AppendAck ack;
  ack.mutable_start()->set_seq_num(log_.size());
  for (const v1::AppendRecord& record : input.records()) {
    log_.push_back(Sequenced(log_.size(), record, log_.size()));
    if (IsCommand(record) && record.headers(0).value() == "fence") token_ = record.body();
  }
  ack.mutable_end()->set_seq_num(log_.size());
  *ack.mutable_tail() = ack.end();
  return ack;
}

void ModelServer::Take(FakeAppendCall& call, AppendStream& stream) {
  if (!call.writing() || call.write_taken()) return;
  v1::AppendInput input = call.TakeWrite();
  if (stream.refusal.ok()) stream.taken.push_back(std::move(input));
}

void ModelServer::Apply(AppendStream& stream) {
  if (stream.taken.empty()) return;
  absl::StatusOr<v1::AppendAck> ack = Append(stream.taken.front());
  stream.taken.pop_front();
  if (ack.ok()) return stream.acks.push_back(*std::move(ack));
  stream.refusal = ack.status();
  stream.taken.clear();
}

// The next ack, or the refusal behind the last.
void ModelServer::Ack(FakeAppendCall& call, AppendStream& stream) {
  if (!call.reading()) return;
  if (stream.acked < stream.acks.size()) return call.Ack(stream.acks[stream.acked++]);
  if (stream.refusal.ok()) return;
  if (call.writing()) call.TakeWrite();
  stream.gone = true;
  call.Finish(stream.refusal);
}

void ModelServer::Finish(FakeAppendCall& call, AppendStream& stream) {
  Take(call, stream);
  stream.gone = true;
  const bool all_acked = stream.acked == stream.acks.size();
  switch (stream.refusal.ok() ? Pick(6) : 4) {
    case 0:
      return call.Finish(absl::OkStatus());
    case 1:
      stream.taken.clear();
      return call.Finish(Leaving(stream.acks.size()));
    case 2:
      if (!all_acked) return call.Finish(Broken());
      stream.taken.clear();
      return call.Finish(MakeError(ErrorCode::kRateLimited, "slow down"));
    case 3:
      if (!all_acked || !OneIn(4)) return call.Finish(Broken());
      stream.taken.clear();
      return call.Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
    default:
      return call.Finish(Broken());
  }
}

std::shared_ptr<ReadCall> ModelServer::Open(const rpc::v1::ReadRequest& request,
                                            std::shared_ptr<CallEvents> events) {
  ReadStream& read = reads_.emplace_back();
  read.call = std::make_shared<FakeReadCall>(request, std::move(events));
  read.next = request.seq_num();
  read.left = request.count();
  return read.call;
}

void ModelServer::Serve(ReadStream& read) {
  if (read.done) return;
  if (!read.accepted) {
    read.end = log_.size();
    read.accepted = read.next < read.end;
    if (read.accepted) return read.call->Accept();
    read.done = true;
    return read.call->Finish(Unwritten(log_.size()));
  }
  if (!read.call->reading()) return;
  v1::ReadBatch batch;
  read.next = std::max(read.next, first_);
  const bool one = OneIn(2);
  while (read.next < read.end && read.left > 0 && !(one && batch.records_size() == 1)) {
    *batch.add_records() = log_[read.next++];
    --read.left;
  }
  if (!batch.records().empty()) return read.call->Deliver(batch);
  read.done = true;
  read.call->Finish(absl::OkStatus());
}

}  // namespace s2::internal
