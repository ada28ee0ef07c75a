// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/connection.h"

#include <algorithm>
#include <asio/error.hpp>
#include <asio/ssl/error.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "s2/gateway/internal/http2/greeting.h"
#include "s2/gateway/internal/http2/http2.h"
#include "s2/gateway/internal/http2/pool.h"
#include "s2/retry/error.h"

namespace s2::http2 {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kReadSize = 256 << 10;

Clock::time_point After(Clock::time_point time, absl::Duration wait) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 365);
  return time + absl::ToChronoNanoseconds(std::min(wait, kLongest));
}

}  // namespace

Connection::Connection(Origin origin, Pool& pool)
    : origin_(std::move(origin)),
      peer_(ToString(origin_)),
      pool_(pool),
      keep_pool_(pool.shared_from_this()),
      made_at_(Clock::now()),
      timer_(pool.context()),
      since_(made_at_),
      heard_(since_) {}

void Connection::Start(size_t expected_streams) {
  expected_streams_ = expected_streams;
  connector_ = std::make_shared<Connector>(
      pool_.context(), pool_.tls(), origin_, Deadline(),
      [self = shared_from_this()](absl::StatusOr<std::unique_ptr<Socket>> socket) {
        self->pool_.Run([&] { self->OnConnected(std::move(socket)); });
      });
  connector_->Start();
  Arm();
}

bool Connection::Take(const std::shared_ptr<ClientStream>& stream) {
  switch (state_) {
    case State::kConnecting:
    case State::kGreeting:
      if (waiting_.size() >= expected_streams_) return false;
      waiting_.push_back(stream);
      break;
    case State::kOpen:
      if (session_->streams() >= session_->limit()) return false;
      if (!session_->Open(stream)) {
        state_ = State::kDraining;
        return false;
      }
      break;
    case State::kDraining:
    case State::kLeaving:
    case State::kClosed:
      return false;
  }
  stream->connection = this;
  pool_.Touch(shared_from_this());
  return true;
}

void Connection::Handle(ClientStream& stream, const ClientStream::Asked& asked) {
  pool_.Touch(shared_from_this());
  const auto waiting = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& candidate) {
    return candidate.get() == &stream;
  });
  if (waiting != waiting_.end()) {
    if (!asked.cancelled) return;
    waiting_.erase(waiting);
    stream.Close(NotSent(CancelledByCaller()));
  } else if (asked.cancelled) {
    if (state_ == State::kOpen && Silent()) state_ = State::kDraining;
    session_->Cancel(stream, CancelledByCaller());
  } else {
    if (asked.written) session_->Resume(stream);
    if (asked.consumed > 0) session_->Consume(stream, asked.consumed);
  }
}

bool Connection::Retire(bool advised) {
  switch (state_) {
    case State::kConnecting:
    case State::kGreeting:
      return false;  // nobody has heard anything of the server here
    case State::kOpen:
      if (advised && !pool_.FollowAdvice(origin_, made_at_)) return false;
      state_ = State::kDraining;
      pool_.Touch(shared_from_this());
      return true;
    case State::kDraining:
    case State::kLeaving:
    case State::kClosed:
      return true;
  }
  return false;
}

void Connection::Flush() {
  if (session_ == nullptr || state_ == State::kClosed) return;
  if (!writing_) {
    if (absl::Status pulled = session_->Pull(out_); !pulled.ok()) return Close(pulled);
    if (session_->TakeAsked() && !asked_at_) asked_at_ = Clock::now();
    if (!out_.empty()) Write();
  }
  Settle();
}

void Connection::Close(const absl::Status& error) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  const auto self = shared_from_this();
  pool_.Forget(*this);
  if (pool_.loop().halted()) {
    pool_.loop().Keep(self);
  } else {
    timer_.cancel();
    if (connector_ != nullptr) std::exchange(connector_, nullptr)->Cancel();
    if (socket_ != nullptr) socket_->Close();
  }
  for (const auto& stream : std::exchange(waiting_, {})) stream->Close(NotSent(error));
  if (session_ != nullptr) session_->Close(error);
}

void Connection::OnConnected(absl::StatusOr<std::unique_ptr<Socket>> socket) {
  connector_ = nullptr;
  if (!socket.ok()) return Fail(socket.status().message());
  socket_ = *std::move(socket);
  state_ = State::kGreeting;
  session_ = std::make_unique<Session>(peer_, pool_.options());
  in_.resize(kReadSize);
  Read();
  pool_.Touch(shared_from_this());
}

void Connection::Read() {
  socket_->Read(asio::buffer(in_),
                [self = shared_from_this()](const asio::error_code& error, size_t size) {
                  self->pool_.Run([&] { self->OnRead(error, size); });
                });
}

void Connection::OnRead(const asio::error_code& error, size_t size) {
  if (state_ == State::kClosed) return;
  if (error) {
    const std::string how = error == asio::error::eof || error == asio::ssl::error::stream_truncated
                                ? "the server closed the connection"
                                : absl::StrCat("the connection broke: ", error.message());
    if (!recognised_) {
      return Fail(absl::StrCat(how, " before a word of HTTP/2; ", DescribeGreeting(greeting_)));
    }
    const std::string& farewell = session_->farewell();
    return Fail(farewell.empty() ? how : absl::StrCat(how, "; before, ", farewell));
  }
  heard_ = Clock::now();
  asked_at_.reset();
  if (std::exchange(pinged_, false)) Arm();
  if (!Feed(size)) return;
  if (state_ == State::kGreeting && session_->greeted()) OnGreeted();
  if (state_ == State::kOpen && session_->draining()) state_ = State::kDraining;
  pool_.Touch(shared_from_this());
  Read();
}

