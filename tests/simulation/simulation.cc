// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/simulation/simulation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/tests/simulation/faults.h"

namespace s2::simulation {
namespace {

// Events that anything may take.
constexpr size_t kPatience = 100'000;
constexpr size_t kPlaces = 3;

}  // namespace

Outcome Simulate(const Schedule& schedule, World::Trace trace) {
  return Simulation(schedule, std::move(trace)).Run();
}

Simulation::Simulation(const Schedule& schedule, World::Trace trace)
    : schedule_(schedule),
      world_(schedule.seed, std::move(trace)),
      server_(&world_, world_.dice(0)),
      ledger_(&world_, &server_),
      writer_at_(kPlaces),
      reader_at_(kPlaces) {}

Simulation::~Simulation() {
  for (const auto& writer : writers_) writer->Destroy();
  for (const auto& reader : readers_) reader->Destroy();
}

Outcome Simulation::Run() {
  for (const Step& step : schedule_.steps) {
    world_.After(step.at, [this, &step] {
      world_.Log("* ", Describe(step));
      if (Do(step)) ++(IsFault(step.act) ? outcome_.faults : outcome_.operations);
      ++steps_done_;
    });
  }
  RunUntil([this] { return steps_done_ == schedule_.steps.size(); }, "the schedule");
  End();
  outcome_.violation = world_.violation();
  return outcome_;
}

void Simulation::End() {
  world_.Log("* heal");
  server_.Heal();
  // Sessions make progress whether callbacks run or not.
  RunUntil(
      [this] {
        return std::all_of(writers_.begin(), writers_.end(), [](auto& w) { return w->resolved(); });
      },
      "a ticket");
  world_.ReleaseCallbacks();
  for (const auto& writer : writers_) writer->Settle();
  const auto idle = [this] {
    return std::all_of(writers_.begin(), writers_.end(), [](auto& w) { return w->idle(); });
  };
  RunUntil(idle, "a flush");
  for (const auto& writer : writers_) writer->Finish();
  RunUntil(idle, "a close");
  for (const auto& reader : readers_) reader->Settle();
  RunUntil(
      [this] {
        return std::all_of(readers_.begin(), readers_.end(), [](auto& r) { return r->settled(); });
      },
      "a reader");
  world_.Log("* destroy");
  for (const auto& writer : writers_) writer->Destroy();
  for (const auto& reader : readers_) reader->Destroy();
  RunUntil(
      [this] {
        const auto alone = [](const auto& client) { return client->link().alive() == 0; };
        return std::all_of(writers_.begin(), writers_.end(), alone) &&
               std::all_of(readers_.begin(), readers_.end(), alone);
      },
      "a connection");
  if (world_.timers() > 0) world_.Fail("a timer is left");
  RunUntil([this] { return world_.events() == 0; }, "the network");
  if (world_.violation()) return;
  for (const auto& writer : writers_) writer->CheckEnd();
  for (const auto& reader : readers_) reader->CheckEnd();
  ledger_.CheckEnd();
}

template <typename F>
void Simulation::RunUntil(F over, absl::string_view what) {
  for (size_t i = 0; i < kPatience && !world_.violation(); ++i) {
    if (over()) return;
    if (!world_.RunNext()) break;
    ++outcome_.events;
    Check();
  }
  if (!world_.violation() && !over()) world_.Fail(absl::StrCat("waits for ever: ", what));
}

void Simulation::Check() {
  for (const auto& writer : writers_) writer->Check();
  for (const auto& reader : readers_) reader->Check();
}

bool Simulation::Do(const Step& step) {
  const Dice dice(step.word);
  if (IsFault(step.act)) return DoFault(step.act, step.who, dice);
  if (step.act < Act::kOpenReader) return DoWriter(step.act, step.who, dice);
  if (step.act < Act::kForeignBatch) return DoReader(step.act, step.who, dice);
  AppendForeign(dice);
  return true;
}

// One that has ended is used on for a while, and then replaced.
bool Simulation::DoWriter(Act act, int who, Dice dice) {
  Writer* const writer = writer_at_[who];
  if (act == Act::kOpenWriter || writer == nullptr) return OpenWriter(who, dice);
  if (!writer->usable() && dice.OneIn(2)) return OpenWriter(who, dice);
  using Verb = bool (Writer::*)(Dice);
  constexpr Verb kVerbs[] = {
      &Writer::Submit,        &Writer::SubmitNow,  &Writer::SubmitBad, &Writer::SubmitAgain,
      &Writer::Reserve,       &Writer::ReserveNow, &Writer::UsePermit, &Writer::DropPermit,
      &Writer::CancelReserve, &Writer::Flush,      &Writer::FlushNow,  &Writer::Close,
      &Writer::CloseNow,      &Writer::Cancel,     &Writer::TakeBack,  &Writer::Drop,
  };
  static_assert(std::size(kVerbs) == static_cast<size_t>(Act::kOpenReader) - 1);
  return (writer->*kVerbs[static_cast<size_t>(act) - 1])(dice);
}

bool Simulation::DoReader(Act act, int who, Dice dice) {
  Reader* const reader = reader_at_[who];
  if (act == Act::kOpenReader || reader == nullptr) return OpenReader(who, dice);
  if (!reader->usable() && dice.OneIn(2)) return OpenReader(who, dice);
  using Verb = bool (Reader::*)(Dice);
  constexpr Verb kVerbs[] = {&Reader::Take, &Reader::TakeNow, &Reader::AwaitTail, &Reader::Cancel,
                             &Reader::Drop};
  constexpr auto kFirst = static_cast<size_t>(Act::kTake);
  static_assert(std::size(kVerbs) == static_cast<size_t>(Act::kForeignBatch) - kFirst);
  return (reader->*kVerbs[static_cast<size_t>(act) - kFirst])(dice);
}

bool Simulation::OpenWriter(int who, Dice dice) {
  Writer* const predecessor = writer_at_[who];
  if (predecessor != nullptr) predecessor->Destroy();
  const int id = static_cast<int>(writers_.size());
  writers_.push_back(
      std::make_unique<Writer>(&world_, &server_, &ledger_, id, predecessor, dice.Fork(0)));
  writer_at_[who] = writers_.back().get();
  return true;
}

bool Simulation::OpenReader(int who, Dice dice) {
  if (reader_at_[who] != nullptr) reader_at_[who]->Destroy();
  const int id = static_cast<int>(readers_.size());
  readers_.push_back(std::make_unique<Reader>(&world_, &server_, id, dice.Fork(0)));
  reader_at_[who] = readers_.back().get();
  return true;
}

// Some are the very bytes of a batch of ours.
void Simulation::AppendForeign(Dice dice) {
  const std::string key = absl::StrCat("x.", foreign_++);
  v1::AppendInput input = MakeInput({MakeRecord(key)});
  if (const Input twin = dice.OneIn(4) ? ledger_.Pick(dice) : nullptr) {
    *input.mutable_records() = twin->records();
  }
  if (dice.OneIn(2)) input.set_fencing_token(std::string(server_.stream()->known_token()));
  if (dice.OneIn(8)) *input.add_records() = MakeFenceRecord(dice.OneIn(2) ? "" : key);
  if (dice.OneIn(4)) {
    *input.add_records() = MakeTrimRecord(dice.OneIn(4) ? ~uint64_t{0} : dice.Pick(30));
  }
  server_.AppendForeign(std::make_shared<const v1::AppendInput>(std::move(input)));
}

bool Simulation::DoFault(Act act, int who, Dice dice) {
  switch (act) {
    case Act::kRefuse:
      return server_.Refuse(dice.UpTo(absl::Seconds(3))), true;
    case Act::kRestart:
      return server_.Restart(), true;
    case Act::kDelete:
      return server_.Delete(dice.UpTo(absl::Seconds(2))), true;
    case Act::kTrim:
      return server_.Trim(), true;
    case Act::kExpire:
      return server_.Expire(), true;
    case Act::kMute:
      return server_.Mute(dice.UpTo(absl::Seconds(60))), true;
    case Act::kHangUp:
      return server_.HangUp(dice.UpTo(absl::Seconds(10))), true;
    case Act::kSlowReader:
      return reader_at_[0] != nullptr && reader_at_[0]->Pause(dice);
    default:
      break;
  }
  const bool reader = act != Act::kStickWrites && act != Act::kWithholdAcks && dice.OneIn(3);
  const std::shared_ptr<Connection> connection = Pick(who, dice, reader);
  if (connection == nullptr) return false;
  switch (act) {
    case Act::kCut:
      return connection->Cut(), true;
    case Act::kFreeze: {
      const uint64_t ways = dice.Draw(1, 3);
      return connection->Freeze((ways & 1) != 0, (ways & 2) != 0), true;
    }
    case Act::kStickWrites:
      return connection->StickWrites(), true;
    case Act::kWithholdAcks:
      return connection->WithholdAcks(), true;
    case Act::kLie:
      return connection->Lie(), true;
    case Act::kLeave:
      return server_.Leave(*connection), true;
    case Act::kError:
      return Fail(*connection, reader, dice), true;
    default:
      return false;
  }
}

// Now, or when somebody next gives occasion.
void Simulation::Fail(Connection& connection, bool reader, Dice dice) {
  const absl::Status error = DrawError(dice);
  if (world_.tracing()) world_.Log("  ", error.ToString());
  if (reader) {
    if (dice.OneIn(2)) return server_.FailReadOpen(error);
    return server_.End(connection, error);
  }
  if (dice.OneIn(3)) return server_.FailAppendOpen(error);
  server_.FailInput(error);
}

std::shared_ptr<Connection> Simulation::Pick(int who, Dice& dice, bool reader) {
  if (reader) {
    const Reader* const picked = reader_at_[dice.Pick(kPlaces)];
    return picked == nullptr ? nullptr : picked->link().current();
  }
  return writer_at_[who] == nullptr ? nullptr : writer_at_[who]->link().current();
}

}  // namespace s2::simulation
