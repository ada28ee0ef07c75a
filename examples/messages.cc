// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Writes Protobuf messages to a stream and reads them back.

#include <google/protobuf/struct.pb.h>

#include <iostream>
#include <utility>

#include "s2/examples/run_example.h"
#include "s2/message/message_reader.h"
#include "s2/message/message_writer.h"

namespace {

using Order = google::protobuf::Struct;

absl::Status WriteOrders(const s2::Stream& stream) {
  absl::StatusOr<s2::AppendSession> session = stream.OpenAppendSession();
  if (!session.ok()) return session.status();
  // Numbered from 0 on, so that readers drop what a retry appended twice.
  s2::MessageWriterOptions options;
  options.first_dedupe_seq = 0;
  auto writer = s2::MessageWriter<Order>::Make(*std::move(session), options);
  if (!writer.ok()) return writer.status();
  for (const char* item : {"tea", "cake"}) {
    Order order;
    (*order.mutable_fields())["item"].set_string_value(item);
    const absl::StatusOr<s2::MessageTicket> ticket = writer->Write(order);
    if (!ticket.ok()) return ticket.status();
  }
  return writer->session().Close();
}

absl::Status WriteAndRead(const s2::Stream& stream) {
  if (absl::Status s = WriteOrders(stream); !s.ok()) return s;
  s2::rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_wait(0);
  absl::StatusOr<s2::ReadSession> session = stream.OpenReadSession(request);
  if (!session.ok()) return session.status();
  auto reader = s2::MessageReader<Order>::Make(*std::move(session));
  if (!reader.ok()) return reader.status();
  for (const s2::Message<Order>& order : *reader) {
    std::cout << order.seq_num << ": " << order.value.fields().at("item").string_value() << "\n";
  }
  return reader->status();
}

}  // namespace

int main(int argc, char** argv) { return examples::RunExample(argc, argv, WriteAndRead); }
