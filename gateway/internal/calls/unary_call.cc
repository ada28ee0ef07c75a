// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/unary_call.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::gateway {

grpc::ServerUnaryReactor* UnaryCall::Start(std::shared_ptr<Core> core, UnaryExchange exchange) {
  std::shared_ptr<UnaryCall> call(new UnaryCall(std::move(core), std::move(exchange)));
  call->self_ = call;
  call->Open();
  return call.get();
}

void UnaryCall::Open() {
  if (!exchange_.request.ok()) return End(exchange_.request.status());
  const absl::StatusOr<uint64_t> id = core_->Enter(weak_from_this());
  if (!id.ok()) {
    return core_->calls().Refuse([self = self_, status = id.status()] { self->End(status); });
  }
  id_ = *id;
  // Cut and the events of the stream wait for this lock, and so find the stream set.
  absl::MutexLock lock(&mu_);
  if (cut_) return End(*cut_);
  const absl::Duration timeout = exchange_.timeout;
  timer_ = core_->clock().CallAt(core_->clock().Now() + timeout, [self = weak_from_this(),
                                                                  timeout] {
    auto call = self.lock();
    if (call == nullptr) return;
    call->Cut(MakeError(ErrorCode::kUpstreamTimeout,
                        absl::StrCat("S2 did not answer within ", absl::FormatDuration(timeout))));
  });
  const bool no_body = exchange_.request->no_body;
  stream_ = core_->http().Open(*std::move(exchange_.request), shared_from_this());
  if (!no_body) stream_->Write(std::move(exchange_.body), true);
}

void UnaryCall::OnData(const uint8_t* data, size_t size) {
  held_.Add(size);
  if (held_.bytes() > kMaxAnswerBytes) {
    return Cut(MakeError(ErrorCode::kInvalidAnswer,
                         absl::StrCat("the answer has more than ", kMaxAnswerBytes, " bytes")));
  }
  body_.emplace_back(data, size);
  std::shared_ptr<http2::Stream> stream;
  {
    absl::MutexLock lock(&mu_);
    stream = stream_;
  }
  stream->Consume(size);
}

void UnaryCall::OnClosed(const absl::Status& status) {
  absl::Status verdict = status;
  {
    absl::MutexLock lock(&mu_);
    timer_ = nullptr;
    stream_ = nullptr;
    if (!status.ok() && cut_) verdict = GetErrorInfo(status).not_sent() ? NotSent(*cut_) : *cut_;
  }
  End(verdict.ok() ? Answer() : verdict);
}

void UnaryCall::End(const absl::Status& status) {
  core_->meter().CallEnded(status);
  Finish(ToGrpc(status));
}

absl::Status UnaryCall::Answer() {
  const absl::string_view coding_name = http2::GetHeader(response_.headers, "content-encoding");
  const std::optional<http2::Coding> coding = http2::FindCoding(coding_name);
  absl::StatusOr<http2::Slices> body =
      coding ? http2::Decode(body_, *coding, kMaxAnswerBytes)
             : MakeError(ErrorCode::kInvalidAnswer,
                         absl::StrCat("content-encoding is ", Excerpt(coding_name),
                                      "; it must be gzip or zstd"));
  if (response_.status < 200 || response_.status > 299) {
    return ErrorFromResponse(response_, body.ok() ? http2::Join(*body) : "");
  }
  if (!body.ok()) return body.status();
  return exchange_.answer(response_, *std::move(body));
}

void UnaryCall::Cut(const absl::Status& status) {
  std::shared_ptr<http2::Stream> stream;
  {
    absl::MutexLock lock(&mu_);
    if (cut_) return;
    cut_ = status;
    stream = stream_;
  }
  if (stream != nullptr) stream->Cancel();
}

void UnaryCall::OnCancel() { Cut(absl::CancelledError("the client is gone")); }

void UnaryCall::Kill() { Cut(server::GoneError()); }

void UnaryCall::OnDone() {
  if (id_) core_->calls().Leave(*id_);
  self_.reset();
}

}  // namespace s2::gateway
