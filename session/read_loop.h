// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_SESSION_READ_LOOP_H_
#define S2_SESSION_READ_LOOP_H_

#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "s2/session/read_result.h"
#include "s2/v1/s2.pb.h"

// Loops over a read session; ReadSession makes them.
namespace s2 {

class ReadSessionConnection;

namespace internal {

// What a ReadSession and the ranges over it share: the connection, which lives as long as one of
// them does, and how far the loop is. For one thread at a time, but for connection().
class ReadLoop {
 public:
  explicit ReadLoop(std::unique_ptr<ReadSessionConnection> connection);
  // If the loop has ended with an error that nobody has asked for, the connection is told.
  ~ReadLoop();

  ReadSessionConnection& connection() const { return *connection_; }

  // Begins the loop. A second time ends the process.
  void Begin();
  // Goes on to the next batch. False: there is none, and status() says why.
  bool Next();
  // The batch that Next went on to.
  const ReadResult& current() const { return current_; }

  // Why the loop has ended.
  const absl::Status& status() {
    seen_ = true;
    return status_;
  }

 private:
  const std::unique_ptr<ReadSessionConnection> connection_;

  bool begun_ = false;
  ReadResult current_;
  absl::Status status_;
  std::atomic<bool> seen_{false};  // somebody has asked for status_ since it was set
};

}  // namespace internal

// The batches of a read session, each with what was skipped before it: `for (const s2::ReadResult&
// result : session->Batches())`. Keeps the session alive.
class ReadBatches {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ReadResult;
    using difference_type = std::ptrdiff_t;
    using pointer = const ReadResult*;
    using reference = const ReadResult&;

    explicit Iterator(internal::ReadLoop* loop) : loop_(loop) {}
    reference operator*() const { return loop_->current(); }
    pointer operator->() const { return &loop_->current(); }
    Iterator& operator++() {
      if (!loop_->Next()) loop_ = nullptr;
      return *this;
    }
    bool operator==(const Iterator& other) const { return loop_ == other.loop_; }
    bool operator!=(const Iterator& other) const { return !(*this == other); }

   private:
    internal::ReadLoop* loop_;  // null: the end
  };

  explicit ReadBatches(std::shared_ptr<internal::ReadLoop> loop) : loop_(std::move(loop)) {}

  Iterator begin() const {
    loop_->Begin();
    return ++Iterator(loop_.get());
  }
  Iterator end() const { return Iterator(nullptr); }

 private:
  std::shared_ptr<internal::ReadLoop> loop_;
};

// The records of a read session: `for (const s2::v1::SequencedRecord& record :
// session->Records())`. Keeps the session alive.
class ReadRecords {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = v1::SequencedRecord;
    using difference_type = std::ptrdiff_t;
    using pointer = const v1::SequencedRecord*;
    using reference = const v1::SequencedRecord&;

    // At the first record of the loop's batches from the next one on; null: at the end.
    explicit Iterator(internal::ReadLoop* loop) : loop_(loop) {
      if (loop_ != nullptr) NextBatch();
    }
    reference operator*() const { return loop_->current().batch.records(index_); }
    pointer operator->() const { return &**this; }
    Iterator& operator++() {
      if (++index_ == loop_->current().batch.records_size()) NextBatch();
      return *this;
    }
    bool operator==(const Iterator& other) const { return loop_ == other.loop_; }
    bool operator!=(const Iterator& other) const { return !(*this == other); }

   private:
    void NextBatch() {
      index_ = 0;
      do {
        if (!loop_->Next()) loop_ = nullptr;
      } while (loop_ != nullptr && loop_->current().batch.records().empty());
    }

    internal::ReadLoop* loop_;  // null: the end
    int index_ = 0;             // within the loop's batch
  };

  explicit ReadRecords(std::shared_ptr<internal::ReadLoop> loop) : loop_(std::move(loop)) {}

  Iterator begin() const {
    loop_->Begin();
    return Iterator(loop_.get());
  }
  Iterator end() const { return Iterator(nullptr); }

 private:
  std::shared_ptr<internal::ReadLoop> loop_;
};

}  // namespace s2

#endif  // S2_SESSION_READ_LOOP_H_
