// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_SCRIPTED_SERVER_H_
#define S2_TESTING_SCRIPTED_SERVER_H_

#include <gmock/gmock.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/v1/s2.pb.h"

namespace s2::testing {

class ScriptedAppendSession;
class ScriptedReadSession;
class ScriptedStub;

// What happens on one AppendSession call, step by step, after the server accepted it. A step waits
// for its turn, and for what it needs from the client; steps may be added at any time, so a test
// holds back an ack by adding it later. When no step is left the call stays open, until the client
// half-closes it (then it ends with OK) or lets go of it. A cheap handle; thread safe.
class AppendScript {
 public:
  // The client sends a batch that matches; another fails the test, and the script goes on.
  AppendScript& Expect(::testing::Matcher<const v1::AppendInput&> batch);

  // The server acks [start, end); or with any ack, a wrong one too.
  AppendScript& Ack(uint64_t start, uint64_t end);
  AppendScript& Ack(v1::AppendAck ack);

  // The server ends the call; MakeError (retry/error.h) makes S2's errors.
  AppendScript& End(absl::Status status);

  // The connection drops.
  AppendScript& Drop();

 private:
  friend class ScriptedServer;
  explicit AppendScript(std::shared_ptr<ScriptedAppendSession> call) : call_(std::move(call)) {}

  std::shared_ptr<ScriptedAppendSession> call_;
};

// The same for one ReadSession call.
class ReadScript {
 public:
  // The server sends a batch; one without records is a heartbeat.
  ReadScript& Send(v1::ReadBatch batch);

  // It sends records with these bodies, numbered from `first` on.
  ReadScript& Send(uint64_t first, const std::vector<std::string>& bodies);

  // The server ends the call; OK: a limit of the request was met. If that is not count or bytes,
  // and the last batch did not tell the tail, the session opens one more call, to see whether
  // records before the tail are missing: expect that too.
  ReadScript& End(absl::Status status);

  // The connection drops.
  ReadScript& Drop();

 private:
  friend class ScriptedServer;
  explicit ReadScript(std::shared_ptr<ScriptedReadSession> call) : call_(std::move(call)) {}

  std::shared_ptr<ScriptedReadSession> call_;
};

// A server that plays a script, behind generated stubs: no gRPC call is made.
//
//   ScriptedServer server;
//   server.ExpectAppendSession()
//       .Expect(RecordBodies(ElementsAre("a"))).Ack(0, 1)
//       .Expect(RecordBodies(ElementsAre("b"))).Drop();
//   server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("b"))).Ack(1, 2);
//   const s2::Client client = *s2::MakeClient(server.stubs());
//
// The scripts of each kind are played in the order in which they were added, one a call. A call
// without a script fails the test and ends with FAILED_PRECONDITION, which is not retried. Unary
// calls are UNIMPLEMENTED: mock a Connection, or take the emulator.
//
// It is for clients of this library; of other reactors only for those that keep a hold as long as
// they use the call, since the removal of the last hold is all that a fake sees of a cancellation.
// Reactions come on threads of the library's own. Thread safe.
class ScriptedServer {
 public:
  ScriptedServer();
  // Fails the test for each script that was not opened, each batch that was expected and did not
  // come, and each that came and was not expected.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // The stub of the StreamService; the others are null. They may outlive the server.
  Stubs stubs() const;

  // The next call is accepted, and goes on as the script says. A read request that does not match
  // fails the test.
  AppendScript ExpectAppendSession();
  ReadScript ExpectReadSession(
      ::testing::Matcher<const rpc::v1::ReadRequest&> request = ::testing::_);

  // The next call is refused.
  void RefuseAppendSession(absl::Status status);
  void RefuseReadSession(absl::Status status);

  // Waits until all steps of all scripts have been played. False: not within `timeout` of real
  // time.
  bool WaitPlayed(absl::Duration timeout = absl::Seconds(10)) const;

 private:
  const std::shared_ptr<ScriptedStub> stub_;
};

}  // namespace s2::testing

#endif  // S2_TESTING_SCRIPTED_SERVER_H_
