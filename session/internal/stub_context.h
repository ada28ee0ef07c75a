// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_STUB_CONTEXT_H_
#define S2_SESSION_INTERNAL_STUB_CONTEXT_H_

#include <grpcpp/client_context.h>

#include <map>
#include <optional>
#include <string>

#include "s2/wire/metadata.h"

namespace s2::internal {

// The context of each call that the library makes on a generated stub. gRPC shows nobody what
// metadata a context sends, and lets only a server answer with some; a stub that stands in for a
// server in a test casts the context that it gets to this one and does both here.
class StubContext : public grpc::ClientContext {
 public:
  // Instead of gRPC's, which it calls.
  void AddMetadata(const std::string& key, const std::string& value) {
    metadata_.emplace(key, value);
    grpc::ClientContext::AddMetadata(key, value);
  }
  // All that AddMetadata has added.
  const std::multimap<std::string, std::string>& metadata() const { return metadata_; }

  // The initial metadata, which have come, say that the server has accepted a session.
  bool accepted() const {
    if (accepted_) return *accepted_;
    return GetServerInitialMetadata().count(wire::kAcceptedKey) > 0;
  }
  // For a stub that has no initial metadata.
  void set_accepted(bool accepted) { accepted_ = accepted; }

 private:
  std::multimap<std::string, std::string> metadata_;
  std::optional<bool> accepted_;
};

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_STUB_CONTEXT_H_
