// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/background.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

namespace s2::internal {
namespace {

TEST(Background, RunsATaskOnAnotherThread) {
  auto done = std::make_shared<absl::Notification>();
  std::thread::id thread;
  RunInBackground([&thread, done] {
    thread = std::this_thread::get_id();
    done->Notify();
  });
  done->WaitForNotification();
  EXPECT_NE(thread, std::this_thread::get_id());
}

// Something whose destructor waits for what the thread that gives it up does after.
TEST(Background, TheLastShareOfSomethingOfTheUsersIsReleasedThere) {
  class Users {
   public:
    Users(absl::Notification& may_go, absl::Notification& gone) : may_go_(may_go), gone_(gone) {}
    Users(const Users&) = delete;
    Users& operator=(const Users&) = delete;
    ~Users() {
      may_go_.WaitForNotification();
      gone_.Notify();
    }

   private:
    absl::Notification& may_go_;
    absl::Notification& gone_;
  };
  absl::Notification may_go, gone;
  std::shared_ptr<Users> share = ReleasedInBackground(std::make_shared<Users>(may_go, gone));
  share = nullptr;
  EXPECT_FALSE(gone.HasBeenNotified());
  may_go.Notify();
  gone.WaitForNotification();
  EXPECT_EQ(ReleasedInBackground(std::shared_ptr<Users>()), nullptr);
}

TEST(Background, NoTaskWaitsForAnother) {
  constexpr int kTasks = 20;
  auto all_run = std::make_shared<absl::Notification>();
  absl::BlockingCounter running(kTasks);
  absl::BlockingCounter ended(kTasks);
  for (int i = 0; i < kTasks; ++i) {
    RunInBackground([&, all_run] {
      running.DecrementCount();
      all_run->WaitForNotification();
      ended.DecrementCount();
    });
  }
  running.Wait();
  all_run->Notify();
  ended.Wait();
}

TEST(Background, ATaskThatHasRunIsDestroyed) {
  struct Owned {
    explicit Owned(std::shared_ptr<absl::Notification> gone) : gone(std::move(gone)) {}
    ~Owned() { gone->Notify(); }
    const std::shared_ptr<absl::Notification> gone;
  };
  auto gone = std::make_shared<absl::Notification>();
  RunInBackground([owned = std::make_shared<Owned>(gone)] {});
  gone->WaitForNotification();
}

TEST(Background, ATaskMayStartOthersAndWaitForThem) {
  auto done = std::make_shared<absl::Notification>();
  RunInBackground([done] {
    auto inner = std::make_shared<absl::Notification>();
    RunInBackground([inner] { inner->Notify(); });
    inner->WaitForNotification();
    done->Notify();
  });
  done->WaitForNotification();
}

}  // namespace
}  // namespace s2::internal
