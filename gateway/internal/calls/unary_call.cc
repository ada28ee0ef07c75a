// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/unary_call.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/internal/http2/compression.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"

namespace s2::gateway {

grpc::ServerUnaryReactor* UnaryCall::Start(std::shared_ptr<Core> core,
                                           grpc::CallbackServerContext* context,
                                           UnaryExchange exchange) {
  const std::shared_ptr<UnaryCall> call(
      new UnaryCall(std::move(core), context, std::move(exchange)));
  call->Open();
  return call.get();
}

void UnaryCall::Open() {
  if (!Enter()) return;
  if (!exchange_.request.ok()) return End(exchange_.request.status());
  const absl::Duration timeout = exchange_.timeout;
  const auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
  std::optional<absl::Status> given_up;
  {
    // GiveUp and the events of the stream wait for this lock, and so find the stream set.
    absl::MutexLock lock(&mu_);
    given_up = given_up_;
    if (!given_up) {
      timer_ = core_->clock().CallAt(
          core_->clock().Now() + timeout, [weak = std::weak_ptr<UnaryCall>(self), timeout] {
            const auto call = weak.lock();
            if (call == nullptr) return;
            call->GiveUp(MakeError(
                ErrorCode::kUpstreamTimeout,
                absl::StrCat("S2 did not answer within ", absl::FormatDuration(timeout))));
          });
      const bool no_body = exchange_.request->no_body;
      stream_ = core_->http().Open(*std::move(exchange_.request), self);
      if (!no_body) stream_->Write(std::move(exchange_.body), true);
    }
  }
  if (given_up) End(*given_up);
}

void UnaryCall::OnData(const uint8_t* data, size_t size) {
  held_.Add(size);
  if (held_.bytes() > kMaxAnswerBytes) {
    return GiveUp(MakeError(ErrorCode::kInvalidAnswer,
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
  std::shared_ptr<http2::Stream> stream;
  {
    absl::MutexLock lock(&mu_);
    timer_ = nullptr;
    stream = std::move(stream_);
    if (!status.ok() && given_up_) {
      verdict = GetErrorInfo(status).not_sent() ? NotSent(*given_up_) : *given_up_;
    }
  }
  if (verdict.ok()) verdict = Answer();
  if (GetErrorCode(verdict) == ErrorCode::kServerDraining) {
    stream->RetireConnection(/*advised=*/false);
  }
  End(core_->OnEnd(WithReconnect(verdict, 0)));
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

void UnaryCall::GiveUp(const absl::Status& status) {
  std::shared_ptr<http2::Stream> stream;
  {
    absl::MutexLock lock(&mu_);
    if (given_up_) return;
    given_up_ = status;
    stream = stream_;
  }
  if (stream != nullptr) stream->Cancel();
}

}  // namespace s2::gateway
