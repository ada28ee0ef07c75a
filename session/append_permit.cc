// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/append_permit.h"

#include <utility>

#include "s2/retry/error.h"
#include "s2/retry/internal/forked.h"
#include "s2/session/internal/misuse.h"

namespace s2 {

AppendPermit& AppendPermit::operator=(AppendPermit&& other) noexcept {
  if (this == &other) return *this;
  Release();
  source_ = std::move(other.source_);
  bytes_ = other.bytes_;
  return *this;
}

AppendPermit::~AppendPermit() { Release(); }

absl::StatusOr<AppendTicket> AppendPermit::Submit(v1::AppendInput&& input) {
  if (source_ == nullptr) return MakeError(ErrorCode::kInvalid, "the permit is used up");
  if (internal::Forked()) return internal::ForkedError();
  absl::StatusOr<AppendTicket> ticket = source_->SubmitReserved({bytes_, input});
  if (ticket.ok()) source_ = nullptr;
  return ticket;
}

void AppendPermit::Release() {
  if (source_ == nullptr) return;
  if (internal::Forked()) return internal::Leak(std::exchange(source_, nullptr));
  std::exchange(source_, nullptr)->Release({bytes_});
}

void AppendReservation::Cancel() const {
  if (cancel_ == nullptr) internal::Misuse("an AppendReservation was used after it was moved from");
  if (!internal::Forked()) cancel_();
}

}  // namespace s2
