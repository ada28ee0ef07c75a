// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/tests/gateway/unary_harness.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "s2/gateway/internal/calls/services.h"
#include "s2/gateway/internal/http2/slices.h"
#include "s2/retry/grpc_status.h"
#include "s2/tests/gateway/proto_text.h"

namespace s2::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::TextFormat;

const google::protobuf::MethodDescriptor& FindMethod(const std::string& method) {
  const auto* found =
      DescriptorPool::generated_pool()->FindMethodByName(absl::StrCat("s2.rpc.v1.", method));
  EXPECT_NE(found, nullptr) << method;
  return *found;
}

std::unique_ptr<Message> MakeMessage(const Descriptor* type, const std::string& text) {
  std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(type)->New());
  EXPECT_TRUE(TextFormat::ParseFromString(text, message.get())) << text;
  return message;
}

GatewayOptions WithEndpoint(GatewayOptions options) {
  options.upstream.account = {"s2.example", 443, /*tls=*/true};
  return options;
}

}  // namespace

std::string NormalResponse(const std::string& method, const std::string& text) {
  return ShortText(*MakeMessage(FindMethod(method).output_type(), text));
}

UnaryClientCall::UnaryClientCall(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& method, const std::string& request) {
  response_message_ = MakeMessage(FindMethod(method).output_type(), "");
  const grpc::Slice slice(
      MakeMessage(FindMethod(method).input_type(), request)->SerializeAsString());
  request_ = grpc::ByteBuffer(&slice, 1);
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context_.AddMetadata("s2-basin", "basin-one");
  context_.AddMetadata("s2-stream", "a%2Fb");
  context_.AddMetadata("authorization", "Bearer secret");
  grpc::GenericStub(channel).UnaryCall(
      &context_, absl::StrCat("/s2.rpc.v1.", absl::StrReplaceAll(method, {{".", "/"}})), {},
      &request_, &response_, [this](const grpc::Status& status) {
        absl::MutexLock lock(&mu_);
        status_ = FromGrpc(status);
      });
}

UnaryClientCall::~UnaryClientCall() {
  Cancel();
  (void)Wait();
}

absl::StatusOr<std::string> UnaryClientCall::Wait() {
  {
    const auto done = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return status_.has_value(); };
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done));
    if (!status_->ok()) return *status_;
  }
  http2::Slices slices;
  EXPECT_TRUE(response_.Dump(&slices).ok());
  EXPECT_TRUE(response_message_->ParseFromString(http2::Join(slices)));
  return ShortText(*response_message_);
}

UnaryHarness::UnaryHarness(GatewayOptions options)
    : http_(new FakeHttp),
      core_(std::make_shared<Core>(WithEndpoint(std::move(options)),
                                   std::unique_ptr<http2::Client>(http_), clock_,
                                   std::make_shared<server::HeldBytes>(0))),
      server_(MakeServices(core_)) {
  EXPECT_TRUE(server_.Start("", nullptr).ok());
  channel_ = server_.InProcessChannel({}, {});
}

UnaryHarness::~UnaryHarness() {
  http_->CloseAll();
  core_->Stop();
}

std::unique_ptr<UnaryClientCall> UnaryHarness::Call(const std::string& method,
                                                    const std::string& request) {
  return std::make_unique<UnaryClientCall>(channel_, method, request);
}

}  // namespace s2::gateway
