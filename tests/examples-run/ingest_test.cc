// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The ingest service, as its callers meet it.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ingest.grpc.pb.h"
#include "s2/tests/examples-run/examples.h"

namespace s2::testing {
namespace {

class IngestTest : public Examples {
 protected:
  IngestTest() {
    command_.push_back(address_);
    program_.emplace(command_);
  }

  // Sends `count` events of this size, until the call is over; returns how many writes went
  // through.
  int Send(int count, size_t bytes, absl::Duration timeout) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    const auto writer = stub_->Send(&context, &receipt_);
    examples::Event event;
    int written = 0;
    for (; written < count; ++written) {
      event.set_body(absl::StrCat(written));
      event.mutable_body()->resize(bytes, '.');
      if (!writer->Write(event)) break;
    }
    writer->WritesDone();
    status_ = writer->Finish();
    return written;
  }

  const std::string address_ = absl::StrCat("unix:", ::testing::TempDir(), "s2-ingest-", getpid());
  std::vector<std::string> command_ = Command("ingest");
  std::optional<Program> program_;
  const std::unique_ptr<examples::IngestService::Stub> stub_ = examples::IngestService::NewStub(
      grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
  examples::Receipt receipt_;
  grpc::Status status_;
};

TEST_F(IngestTest, AnswersWhenAllIsDurable) {
  EXPECT_EQ(Send(100, 3, absl::Seconds(30)), 100);
  EXPECT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_EQ(receipt_.events(), 100);
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 100);
  rpc::v1::ReadRequest request;
  request.set_seq_num(99);
  EXPECT_EQ(stream_.Read(request)->records(0).body(), "99.");
}

TEST_F(IngestTest, ACallerWaitsWhileNothingIsAcked) {
  const FaultHandle no_acks = emulator_.faults().Add(FaultMatch::Message("AppendSession"),
                                                     FaultAction::Withhold(), Fault::kAlways);
  // Each meters 64 KiB, and the session takes 5 MiB; the rest of what is written is in gRPC's
  // windows.
  const int written = Send(1000, 64 * 1024 - 8, absl::Seconds(3));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 80);
  EXPECT_LT(written, 500);
  EXPECT_TRUE(no_acks.WaitFired(1));
}

TEST_F(IngestTest, AnEventThatIsTooLargeIsRefused) {
  Send(1, 64 * 1024, absl::Seconds(30));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status_.error_message();
  EXPECT_EQ(stream_.CheckTail()->seq_num(), 0);
}

}  // namespace
}  // namespace s2::testing
