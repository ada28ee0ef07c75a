// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What the quickstart does to a stream that is not its own alone, and to one that fails.

#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/examples-run/quickstart.h"

namespace s2::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST_F(QuickstartOnServer, CreatesBasinAndStream) {
  ExpectOk(RunProgram(OnServer({MakeFile("a\n")})), 0, 1, "a\n");
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 1);
}

TEST_F(QuickstartOnServer, CreatesTheStreamInABasinThatExists) {
  EXPECT_TRUE(client_.CreateBasin(stream_.basin()).ok());
  ExpectOk(RunProgram(OnServer({MakeFile("a\n")})), 0, 1, "a\n");
}

TEST_F(QuickstartOnServer, KeepsTheConfigurationOfWhatExists) {
  rpc::v1::BasinConfig basin;
  basin.set_create_stream_on_append(true);
  EXPECT_TRUE(client_.CreateBasin(stream_.basin(), basin).ok());
  rpc::v1::StreamConfig config;
  config.mutable_retention_policy()->set_age(77);
  const s2::Basin handle = client_.Basin(stream_.basin());
  EXPECT_TRUE(handle.CreateStream(stream_.name(), config).ok());
  ExpectOk(RunProgram(OnServer({MakeFile("a\n")})), 0, 1, "a\n");
  EXPECT_TRUE(client_.GetBasinConfig(stream_.basin())->create_stream_on_append());
  EXPECT_EQ(handle.GetStreamConfig(stream_.name())->retention_policy().age(), 77);
}

TEST_F(QuickstartOnServer, ReadsItsOwnRecordsOnly) {
  const std::string first = MakeLines(3000);
  ExpectOk(RunProgram(OnServer({MakeFile(first)})), 0, 3000, first);
  ExpectOk(RunProgram(OnServer({MakeFile("again\n")})), 3000, 3001, "again\n");
  ExpectOk(RunProgram(OnServer({MakeFile("")})), 3001, 3001, "");
}

TEST_F(QuickstartOnServer, LetsOthersWriteBetween) {
  CreateStream();
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  pipe.Write("a\n");
  AwaitRecords(1);
  EXPECT_TRUE(stream_.Append(MakeInput({MakeRecord("not ours")})).ok());
  pipe.Write("b\n");
  AwaitRecords(3);
  EXPECT_TRUE(stream_.Append(MakeInput({MakeRecord("not ours")})).ok());
  pipe.Close();
  ExpectOk(program.Wait(), 0, 3, "a\nb\n");
}

TEST_F(QuickstartOnServer, CountsABatchThatWasSentTwiceOnce) {
  const FaultHandle fault =
      emulator_.faults().Add(FaultMatch::Message("AppendSession", 1), FaultAction::CutAfter());
  const std::string text = MakeLines(3000);
  const Ended ended = RunProgram(OnServer({MakeFile(text)}));
  EXPECT_EQ(fault.fired(), 1);
  EXPECT_GT(stream_.CheckTail()->seq_num(), 3000);
  // From where depends on whether the batch before it was acked in time.
  EXPECT_EQ(ended.exit_code, 0);
  const std::string line = OkLine(0, stream_.CheckTail()->seq_num(), text);
  EXPECT_THAT(ended.out, HasSubstr("\nok 3000 records, seq_num "));
  EXPECT_THAT(ended.out, EndsWith(line.substr(line.find(".."))));
}

TEST_F(QuickstartOnServer, SaysSoWhenSomethingElseComesBack) {
  emulator_.faults().Add(FaultMatch::Message("ReadSession"),
                         FaultAction::MutateBatch([](v1::ReadBatch& batch) {
                           if (batch.records().empty()) return;
                           batch.mutable_records(0)->set_body("wrong");
                         }),
                         Fault::kAlways);
  ExpectError(RunProgram(OnServer({MakeFile("right\n")})),
              "what was read back differs from what was sent: 1 records");
}

TEST_F(QuickstartOnServer, EndsThoughMoreInputMayComeWhenReadingFails) {
  FaultMatch data = FaultMatch::Message("ReadSession");
  emulator_.faults().Add(
      data, FaultAction::FailBefore(MakeError(ErrorCode::kPermissionDenied, "no more reading")));
  Pipe pipe;
  Program program(OnServer(), {pipe.out()});
  pipe.Write("a\n");
  ExpectError(program.Wait(), "no more reading");
}

TEST_F(QuickstartOnServer, SaysWhyWhenAppendingFails) {
  emulator_.faults().Add(
      FaultMatch::Message("AppendSession"),
      FaultAction::FailBefore(MakeError(ErrorCode::kPermissionDenied, "no more writing")));
  ExpectError(RunProgram(OnServer({MakeFile(MakeLines(5000))})), "no more writing");
}

}  // namespace
}  // namespace s2::testing
