// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/server.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/simulation/append_end.h"
#include "s2/tests/simulation/read_end.h"

namespace s2::simulation {
namespace {

absl::Duration DrawDurability(Dice dice) {
  switch (dice.Pick(4)) {
    case 0:
      return absl::Seconds(2);
    case 1:
      return absl::Milliseconds(50);
    default:
      return absl::Milliseconds(5);
  }
}

}  // namespace

ServerEnd::ServerEnd(Server* server, std::shared_ptr<Connection> connection)
    : server_(server), connection_(std::move(connection)) {}

void ServerEnd::End(const absl::Status& status) {
  if (over_) return;
  Forget();
  connection_->End(status);
}

void ServerEnd::Forget() {
  if (!std::exchange(over_, true)) server_->OnForgotten();
}

const Stream& ServerEnd::stream() const { return *server_->stream(); }

Server::Server(World* world, Dice dice)
    : world_(world),
      dice_(dice),
      durability_(DrawDurability(dice.Fork(0))),
      durable_at_(world->Now()) {
  Live();
}

void Server::Serve(std::shared_ptr<Connection> connection, const rpc::v1::ReadRequest* request) {
  if (absl::Status refusal = Refusal(request != nullptr); !refusal.ok()) {
    return connection->End(refusal);
  }
  if (request == nullptr) {
    ends_.push_back(std::make_shared<AppendEnd>(this, connection));
    connection->Attach(ends_.back());
    return connection->Accept();
  }
  auto end = std::make_shared<ReadEnd>(this, connection, *request);
  if (absl::Status refusal = end->Resolve(); !refusal.ok()) return connection->End(refusal);
  ends_.push_back(end);
  connection->Attach(end);
  connection->Accept();
  end->Start();
}

Verdict Server::Append(const Input& input, int writer, bool stray) {
  if (!exists_) return {MakeError(ErrorCode::kStreamNotFound, "no such stream")};
  const v1::AppendInput& batch = *input;
  const Verdict verdict = stream()->Append(input, writer, stray);
  if (world_->tracing()) {
    world_->Log(writer == kForeign ? "another writer" : absl::StrCat("w", writer), "'s batch ",
                batch.records(0).body(), " comes: ",
                verdict.error.ok() ? absl::StrCat("gets ", verdict.start)
                                   : std::string(verdict.error.message()));
  }
  if (!verdict.error.ok()) return verdict;
  durable_at_ = std::max(durable_at_, world_->Now() + dice_.UpTo(durability_));
  world_->After(durable_at_ - world_->Now(), [this, losses = losses_, end = verdict.end] {
    if (losses != losses_) return;
    stream()->MakeDurable(end);
    TellDurable();
  });
  return verdict;
}

void Server::Restart() {
  const bool keeps_pending = dice_.OneIn(3);
  const bool keeps_durable = keeps_pending || dice_.OneIn(2);
  world_->Log("the server restarts and loses ", keeps_pending   ? "nothing"
                                                : keeps_durable ? "what is pending"
                                                                : "everything");
  for (const auto& end : ends_) {
    if (!end->over()) end->connection().Cut();
  }
  // What its connections still bring is lost too, unless a proxy has it.
  for (const auto& end : ends_) {
    if (dice_.OneIn(4)) {
      end->OnLoss();
    } else {
      end->OnGone();
    }
  }
  if (keeps_pending) {
    stream()->MakeDurable(stream()->next());
  } else {
    stream()->LosePending();
  }
  ++losses_;
  if (!keeps_durable && exists_) Live();
  Refuse(dice_.UpTo(absl::Seconds(2)));
}

// What is still under way to an append session of a client that has left may be kept for the next
// life: the server that takes it need not be the one that knew the stream.
void Server::Delete(absl::Duration time) {
  if (!std::exchange(exists_, false)) return;
  world_->Log("the stream is deleted");
  if (dice_.OneIn(2)) stream()->LosePending();
  stream()->MakeDurable(stream()->next());
  ++losses_;
  TellDurable();
  for (const auto& end : ends_) {
    if (end->connection().haunting() && dice_.OneIn(2)) {
      end->OnLoss();
    } else {
      end->End(MakeError(ErrorCode::kUnavailable, "the stream is being deleted"));
    }
  }
  world_->After(time, [this] {
    if (!exists_) Live();
  });
}

void Server::Live() {
  exists_ = true;
  lives_.push_back(std::make_shared<Stream>(lives_.size()));
  if (lives_.size() > 1) world_->Log("the stream begins a new life");
}

absl::Status Server::Refusal(bool read) {
  if (world_->Now() < refuses_until_) return absl::UnavailableError("connection refused");
  auto& injected = read ? read_open_error_ : append_open_error_;
  if (injected) return *std::exchange(injected, std::nullopt);
  if (exists_) return absl::OkStatus();
  return dice_.OneIn(2) ? MakeError(ErrorCode::kStreamNotFound, "no such stream")
                        : MakeError(ErrorCode::kStreamDeletionPending, "it is being deleted");
}

void Server::Leave(const Connection& connection) {
  if (ServerEnd* end = Find(connection)) end->Leave();
}

void Server::End(const Connection& connection, const absl::Status& error) {
  if (ServerEnd* end = Find(connection)) end->End(error);
}

void Server::Trim() {
  const uint64_t tail = stream()->durable();
  const uint64_t before = dice_.OneIn(3) ? tail : dice_.Draw(0, tail);
  world_->Log("records before ", before, " are trimmed");
  stream()->Drop(0, before);
}

void Server::Expire() {
  const uint64_t begin = dice_.Draw(0, stream()->durable());
  const uint64_t end = std::min(stream()->durable(), begin + dice_.Draw(1, 3));
  world_->Log("records ", begin, " to ", end, " expire");
  stream()->Drop(begin, end);
}

void Server::Heal() {
  refuses_until_ = muted_until_ = hangs_up_until_ = absl::InfinitePast();
  append_open_error_.reset();
  read_open_error_.reset();
  input_error_.reset();
  if (!exists_) Live();
}

void Server::TellDurable() {
  const auto ends = ends_;
  for (const auto& end : ends) {
    if (!end->over()) end->OnDurable();
  }
}

// Not now: they are being walked over, or one of them is at work.
void Server::OnForgotten() {
  world_->After(absl::ZeroDuration(), [this] {
    ends_.erase(
        std::remove_if(ends_.begin(), ends_.end(), [](const auto& end) { return end->over(); }),
        ends_.end());
  });
}

ServerEnd* Server::Find(const Connection& connection) {
  for (const auto& end : ends_) {
    if (&end->connection() == &connection && !end->over()) return end.get();
  }
  return nullptr;
}

}  // namespace s2::simulation
