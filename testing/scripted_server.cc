// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/testing/scripted_server.h"

#include "s2/retry/clock.h"
#include "s2/testing/answers.h"
#include "s2/testing/internal/scripted_stub.h"

namespace s2::testing {
namespace {

template <typename Call>
void Expect(Call& call, ::testing::Matcher<const v1::AppendInput&> batch) {
  call.Add({Call::Step::Kind::kExpect, std::move(batch), {}, {}});
}

template <typename Call, typename Output>
void Answer(Call& call, Output output) {
  call.Add({Call::Step::Kind::kAnswer, ::testing::_, std::move(output), {}});
}

template <typename Call>
void End(Call& call, absl::Status status) {
  call.Add({Call::Step::Kind::kEnd, ::testing::_, {}, std::move(status)});
}

// As gRPC reports it.
absl::Status Dropped() { return absl::UnavailableError("Connection reset by peer"); }

}  // namespace

AppendScript& AppendScript::Expect(::testing::Matcher<const v1::AppendInput&> batch) {
  testing::Expect(*call_, std::move(batch));
  return *this;
}

AppendScript& AppendScript::Ack(uint64_t start, uint64_t end) { return Ack(MakeAck(start, end)); }

AppendScript& AppendScript::Ack(v1::AppendAck ack) {
  Answer(*call_, std::move(ack));
  return *this;
}

AppendScript& AppendScript::End(absl::Status status) {
  testing::End(*call_, std::move(status));
  return *this;
}

AppendScript& AppendScript::Drop() { return End(Dropped()); }

ReadScript& ReadScript::Send(v1::ReadBatch batch) {
  Answer(*call_, std::move(batch));
  return *this;
}

ReadScript& ReadScript::Send(uint64_t first, const std::vector<std::string>& bodies) {
  return Send(MakeReadBatch(first, bodies));
}

ReadScript& ReadScript::End(absl::Status status) {
  testing::End(*call_, std::move(status));
  return *this;
}

ReadScript& ReadScript::Drop() { return End(Dropped()); }

ScriptedServer::ScriptedServer() : stub_(std::make_shared<ScriptedStub>()) {}

ScriptedServer::~ScriptedServer() {
  stub_->appends.Verify();
  stub_->reads.Verify();
}

Stubs ScriptedServer::stubs() const {
  Stubs stubs;
  stubs.stream = stub_;
  return stubs;
}

AppendScript ScriptedServer::ExpectAppendSession() {
  return AppendScript(stub_->appends.Add(std::make_shared<ScriptedAppendSession>()));
}

ReadScript ScriptedServer::ExpectReadSession(
    ::testing::Matcher<const rpc::v1::ReadRequest&> request) {
  return ReadScript(stub_->reads.Add(std::make_shared<ScriptedReadSession>(std::move(request))));
}

void ScriptedServer::RefuseAppendSession(absl::Status status) {
  ExpectAppendSession().call_->Refuse(std::move(status));
}

void ScriptedServer::RefuseReadSession(absl::Status status) {
  ExpectReadSession().call_->Refuse(std::move(status));
}

bool ScriptedServer::WaitPlayed(absl::Duration timeout) const {
  const absl::Time deadline = Clock::System()->Now() + timeout;
  const bool appends = stub_->appends.WaitPlayed(deadline);
  return stub_->reads.WaitPlayed(deadline) && appends;
}

}  // namespace s2::testing