bool Connection::Feed(size_t size) {
  absl::Status fed;
  if (recognised_) {
    fed = session_->Feed(in_.data(), size);
  } else {
    greeting_.append(reinterpret_cast<const char*>(in_.data()), size);
    switch (JudgeGreeting(greeting_)) {
      case Greeting::kTooShort:
        return true;
      case Greeting::kOther:
        Fail(absl::StrCat("the server does not speak HTTP/2: ", DescribeGreeting(greeting_)));
        return false;
      case Greeting::kHttp2:
        recognised_ = true;
        fed = session_->Feed(reinterpret_cast<const uint8_t*>(greeting_.data()), greeting_.size());
    }
  }
  if (!fed.ok()) Close(fed);
  return fed.ok();
}

void Connection::OnGreeted() {
  state_ = State::kOpen;
  since_ = Clock::now();
  std::deque<std::shared_ptr<ClientStream>> waiting = std::exchange(waiting_, {});
  pool_.Learn(origin_, session_->limit());
  absl::string_view refusal;
  if (session_->draining()) {
    refusal = session_->farewell();
  } else if (session_->limit() == 0) {
    refusal = "the server allows no streams (SETTINGS_MAX_CONCURRENT_STREAMS is 0)";
  }
  for (const auto& stream : waiting) {
    if (session_->draining()) {
      stream->Close(
          NotSent(MakeError(ErrorCode::kServerDraining, absl::StrCat(peer_, ": ", refusal))));
    } else if (!refusal.empty()) {
      stream->Close(NotSent(Broken(refusal)));
    } else if (!Take(stream)) {
      pool_.Place(stream);
    }
  }
}

void Connection::Write() {
  writing_ = true;
  socket_->Write(out_.Front(),
                 [self = shared_from_this()](const asio::error_code& error, size_t size) {
                   self->pool_.Run([&] { self->OnWritten(error, size); });
                 });
}

void Connection::OnWritten(const asio::error_code& error, size_t size) {
  if (state_ == State::kClosed) return;
  // A read sees the error too, and before it what the server said last; should it not, the deadline
  // ends the connection.
  if (error) return;
  writing_ = false;
  out_.Pop(size);
  pool_.Touch(shared_from_this());
}

void Connection::Settle() {
  if (session_->finished() && out_.empty()) return Fail(session_->farewell());
  if (state_ != State::kOpen && state_ != State::kDraining) return;
  const bool busy = session_->streams() > 0;
  if (busy != busy_) {
    busy_ = busy;
    since_ = Clock::now();
    Arm();
  }
  if (!busy && state_ == State::kDraining) Leave();
}

void Connection::Leave() {
  state_ = State::kLeaving;
  since_ = Clock::now();
  session_->Leave();
  pool_.Touch(shared_from_this());
  Arm();
}

Connection::Time Connection::Deadline() const {
  const ClientOptions& options = pool_.options();
  switch (state_) {
    case State::kConnecting:
    case State::kGreeting:
    case State::kLeaving:
      return After(since_, options.connect_timeout);
    case State::kOpen:
    case State::kDraining:
      if (pinged_) return After(pinged_at_, options.ping_timeout);
      return busy_ ? After(heard_, options.ping_interval) : After(since_, options.idle_timeout);
    case State::kClosed:
      break;
  }
  return Time::max();
}

void Connection::Arm() {
  const Time deadline = Deadline();
  if (deadline >= armed_) return;
  armed_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->pool_.Run([&] { self->OnTimer(); });
  });
}

void Connection::OnTimer() {
  armed_ = Time::max();
  if (Clock::now() < Deadline()) return Arm();
  switch (state_) {
    case State::kConnecting:
      return FailOpen(connector_->Doing());
    case State::kGreeting:
      return FailOpen(absl::StrCat("waiting for HTTP/2's SETTINGS; ", DescribeGreeting(greeting_)));
    case State::kOpen:
    case State::kDraining:
      if (pinged_) {
        return Fail(absl::StrCat("nothing was heard from the server for ",
                                 absl::ToInt64Milliseconds(absl::FromChrono(Clock::now() - heard_)),
                                 " ms, not even an answer to PING"));
      }
      if (!busy_) return Leave();
      session_->Ping();
      pinged_ = true;
      pinged_at_ = Clock::now();
      pool_.Touch(shared_from_this());
      return Arm();
    case State::kLeaving:
      return Fail("idle");
    case State::kClosed:
      return;
  }
}

bool Connection::Silent() const {
  return asked_at_ && Clock::now() >= After(*asked_at_, pool_.options().silence);
}

void Connection::FailOpen(absl::string_view doing) {
  Close(
      MakeError(ErrorCode::kOpenTimeout,
                absl::StrCat(peer_, ": no connection in ",
                             absl::FormatDuration(pool_.options().connect_timeout), ", ", doing)));
}

void Connection::Fail(absl::string_view what) { Close(Broken(what)); }

absl::Status Connection::Broken(absl::string_view what) const {
  return MakeError(ErrorCode::kServerDisconnected, absl::StrCat(peer_, ": ", what));
}

}  // namespace s2::http2
