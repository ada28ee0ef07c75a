// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <openssl/evp.h>
#include <sys/resource.h>
#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "s2/bench/check.h"
#include "s2/bench/compare.h"
#include "s2/bench/lite_run.h"
#include "s2/bench/shape.h"
#include "s2/record/record.h"
#include "s2/tests/lite/lite.h"

namespace s2::bench {
namespace {

// Metered, of a record with a header "hash" of 8 bytes.
constexpr size_t kOverhead = 8 + 2 + 4 + 8;

double OwnCpu() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

// The hash of all bodies so far.
class Chain {
 public:
  uint64_t Add(absl::string_view body) {
    hash_ = XXH3_64bits_withSeed(body.data(), body.size(), hash_);
    return hash_;
  }

 private:
  uint64_t hash_ = 0;
};

// Random bodies, the same in each run: some bytes, encrypted over and over, which is the cheapest.
class Bodies {
 public:
  explicit Bodies(size_t size) : size_(size), stream_(std::max(size, kCached / size * size), 0) {
    const unsigned char zero[16] = {};
    EVP_EncryptInit_ex(cipher_.get(), EVP_aes_128_ctr(), nullptr, zero, zero);
  }

  // Until the next call.
  absl::string_view Next() {
    if (rest_.empty()) {
      int n = 0;
      EVP_EncryptUpdate(cipher_.get(), stream_.data(), &n, stream_.data(),
                        static_cast<int>(stream_.size()));
      rest_ = {reinterpret_cast<const char*>(stream_.data()), stream_.size()};
    }
    const absl::string_view body = rest_.substr(0, size_);
    rest_.remove_prefix(size_);
    return body;
  }

 private:
  static constexpr size_t kCached = 16 << 10;

  const size_t size_;
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher_{EVP_CIPHER_CTX_new(),
                                                                          EVP_CIPHER_CTX_free};
  std::vector<unsigned char> stream_;
  absl::string_view rest_;
};

class Maker {
 public:
  explicit Maker(const LiteLoad& load)
      : batch_records_(load.batch_records), bodies_(load.record_bytes - kOverhead) {}

  v1::AppendInput Make() {
    v1::AppendInput input;
    for (size_t i = 0; i < batch_records_; ++i) {
      const absl::string_view body = bodies_.Next();
      v1::AppendRecord& record = *input.add_records();
      record.set_body(body.data(), body.size());
      const uint64_t hash = chain_.Add(body);
      v1::Header& header = *record.add_headers();
      header.set_name("hash");
      header.set_value(&hash, sizeof(hash));
    }
    return input;
  }

 private:
  const size_t batch_records_;
  Bodies bodies_;
  Chain chain_;
};

// Checks records as they are read.
class Checker {
 public:
  void Check(const v1::ReadBatch& batch) {
    for (const v1::SequencedRecord& record : batch.records()) {
      const uint64_t hash = chain_.Add(record.body());
      const absl::string_view bytes(reinterpret_cast<const char*>(&hash), sizeof(hash));
      if (record.headers(0).value() != bytes) Die("a record is not what was appended");
    }
    records_ += batch.records_size();
  }

  uint64_t records() const { return records_; }

 private:
  Chain chain_;
  uint64_t records_ = 0;
};

ReadSession Open(const s2::Stream& stream, bool follow) {
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  if (!follow) request.set_wait(0);
  return Check(stream.OpenReadSession(request));
}

// Reads beside the appends.
class Follower {
 public:
  explicit Follower(const s2::Stream& stream)
      : session_(Open(stream, /*follow=*/true)), thread_([this] {
          for (const ReadResult& result : session_.Batches()) {
            absl::MutexLock lock(&mu_);
            checker_.Check(result.batch);
          }
        }) {}

  // Waits until it has so many records.
  void Finish(uint64_t records) {
    const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return checker_.records() >= records;
    };
    mu_.LockWhen(absl::Condition(&done));
    mu_.Unlock();
    session_.Cancel();
    thread_.join();
  }

 private:
  ReadSession session_;
  absl::Mutex mu_;
  Checker checker_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

// Acks and their latencies.
class Acks {
 public:
  void Await(const AppendTicket& ticket) {
    ticket.OnDone([this, begin = absl::Now()](const absl::StatusOr<v1::AppendAck>& ack) {
      const absl::Duration latency = absl::Now() - begin;
      Check(ack.status());
      absl::MutexLock lock(&mu_);
      latencies_.push_back(absl::ToDoubleMilliseconds(latency));
    });
  }

  // Waits for this many.
  std::vector<double> Finish(size_t n) {
    const auto done = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return latencies_.size() == n; };
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done));
    return latencies_;
  }

 private:
  absl::Mutex mu_;
  std::vector<double> latencies_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

LiteFigures RunOurs(const LiteLoad& load) {
  const lite::Lite server;
  const s2::Stream stream = lite::MakeStream(lite::MustConnect(server.endpoint()), "s");
  AppendSessionOptions options;
  options.max_unacked_bytes = kWindow;
  Maker maker(load);
  Acks acks;

  const double cpu_begin = OwnCpu();
  Follower follower(stream);
  AppendSession session = Check(stream.OpenAppendSession(options));
  const double batch_mib = static_cast<double>(load.batch_records * load.record_bytes) / (1 << 20);
  const absl::Time begin = absl::Now();
  uint64_t batches = 0;
  for (; absl::Now() - begin < load.duration; ++batches) {
    // The rate of the load, as `s2 bench --target-mibps` keeps it.
    absl::SleepFor(begin + absl::Seconds(batch_mib * batches / load.mib_per_second) - absl::Now());
    acks.Await(Check(session.Submit(maker.Make())));
  }
  const std::vector<double> latencies = acks.Finish(batches);
  const absl::Duration appended = absl::Now() - begin;
  const uint64_t records = batches * load.batch_records;
  follower.Finish(records);
  Check(session.Close());
  const double cpu_appended = OwnCpu();

  const absl::Time read_begin = absl::Now();
  ReadSession catch_up = Open(stream, /*follow=*/false);
  Checker checker;
  for (const ReadResult& result : catch_up.Batches()) checker.Check(result.batch);
  Check(catch_up.status());
  if (checker.records() != records) Die("records are missing");
  const absl::Duration read = absl::Now() - read_begin;
  const double cpu_read = OwnCpu();

  const double mib = batch_mib * batches;
  LiteFigures figures;
  figures.append_rate = mib / absl::ToDoubleSeconds(appended);
  figures.read_rate = mib / absl::ToDoubleSeconds(read);
  figures.append_cpu = (cpu_appended - cpu_begin) / (mib / 1024);
  figures.read_cpu = (cpu_read - cpu_appended) / (mib / 1024);
  figures.ack_p50 = Median(latencies);
  return figures;
}

}  // namespace s2::bench
