// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/message/frame_assembler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "s2/message/framing.h"
#include "s2/message/internal/u64.h"
#include "s2/retry/error.h"

namespace s2 {

absl::StatusOr<std::optional<Frame>> FrameAssembler::Push(v1::SequencedRecord& record) {
  if (absl::Status s = Begin(record); !s.ok()) {
    DropOpen("the record behind it has headers of a message that cannot be");
    return s;
  }
  if (!open_) return std::nullopt;
  if (records_left_ == 0) {
    DropOpen("it declares no records");
    return std::nullopt;
  }
  open_->end_seq_num = record.seq_num() + 1;
  open_->timestamp = record.timestamp();
  if (record.body().size() > bytes_ - open_->message.size()) {
    DropOpen("its parts are longer than it declares");
    return std::nullopt;
  }
  if (open_->message.empty()) {
    open_->message = std::move(*record.mutable_body());
  } else {
    open_->message += record.body();
  }
  if (--records_left_ > 0) return std::nullopt;
  if (open_->message.size() != bytes_) {
    DropOpen("its parts are shorter than it declares");
    return std::nullopt;
  }
  return std::exchange(open_, std::nullopt);
}

void FrameAssembler::DropOpen(absl::string_view reason) {
  if (!open_) return;
  const DroppedMessage dropped = {open_->seq_num, open_->end_seq_num, std::string(reason)};
  open_.reset();
  if (on_dropped_) on_dropped_(dropped);
}

absl::Status FrameAssembler::Begin(const v1::SequencedRecord& record) {
  std::optional<uint64_t> records, bytes;
  for (const v1::Header& header : record.headers()) {
    const bool counts_records = header.name() == kFrameRecordsHeader;
    if (!counts_records && header.name() != kFrameBytesHeader) continue;
    const absl::StatusOr<uint64_t> number = internal::DecodeU64(header, record.seq_num());
    if (!number.ok()) return number.status();
    (counts_records ? records : bytes) = *number;
  }
  if (!records || !bytes) return absl::OkStatus();
  DropOpen("another message begins before its last part");
  if (*bytes == 0 || *bytes > max_message_bytes_) {
    return MakeError(ErrorCode::kInvalid,
                     absl::StrCat("the message that begins at record ", record.seq_num(), " has ",
                                  *bytes, " bytes: 1 to ", max_message_bytes_));
  }
  open_.emplace();
  open_->seq_num = record.seq_num();
  open_->end_seq_num = record.seq_num() + 1;
  records_left_ = *records;
  bytes_ = *bytes;
  return absl::OkStatus();
}

}  // namespace s2
