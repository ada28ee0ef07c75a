// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_INTERNAL_MAKE_SESSION_H_
#define S2_SESSION_INTERNAL_MAKE_SESSION_H_

#include <memory>
#include <string>

#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/runtime.h"
#include "s2/session/internal/transport.h"
#include "s2/session/read_session.h"

namespace s2::internal {

// A running session on `transport`. `name` says which stream, in errors and logs
// ("s2://basin/stream"). The options are valid.
AppendSession MakeAppendSession(const std::string& name, std::shared_ptr<Transport> transport,
                                const Runtime& runtime, const AppendSessionOptions& options);

// The same; the request is valid.
ReadSession MakeReadSession(const std::string& name, std::shared_ptr<Transport> transport,
                            const Runtime& runtime, const rpc::v1::ReadRequest& request,
                            const ReadSessionOptions& options);

}  // namespace s2::internal

#endif  // S2_SESSION_INTERNAL_MAKE_SESSION_H_
