// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_TRANSPORT_H_
#define S2_SESSION_INTERNAL_TRANSPORT_H_

#include <memory>

#include "absl/status/status.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/v1/s2.pb.h"

// The seam between a session and gRPC: one streaming call, with verbs that start things and events
// that say they are done. Everything a session needs to know comes as a value, so that a fake can
// say it.
//
// Events of one call come on any thread and overlap one another, but never inside a verb. Nothing
// comes after OnDone, and after it no message passed to a verb is touched. A call keeps itself and
// its events alive until OnDone returned.
namespace s2::internal {

// What happens on a call.
class CallEvents {
 public:
  virtual ~CallEvents() = default;

  // The server accepted the session. At most once, and before any message. Until then nothing has
  // been sent.
  virtual void OnAccepted() = 0;

  // The Read is over: the message is there, or (false) there will be no more and OnDone follows.
  virtual void OnRead(bool ok) = 0;

  // The Write is over. Neither outcome says anything about the peer, except that the message may be
  // freed.
  virtual void OnWrite(bool ok) = 0;

  // The call is over; OK if the server ended it so. The status carries the server's ErrorInfo, if
  // it sent one.
  virtual void OnDone(const absl::Status& status) = 0;
};

// An AppendSession call. Verbs are thread safe; at most one Read and one Write may be under way.
// Once the call has ended or was cancelled, further verbs do nothing and have no event of their
// own.
class AppendCall {
 public:
  virtual ~AppendCall() = default;

  // Reads the next ack into `ack`, which lives until OnRead or OnDone. One must be under way for
  // the end of the call to be noticed.
  virtual void Read(v1::AppendAck* ack) = 0;

  // Writes `input`, which lives until OnWrite or OnDone. Serialises it in the caller's thread: not
  // under a lock. `more_follows`: another Write is certain to come from OnWrite, so this one may
  // wait for it.
  virtual void Write(const v1::AppendInput& input, bool more_follows) = 0;

  // No more writes: the server acks the rest and ends. Only without a Write under way.
  virtual void WritesDone() = 0;

  // Ends the call soon: OnDone comes, later.
  virtual void Cancel() = 0;

  // The same, because the peer has been silent for too long: its connection may be dead, and the
  // next call had better take another.
  virtual void Abandon() { Cancel(); }
};

// A ReadSession call; the same rules.
class ReadCall {
 public:
  virtual ~ReadCall() = default;
  // What `batch` holds is overwritten, and its memory used.
  virtual void Read(v1::ReadBatch* batch) = 0;
  virtual void Cancel() = 0;
  virtual void Abandon() { Cancel(); }
};

// Opens calls to one stream. Thread safe; outlives its calls. A call is under way when it is
// returned; if it cannot even begin (no token, no channel), that is an OnDone.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents> events) = 0;
  virtual std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                         std::shared_ptr<CallEvents> events) = 0;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_TRANSPORT_H_
