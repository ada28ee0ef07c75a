// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Servers that die and networks that break, under load: every acked record is there, in order, once
// where the policy promises it; every "no effect" is true; every ticket resolves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "s2/tests/faults/proxy.h"
#include "s2/tests/lite/lite.h"
#include "s2/tests/lite/load.h"

namespace s2::lite {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using testing::Proxy;

// A way to append, on a stream of its own.
struct Way {
  const char* name;
  AppendRetryPolicy policy;
  bool fence;
  int writers;
  bool may_repeat;  // a record may be there twice
  bool dies;        // a failure may end a session
};

constexpr Way kWays[] = {
    {"at-least-once", AppendRetryPolicy::kAtLeastOnce, false, 3, true, false},
    {"at-most-once", AppendRetryPolicy::kAtMostOnce, false, 3, false, true},
    {"exactly-once", AppendRetryPolicy::kExactlyOnce, false, 1, false, false},
    {"fenced", AppendRetryPolicy::kExactlyOnce, true, 1, false, false},
};

AppendSessionOptions Options(const Way& way, absl::Duration ack_timeout) {
  AppendSessionOptions options;
  options.policy = way.policy;
  options.exactly_once.fence = way.fence;
  options.retry.budget = RetryBudget::Elapsed(absl::Minutes(2));
  options.max_unacked_batches = 50;
  options.ack_timeout = ack_timeout;
  return options;
}

// Writers and a follower of one stream.
class StreamLoad {
 public:
  StreamLoad(const Way& way, const s2::Stream& stream, absl::Duration ack_timeout)
      : way_(way), follower_(stream) {
    for (int i = 0; i < way.writers; ++i) {
      writers_.push_back(
          std::make_unique<Writer>(stream, absl::StrCat(way.name, i), Options(way, ack_timeout)));
    }
  }

  const std::vector<std::unique_ptr<Writer>>& writers() const { return writers_; }

  // Ends it, and compares what it was told with what the stream holds.
  void Check(const s2::Stream& stream) {
    SCOPED_TRACE(way_.name);
    std::vector<std::vector<Outcome>> outcomes;
    for (const auto& writer : writers_) {
      outcomes.push_back(writer->Finish());
      if (way_.dies) {
        EXPECT_THAT(writer->failures(), Not(IsEmpty())) << "it has felt nothing";
      } else {
        EXPECT_THAT(writer->failures(), IsEmpty());
      }
    }
    const std::vector<std::string> all = ReadAll(stream);
    for (const auto& of_one : outcomes) Verify(all, of_one, way_.may_repeat);
    EXPECT_TRUE(follower_.Take(all.size()) == all);
  }

 private:
  const Way way_;
  Follower follower_;
  std::vector<std::unique_ptr<Writer>> writers_;
};

// All ways at once, each through a client of its own.
class Load {
 public:
  Load(const Lite& lite, const std::string& endpoint, absl::Duration ack_timeout = absl::Seconds(5))
      : direct_(MustConnect(lite.endpoint())) {
    for (const Way& way : kWays) {
      MakeStream(direct_, way.name);
      const Client client = MustConnect(endpoint);
      streams_.push_back(
          std::make_unique<StreamLoad>(way, client.Basin(kBasin).Stream(way.name), ack_timeout));
    }
  }

  // Waits for `n` acks more of each writer.
  void AwaitAcks(int n) {
    std::vector<std::pair<Writer*, int>> awaited;
    ForEach([&](Writer& writer) { awaited.emplace_back(&writer, writer.acks() + n); });
    for (const auto& [writer, acks] : awaited) writer->AwaitAcks(acks);
  }

  // Ends it; what it was told must be true.
  void Check() {
    ForEach([](Writer& writer) { writer.Stop(); });
    for (size_t i = 0; i < streams_.size(); ++i) {
      streams_[i]->Check(direct_.Basin(kBasin).Stream(kWays[i].name));
    }
  }

 private:
  void ForEach(absl::FunctionRef<void(Writer&)> what) const {
    for (const auto& stream : streams_) {
      for (const auto& writer : stream->writers()) what(*writer);
    }
  }

  const Client direct_;
  std::vector<std::unique_ptr<StreamLoad>> streams_;  // one for each of kWays
};

std::string Endpoint(const Proxy& proxy) { return absl::StrCat("http://127.0.0.1:", proxy.port()); }

TEST(FailureTest, TheServerIsKilledAndStartedAgain) {
  Lite lite({/*on_disk=*/true, ""});
  Load load(lite, lite.endpoint());
  for (int i = 0; i < 4; ++i) {
    load.AwaitAcks(100);
    lite.Kill();
    lite.Start();
  }
  load.AwaitAcks(100);
  load.Check();
}

TEST(FailureTest, TheServerIsKilledWhileMuchIsNotDurable) {
  Lite lite({/*on_disk=*/true, "3s"});
  Load load(lite, lite.endpoint(), /*ack_timeout=*/absl::Seconds(20));
  for (int i = 0; i < 2; ++i) {
    load.AwaitAcks(50);
    lite.Kill();
    lite.Start();
  }
  load.AwaitAcks(50);
  load.Check();
}

TEST(FailureTest, TheServerIsAwayForHalfAMinute) {
  Lite lite({/*on_disk=*/true, ""});
  Load load(lite, lite.endpoint());
  load.AwaitAcks(100);
  lite.Kill();
  absl::SleepFor(absl::Seconds(30));  // is what is tested: the time is the other process's
  lite.Start();
  load.AwaitAcks(100);
  load.Check();
}

TEST(FailureTest, ConnectionsBreakAfterAnyNumberOfBytes) {
  const Lite lite;
  Proxy proxy(lite.port());
  std::mt19937 random(1);
  proxy.CutAfter([&] { return std::uniform_int_distribution<size_t>(1, 100000)(random); });
  Load load(lite, Endpoint(proxy));
  proxy.AwaitCuts(100);
  proxy.CutAfter(nullptr);
  load.AwaitAcks(100);
  load.Check();
}

TEST(FailureTest, AConnectionHoldsBackItsBytesAndPassesThemOnLater) {
  const Lite lite;
  Proxy proxy(lite.port());
  Load load(lite, Endpoint(proxy), /*ack_timeout=*/absl::Seconds(1));
  for (int i = 0; i < 3; ++i) {
    load.AwaitAcks(100);
    proxy.StallConnections(Proxy::Stall::kBlock);
    load.AwaitAcks(100);  // on other connections
    proxy.Resume();
  }
  load.AwaitAcks(100);  // what was held back comes before
  load.Check();
}

}  // namespace
}  // namespace s2::lite
