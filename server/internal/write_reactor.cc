// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/server/internal/write_reactor.h"

#include <grpcpp/support/byte_buffer.h>

#include "s2/server/internal/message_size.h"
#include "s2/v1/s2.pb.h"
#include "s2/wire/metadata.h"

namespace s2::server {

template <typename Reactor, typename Message>
void WriteReactor<Reactor, Message>::Accept() {
  this->context().AddInitialMetadata(wire::kAcceptedKey, wire::kAcceptedValue);
  this->StartSendInitialMetadata();
  absl::MutexLock lock(&mu_);
  accepted_ = true;
}

template <typename Reactor, typename Message>
typename WriteReactor<Reactor, Message>::Next WriteReactor<Reactor, Message>::NextLocked() {
  return accepted_ ? NextMessageLocked(message_) : Next::kNone;
}

template <typename Reactor, typename Message>
void WriteReactor<Reactor, Message>::Write(bool more) {
  if (const absl::Status ready = PrepareMessage(message_); !ready.ok()) {
    {
      absl::MutexLock lock(&mu_);
      this->WrittenLocked();
      this->CutLocked(ready);
    }
    return this->Pump();
  }
  this->meter().Sent(MessageSize(message_));
  grpc::WriteOptions options;
  if (more) options.set_buffer_hint();
  this->StartWrite(&message_, options);
}

template <typename Reactor, typename Message>
void WriteReactor<Reactor, Message>::OnWriteDone(bool ok) {
  message_.Clear();
  OnWritten();
  {
    absl::MutexLock lock(&mu_);
    this->WrittenLocked();
    if (!ok) this->CutLocked(absl::CancelledError("the client is gone"));
  }
  ReadOn();
  this->Pump();
}

template class WriteReactor<grpc::ServerWriteReactor<grpc::ByteBuffer>, grpc::ByteBuffer>;
template class WriteReactor<grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                            grpc::ByteBuffer>;
template class WriteReactor<grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>, v1::AppendAck>;

}  // namespace s2::server
