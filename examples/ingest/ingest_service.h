// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_EXAMPLES_INGEST_INGEST_SERVICE_H_
#define S2_EXAMPLES_INGEST_INGEST_SERVICE_H_

#include <optional>

#include "ingest.grpc.pb.h"
#include "s2/record/record.h"
#include "s2/retry/grpc_status.h"
#include "s2/session/append_session.h"

namespace examples {

// One call. At any time it waits for one thing: room in the session, an event, or the last ack.
class Receiver : public grpc::ServerReadReactor<Event> {
 public:
  Receiver(s2::AppendSession& session, Receipt* receipt) : session_(session), receipt_(receipt) {
    Reserve();
  }

 private:
  static constexpr size_t kMaxEventBytes = 64 * 1024;  // metered
  void Reserve() {
    session_.ReserveAsync(kMaxEventBytes, [this](absl::StatusOr<s2::AppendPermit> permit) {
      if (!permit.ok()) return Finish(s2::ToGrpc(permit.status()));
      permit_ = *std::move(permit);
      StartRead(&event_);
    });
  }
  void OnReadDone(bool ok) override {
    if (!ok) {
      return session_.FlushAsync(absl::InfiniteFuture(),
                                 [this](const absl::Status& s) { Finish(s2::ToGrpc(s)); });
    }
    const auto ticket = permit_->Submit(s2::MakeInput({s2::MakeRecord(event_.body())}));
    if (!ticket.ok()) return Finish(s2::ToGrpc(ticket.status()));
    receipt_->set_events(receipt_->events() + 1);
    Reserve();
  }
  void OnDone() override { delete this; }
  s2::AppendSession& session_;
  Receipt* const receipt_;
  Event event_;
  std::optional<s2::AppendPermit> permit_;
};

class Ingest : public IngestService::CallbackService {
 public:
  explicit Ingest(s2::AppendSession session) : session_(std::move(session)) {}
  grpc::ServerReadReactor<Event>* Send(grpc::CallbackServerContext*, Receipt* receipt) override {
    return new Receiver(session_, receipt);
  }

 private:
  s2::AppendSession session_;  // of all callers
};

}  // namespace examples

#endif  // S2_EXAMPLES_INGEST_INGEST_SERVICE_H_
