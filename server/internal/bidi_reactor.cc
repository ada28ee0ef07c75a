// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/bidi_reactor.h"

#include <grpcpp/support/byte_buffer.h>

#include "s2/server/internal/message_size.h"
#include "s2/v1/s2.pb.h"

namespace s2::server {

template <typename Input, typename Message>
void BidiReactor<Input, Message>::StartInputs() {
  {
    absl::MutexLock lock(&mu_);
    inputs_ = Inputs::kReading;
  }
  this->StartRead(&input_);
}

template <typename Input, typename Message>
void BidiReactor<Input, Message>::OnReadDone(bool ok) {
  bool stopped;
  bool drop;
  {
    absl::MutexLock lock(&mu_);
    stopped = stop_.has_value();
    drop = stopped || this->ending_locked();
    inputs_ = !ok ? Inputs::kEnded : drop ? Inputs::kUnread : Inputs::kHere;
  }
  if (!ok) {
    if (!stopped) OnInputsEnd();
    return;
  }
  if (drop) return ReadOn();
  this->meter().Received(MessageSize(input_));
  OnInput(input_);
  bool read;
  {
    absl::MutexLock lock(&mu_);
    inputs_ = Inputs::kUnread;
    stopped = stop_.has_value();
    SettleLocked();
    read = ToReadLocked();
  }
  if (stopped) OnInputsEnd();
  if (read) this->StartRead(&input_);
  this->Pump();
}

template <typename Input, typename Message>
bool BidiReactor<Input, Message>::TakeLocked() {
  if (stop_ || this->ending_locked()) return false;
  ++taken_;
  return true;
}

template <typename Input, typename Message>
bool BidiReactor<Input, Message>::ToReadLocked() {
  if (inputs_ != Inputs::kUnread || this->finished_locked() || !WantsInputLocked()) return false;
  inputs_ = Inputs::kReading;
  return true;
}

template <typename Input, typename Message>
void BidiReactor<Input, Message>::ReadOn() {
  {
    absl::MutexLock lock(&mu_);
    if (!ToReadLocked()) return;
    this->HoldLocked();
  }
  this->StartRead(&input_);
  this->Release();
}

template <typename Input, typename Message>
void BidiReactor<Input, Message>::StopLocked(const absl::Status& status) {
  if (!stop_) stop_ = status;
}

template <typename Input, typename Message>
void BidiReactor<Input, Message>::SettleLocked() {
  if (stop_ && inputs_ != Inputs::kHere && !OwesLocked()) this->EndLocked(*stop_);
}

template <typename Input, typename Message>
void BidiReactor<Input, Message>::Drain() {
  bool stopped = false;
  {
    absl::MutexLock lock(&mu_);
    switch (inputs_) {
      case Inputs::kNotYet:
        this->EndLocked(DrainingError(0));
        break;
      case Inputs::kUnread:
      case Inputs::kReading:
        stopped = !stop_;
        [[fallthrough]];
      case Inputs::kHere:  // OnReadDone does the rest
        StopLocked(DrainingError(taken_));
        SettleLocked();
        break;
      case Inputs::kEnded:  // the session ends by itself
        break;
    }
  }
  if (stopped) OnInputsEnd();
  this->Pump();
}

template class BidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;
template class BidiReactor<v1::AppendInput, v1::AppendAck>;

}  // namespace s2::server
