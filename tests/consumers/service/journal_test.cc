// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The service without a server.

#include "journal.h"

#include <gmock/gmock.h>

#include "s2/client/client.h"
#include "s2/client/make_client_from_stubs.h"
#include "s2/testing/matchers.h"
#include "s2/testing/scripted_server.h"

namespace {

using ::s2::testing::RecordBodies;
using ::testing::ElementsAre;

TEST(JournalTest, TellsWhereALineIs) {
  s2::testing::ScriptedServer server;
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("hello"))).Ack(7, 8);
  const s2::Client client = *s2::MakeClient(server.stubs());
  Journal journal(*client.Basin("my-basin").Stream("my-stream").OpenAppendSession());
  EXPECT_EQ(*journal.Write("hello"), 7u);
}

TEST(JournalTest, BearsABrokenConnection) {
  s2::testing::ScriptedServer server;
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("hello"))).Drop();
  server.ExpectAppendSession().Expect(RecordBodies(ElementsAre("hello"))).Ack(7, 8);
  const s2::Client client = *s2::MakeClient(server.stubs());
  Journal journal(*client.Basin("my-basin").Stream("my-stream").OpenAppendSession());
  EXPECT_EQ(*journal.Write("hello"), 7u);
}

}  // namespace
